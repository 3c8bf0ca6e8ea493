"""Categories, equipment, levels and muscles in the admin's forms."""

import pytest

from exercises.models import Exercise
from exercises.tests.factories import ExerciseFactory
from exercises.tests.form_pages import ADD, CHANGES, change_path, fields_of, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def used():
    ExerciseFactory(level="intermediate", primary_muscles=["chest", "back, upper"])


def add(client, **typed):
    return client.post(ADD, {**fields_of(client.get(ADD)), "name": "Row", **typed})


def row():
    return Exercise.objects.get(name="Row")


def test_values_in_use_are_suggested_the_most_frequent_first(curator, used):
    for level in ("expert", "expert", "EXPERT"):
        ExerciseFactory(level=level)

    page = curator.get(ADD).content.decode()

    options = '<option value="expert"></option><option value="intermediate"></option>'
    assert f'<datalist id="level-in-use">{options}</datalist>' in page
    assert 'list="level-in-use"' in page


def test_a_new_value_has_to_be_confirmed(curator, used):
    told = add(curator, level="advanced")
    assert "“advanced” is new. Tick to confirm." in text_of(told)
    assert not Exercise.objects.filter(name="Row").exists()

    curator.post(ADD, {**fields_of(told), "confirmed": ["level:advanced"]})

    assert row().level == "advanced"


def test_each_new_muscle_has_to_be_confirmed(curator, used):
    told = add(curator, primary_muscles="neck\r\nchest\r\ntoes")
    still = curator.post(ADD, {**fields_of(told), "confirmed": ["muscle:neck"]})
    assert "“neck” is new" not in text_of(still)
    assert "“toes” is new" in text_of(still)

    sent = fields_of(still)
    curator.post(ADD, {**sent, "confirmed": [*sent["confirmed"], "muscle:toes"]})

    assert row().primary_muscles == ["neck", "chest", "toes"]


def test_a_value_takes_the_spelling_that_is_in_use(curator, used):
    add(curator, level="INTERMEDIATE", secondary_muscles="Chest\r\nCHEST")

    assert (row().level, row().secondary_muscles) == ("intermediate", ["chest"])


def test_the_only_exercise_with_a_value_may_change_its_spelling(curator):
    exercise = ExerciseFactory(level="EXPERT")
    form = fields_of(curator.get(change_path(exercise)))

    curator.post(change_path(exercise), {**form, "level": "Expert"})

    exercise.refresh_from_db()
    assert exercise.level == "Expert"


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("\r\n chest \r\n\r\n", ["chest"]),
        ("chest,,back, upper", None),
        ("chest,, chest", ["chest"]),
        (", ,", []),
        ("Back, upper", ["back, upper"]),
    ],
)
def test_empty_items_are_ignored_and_commas_survive(curator, used, typed, stored):
    response = add(curator, primary_muscles=typed)

    if stored is None:
        assert f"“{typed}” is new." in text_of(response)
    else:
        assert row().primary_muscles == stored


class TestBulkActions:
    def set_level(self, client, *exercises, **typed):
        chosen = [str(exercise.pk) for exercise in exercises]
        body = {"action": "set_level", "_selected_action": chosen, "post": "yes", **typed}
        return text_of(client.post(CHANGES, body, follow=True))

    def test_a_value_takes_the_spelling_that_is_in_use(self, curator, used, bench_press):
        self.set_level(curator, bench_press, level="Intermediate")

        bench_press.refresh_from_db()
        assert bench_press.level == "intermediate"

    def test_a_new_value_has_to_be_confirmed(self, curator, used, bench_press):
        told = self.set_level(curator, bench_press, level="advanced")
        assert "“advanced” is new. Tick to confirm." in told

        self.set_level(curator, bench_press, level="advanced", confirmed="level:advanced")

        bench_press.refresh_from_db()
        assert bench_press.level == "advanced"

    def test_the_spelling_of_all_that_have_a_value_may_change(self, curator):
        exercises = [ExerciseFactory(level="EXPERT") for _ in range(2)]

        self.set_level(curator, *exercises, level="expert")

        assert {exercise.level for exercise in Exercise.objects.all()} == {"expert"}
