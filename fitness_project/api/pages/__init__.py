"""The browsable API: what a browser shows of a response, and how it fills in and sends a request."""
