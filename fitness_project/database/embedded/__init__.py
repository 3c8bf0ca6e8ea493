"""A database for where there is no MongoDB: the `secantusd-rs` server, run by its own users.

Processes that share a VAR_DIR share one server. `lease` is what each of them holds, `keeper`
the process that runs the server as long as anyone holds a lease, `base` Django's way in.
Nothing here starts a process before the first connection is made.
"""
