"""The time by which documents are stamped."""

from fitness_project.database.clock import now

__all__ = ["now"]
