"""Who may do what where the server asks for invitations (`access = "invite"`).

`rules` has the role that each route needs, `credentials` is what a request carries, `identity` who
that is, and `middleware` refuses what a rule does not allow: everything that has none, too.
"""
