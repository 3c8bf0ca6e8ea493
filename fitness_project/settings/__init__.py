"""The settings. README.md lists the environment variables that change them."""

from .api import *  # noqa: F403
from .base import *  # noqa: F403
from .logging import *  # noqa: F403
from .security import *  # noqa: F403
