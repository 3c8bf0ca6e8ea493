import pytest

from exercises.tests.factories import ExerciseFactory

FACETS = "/api/exercises/facets"


@pytest.fixture
def counts(api):
    """The counted values of one facet, in order."""

    def of(facet, **query):
        response = api.get(FACETS, query)
        assert response.status_code == 200
        return [(each["value"], each["count"]) for each in response.json()[facet]]

    return of


def test_facets_have_these_keys(api):
    ExerciseFactory(
        category="strength",
        equipment="barbell",
        level="expert",
        primary_muscles=["chest"],
        secondary_muscles=["triceps"],
    )

    assert list(api.get(FACETS).json().items()) == [
        ("category", [{"value": "strength", "count": 1}]),
        ("equipment", [{"value": "barbell", "count": 1}]),
        ("level", [{"value": "expert", "count": 1}]),
        ("muscle", [{"value": "chest", "count": 1}, {"value": "triceps", "count": 1}]),
    ]


def test_the_most_frequent_value_comes_first_and_equals_by_name(counts):
    for equipment in ("cable", "Übungsband", "barbell", "cable", "zottman bar"):
        ExerciseFactory(equipment=equipment)

    assert counts("equipment") == [
        ("cable", 2),
        ("barbell", 1),
        ("Übungsband", 1),
        ("zottman bar", 1),
    ]


def test_exercises_without_a_value_are_not_counted(counts):
    ExerciseFactory(level=None)

    assert counts("level") == []
    assert counts("muscle") == []


def test_values_that_differ_by_case_are_one_in_the_most_frequent_spelling(counts):
    for level in ("INTERMEDIATE", "intermediate", "intermediate"):
        ExerciseFactory(level=level)

    assert counts("level") == [("intermediate", 3)]


def test_a_muscle_in_both_lists_counts_once(counts):
    ExerciseFactory(primary_muscles=["chest"], secondary_muscles=["Chest", "triceps"])

    assert [count for _, count in counts("muscle")] == [1, 1]


def test_each_facet_is_counted_without_its_own_filter(counts):
    ExerciseFactory(category="strength", equipment="barbell", level="beginner")
    ExerciseFactory(category="strength", equipment="cable", level="expert")
    ExerciseFactory(category="cardio", equipment="cable", level="expert")
    query = {"category": "Strength", "equipment": "cable"}

    assert counts("category", **query) == [("cardio", 1), ("strength", 1)]
    assert counts("equipment", **query) == [("barbell", 1), ("cable", 1)]
    assert counts("level", **query) == [("expert", 1)]


def test_muscles_are_counted_without_the_filter_by_muscle(counts):
    ExerciseFactory(primary_muscles=["chest"], level="expert")
    ExerciseFactory(primary_muscles=["lats"], level="beginner")

    assert counts("muscle", muscle="chest") == [("chest", 1), ("lats", 1)]
    assert counts("level", muscle="chest") == [("expert", 1)]


def test_search_and_archived_count_for_every_facet(counts):
    ExerciseFactory(name="Bench Press", level="beginner")
    ExerciseFactory(name="Leg Press", level="expert", is_archived=True)
    ExerciseFactory(name="Row", level="expert")

    assert counts("level", search="pres") == [("beginner", 1)]
    assert counts("level", search="pres", archived="true") == [("beginner", 1), ("expert", 1)]


@pytest.mark.parametrize("query", ["ordering=name", "pageSize=5", "cursor=x", "colour=blue"])
def test_only_the_filters_are_parameters(api, query):
    response = api.get(f"{FACETS}?{query}")

    assert response.status_code == 400
    assert response.json()["errors"][0]["code"] == "unknown"


def test_a_response_is_ready_until_the_catalogue_changes(api, staff):
    before = api.get(FACETS)
    same = api.get(FACETS, headers={"If-None-Match": before["ETag"]})
    staff.post("/api/exercises", {"name": "Row", "level": "expert"})
    after = api.get(FACETS, headers={"If-None-Match": before["ETag"]})

    assert same.status_code == 304
    assert after.json()["level"] == [{"value": "expert", "count": 1}]


def test_a_browser_shows_them(api):
    ExerciseFactory(level="expert")

    page = api.get(FACETS, headers={"Accept": "text/html"})

    assert "expert" in page.content.decode()


def test_they_cannot_be_written(staff):
    assert staff.post(FACETS, {"name": "Row"}).status_code == 405
