"""How Django's pages show times: with their zone, as people elsewhere may read them."""

DATETIME_FORMAT = "j M Y, H:i e"
