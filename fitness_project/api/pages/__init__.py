"""The browsable API: pages that show responses, and forms that send requests."""
