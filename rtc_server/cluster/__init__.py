"""Sessions on several hosts: processes of this machine that Ray starts and watches.

    learner --offer--> front (HTTP) --actor call--> session host: answers, and runs the session
    learner <=======media, messages, scores over UDP=======> session host
    front <--a report a second-- session host: load, what ended, what each attempt needs to go on

`host` is a session host: an event loop, the pose network, UDP ports, and today's `SessionRegistry`.
`directory` is what the front has in place of a registry; `pool` starts hosts and replaces them,
`placement` chooses one, `places` counts how many learners fit, `attempt_store` keeps what a host
that dies would take with it. `reports` has what travels. Only `ray_runtime` knows Ray: everything
else knows a host as a `HostHandle`.
See docs/cluster.md.
"""
