import pytest

from fitness_project.errors import TooManyAttempts


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (1, "1 second"),
        (59, "59 seconds"),
        (60, "1 minute"),
        (61, "2 minutes"),
        (888, "15 minutes"),
        (3600, "1 hour"),
        (86_399, "24 hours"),
    ],
)
def test_a_time_to_wait_is_said_as_people_say_it(seconds, text):
    assert str(TooManyAttempts(seconds, "Enough.")) == f"Enough. Try again in {text}."
