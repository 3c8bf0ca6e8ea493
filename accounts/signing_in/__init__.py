"""Signing in and staying signed in: passwords, tokens, and the sign-ins that tokens name."""
