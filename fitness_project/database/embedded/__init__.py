"""A database for installations without MongoDB: the processes that use it run its server.

The server is `secantusd-rs`. All processes with the same VAR_DIR share one. Each process holds a
`lease`, and the `keeper`, another process, runs the server as long as any lease is held. `base` is
Django's database engine. Nothing starts before the first connection.
"""
