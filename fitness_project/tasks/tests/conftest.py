from datetime import UTC, datetime, timedelta

import pytest

from fitness_project.tasks import backend, queue


class Clock:
    def __init__(self):
        self.time = datetime(2026, 3, 29, 12, tzinfo=UTC)

    def __call__(self):
        return self.time

    def advance(self, **span):
        self.time += timedelta(**span)


@pytest.fixture
def clock(monkeypatch):
    """The time, which stands still until a test advances it."""
    clock = Clock()
    monkeypatch.setattr(queue, "now", clock)
    monkeypatch.setattr(backend, "now", clock)
    return clock


@pytest.fixture
def stored(db):
    """Finds the only task, as it is stored."""

    def find():
        (task,) = queue.tasks().find()
        return task

    return find
