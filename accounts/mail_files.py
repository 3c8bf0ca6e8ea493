"""E-mails as files, where no mail server is configured."""

import logging
import os
from typing import Any

from django.conf import settings
from django.core.mail.backends import filebased

log = logging.getLogger(__name__)


class EmailBackend(filebased.EmailBackend):
    """Django's, but only the owner may read the files, since their links set passwords."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        os.makedirs(settings.EMAIL_FILE_PATH, mode=0o700, exist_ok=True)
        super().__init__(*args, **kwargs)

    def open(self) -> bool:
        if self.stream is not None:
            return False
        path = self._get_filename()
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self.stream = os.fdopen(descriptor, "ab")
        log.warning("EMAIL_URL isn't set, so an e-mail was written to %s", path)
        return True
