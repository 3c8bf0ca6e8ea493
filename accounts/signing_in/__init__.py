"""Signing in and staying signed in: passwords, sign-ins, and the tokens that name them."""
