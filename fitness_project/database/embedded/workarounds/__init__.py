"""What the embedded server does wrong or slowly, and how our collections work around it.

Each module works around one fault, says which, and has a test that fails once a newer server is
free of it. `collection` and `cursor`, next to this package, are the only callers.
"""
