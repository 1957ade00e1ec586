"""Several machines, each with a front and session hosts of its own.

`settings` is what `serve --cluster ADDRESS` has to know, `ray_ports` where Ray then listens,
`ray_node` starts Ray's processes of this machine, and `peer_hosts` knows the hosts of the others.
See docs/cluster.md.
"""
