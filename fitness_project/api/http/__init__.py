"""How documents travel over HTTP: conditional requests, retries, media types and bodies."""
