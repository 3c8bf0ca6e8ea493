import pytest

from fitness_project.errors import TooManyAttempts


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (1, "1 second"),
        (90, "90 seconds"),
        (120, "2 minutes"),
        (121, "3 minutes"),
        (888, "15 minutes"),
        (3601, "61 minutes"),
        (7200, "2 hours"),
        (86_399, "24 hours"),
    ],
)
def test_a_time_to_wait_is_said_as_people_say_it(seconds, text):
    assert str(TooManyAttempts(seconds, "Enough.")) == f"Enough. Try again in {text}."
