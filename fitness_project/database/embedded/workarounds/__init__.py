"""The embedded server's faults, and how this package works around them.

Each module or package here works around one fault, describes it, and has a test that fails as soon
as a newer server no longer has the fault. `collection` and `cursor`, one level up, are the only
callers.
"""
