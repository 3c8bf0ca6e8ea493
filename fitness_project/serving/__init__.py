"""Handles a request before Django and its middleware for browsers do: receives the body, decides
which thread may work, limits the time, and determines request id and client address."""
