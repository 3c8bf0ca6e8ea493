"""Settings. All of them come from environment variables, which README.md lists."""

from .api import *  # noqa: F403
from .base import *  # noqa: F403
from .logging import *  # noqa: F403
from .security import *  # noqa: F403
