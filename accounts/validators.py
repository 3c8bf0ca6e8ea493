from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError


class MaximumBytesValidator:
    """Refuses passwords that are longer than the API accepts: nobody could sign in with one."""

    def __init__(self, max_bytes: int = 1024) -> None:
        self.max_bytes = max_bytes

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:
        if len(password.encode(errors="surrogatepass")) > self.max_bytes:
            raise ValidationError(self.get_help_text(), code="password_too_long")

    def get_help_text(self) -> str:
        return f"Your password must have at most {self.max_bytes} bytes."
