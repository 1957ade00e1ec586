"""Lessons of other machines: made once, and fetched by hash to a machine's disk at first use.

`manifest` says what a lesson's files are, `catalog` which machine has which lessons, `copies` is
the folder of those that were fetched, `fetch` fetches one, and `parts` is the other end of that.
See docs/cluster.md.
"""
