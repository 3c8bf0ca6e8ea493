from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError

MAX_BYTES = 1024


class MaximumBytesValidator:
    """Refuses passwords that are longer than the API accepts: nobody could sign in with one."""

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:
        if len(password.encode(errors="surrogatepass")) > MAX_BYTES:
            raise ValidationError(self.get_help_text(), code="password_too_long")

    def get_help_text(self) -> str:
        return f"Your password must have at most {MAX_BYTES} bytes."
