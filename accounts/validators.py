from django.core.exceptions import ValidationError


class MaximumBytesValidator:
    """A longer password than the API takes could be set, and then never used."""

    def __init__(self, max_bytes=1024):
        self.max_bytes = max_bytes

    def validate(self, password, user=None):
        if len(password.encode(errors="surrogatepass")) > self.max_bytes:
            raise ValidationError(self.get_help_text(), code="password_too_long")

    def get_help_text(self):
        return f"Your password must have at most {self.max_bytes} bytes."
