#!/usr/bin/env python
import os
import sys

from django.core.exceptions import ImproperlyConfigured
from pymongo.errors import ConfigurationError, ConnectionFailure


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fitness_project.settings")
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(f"error: {error}")
    except ConfigurationError as error:
        sys.exit(f"error: MONGODB_URI: {error}")
    except ConnectionFailure as error:
        # What follows these words is for developers.
        message = str(error).partition(" (configured timeouts")[0]
        sys.exit(f"error: {message}")
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
