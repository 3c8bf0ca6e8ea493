"""Turns every error into a problem response (RFC 9457). Only `codes` declares error codes."""
