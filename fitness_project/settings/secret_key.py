"""The key of a service that runs on one machine: made once, kept beside its database."""

import secrets
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured


def kept_secret_key(var_dir: Path) -> str:
    """The key in `var_dir`/secret_key, made there if it is missing.

    Raises ImproperlyConfigured where the folder can't be written.
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
    """Two processes may start at once: the first link wins, and no reader sees half a key."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    draft.touch(mode=0o600)
    draft.write_text(text)
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
