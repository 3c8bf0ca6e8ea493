"""The secret key of a service that runs on one machine, stored beside its embedded database."""

import secrets
from contextlib import suppress
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured


def kept_secret_key(var_dir: Path) -> str:
    """Returns the key in `var_dir`/secret_key, which it creates if it is missing.

    Raises ImproperlyConfigured if the folder can't be used.
    """
    path = var_dir / "secret_key"
    try:
        var_dir.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            _write_once(path, secrets.token_urlsafe(64))
        return path.read_text().strip()
    except OSError as error:
        raise ImproperlyConfigured(
            f"VAR_DIR can't be used: {error.strerror}: {error.filename}"
        ) from None


def _write_once(path: Path, text: str) -> None:
    """Writes the file if it doesn't exist. Of two processes at once, the first one wins.

    No reader sees half a key, because the complete file is linked into place.
    """
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    draft.touch(mode=0o600)
    draft.write_text(text)
    try:
        with suppress(FileExistsError):
            path.hardlink_to(draft)
    finally:
        draft.unlink()
