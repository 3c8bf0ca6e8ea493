"""The browser. The system provides it, because playwright would download one of its own."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
MISSING = "The browser tests need Chromium. On Debian: apt-get install chromium"


def find_chromium() -> str | None:
    return next(filter(None, map(shutil.which, NAMES)), None)


@contextmanager
def launched(path: str) -> Iterator[Browser]:
    """Chromium has no sandbox for root."""
    with sync_playwright() as playwright:
        has_sandbox = os.geteuid() != 0
        yield playwright.chromium.launch(executable_path=path, chromium_sandbox=has_sandbox)
