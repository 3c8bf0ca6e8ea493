"""How documents travel over HTTP: conditions, retries, media types, bodies."""
