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
        from fitness_project.database.outage import reason_of

        sys.exit(f"error: The database can't be reached: {reason_of(error)}.")
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
