import pytest

from exercises import ranking
from exercises.catalogue import catalogue
from exercises.models import Exercise
from exercises.names import words
from exercises.search import SearchIndex
from exercises.tests.factories import ExerciseFactory

EXERCISES = "/api/exercises"


def names(response):
    assert response.status_code == 200
    return [row["name"] for row in response.json()["results"]]


@pytest.fixture
def found(api):
    """The names that a search finds, in order."""

    def search(text, **query):
        return names(api.get(EXERCISES, {"search": text, **query}))

    return search


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Pull-Up", ["pull", "up"]),
        ("Übung  ÉLAN", ["ubung", "elan"]),
        ("U\u0308bung", ["ubung"]),
        ("Farmer\u2019s Walk (2×10)", ["farmer", "s", "walk", "2", "10"]),
        ("Pull\u00adup", ["pullup"]),
        ("snake_case", ["snake", "case"]),
        ("पुल अप", ["पुल", "अप"]),
        (".*", []),
    ],
)
def test_a_text_has_these_words(text, expected):
    assert words(text) == expected


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Pull-Up", "pull-ups"),
        ("Pull-Up", "pull ups"),
        ("Pull-Up", "pullups"),
        ("Pull-Up", "PULLUP"),
        ("Pullup", "pull up"),
        ("Wide-Grip Pull-Up", "pullup wide"),
        ("Bench Press", "bech press"),
        ("Bench Press", "becnh press"),
        ("Bench Press", "bennch prss"),
        ("Bench Press", "ben pr"),
        ("Übung", "ubung"),
        ("Ubung", "Übung"),
        ("Farmer's Walk", "farmers walk"),
        ("Sit-Up", "situp"),
    ],
)
def test_a_word_matches_by_equality_prefix_one_edit_or_joined(found, name, text):
    ExerciseFactory(name=name)

    assert found(text) == [name]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Bench Press", "bench curl"),
        ("Bench Press", "nch"),
        ("Bench Press", "bnhc press"),
        ("Row", "raw"),
        ("Rows", "raw"),
        ("Row", "raws"),
        ("Bench Press", "press.*up"),
        ("Bench Press", ".*"),
        ("One Two Three", "onetwothree"),
    ],
)
def test_other_words_do_not_match(found, name, text):
    ExerciseFactory(name=name)

    assert found(text) == []


def test_words_may_also_be_of_the_category_the_equipment_or_the_muscles(found):
    ExerciseFactory(
        name="Curl",
        category="Strength",
        equipment="EZ-bar",
        level="beginner",
        primary_muscles=["biceps"],
        secondary_muscles=["lower arms"],
    )

    assert found("curl strength ezbar bicep lowerarms") == ["Curl"]
    assert found("beginner") == []


def test_the_best_match_comes_first(found):
    ranked = [
        "Bench Press",
        "Bench Presses",
        "Bench Press Machine",
        "A Bench Press",
        "Incline Bench Press",
        "Bench and Floor Press",
        "Press on a Bench",
        "Becnh Press",
    ]
    for name in reversed(ranked):
        ExerciseFactory(name=name)

    assert found("bench press") == ranked


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("pullup", ["Pullup", "Pull - - Up", "Pullups", "A Pull-Up"]),
        ("pull up", ["Pullup", "Pull - - Up", "Pullups", "A Pull-Up"]),
    ],
)
def test_a_name_is_exact_whether_or_not_its_words_are_joined(found, text, expected):
    for name in ("A Pull-Up", "Pullups", "Pull - - Up", "Pullup"):
        ExerciseFactory(name=name)

    assert found(text) == expected


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Wide Grip Pull-Up", "wide pullup"),
        ("Wide Grip Pull-Up", "widegrip pullup"),
        ("The Pullup Bar", "pull up bar"),
        ("A Sit Up Down", "situp down"),
    ],
)
def test_joined_words_are_in_order_too(found, name, text):
    ExerciseFactory(name=name)
    ExerciseFactory(name="Z", primary_muscles=text.split())

    assert found(text) == [name, "Z"]


def test_words_outside_the_name_count_less_than_those_in_it(found):
    ExerciseFactory(name="Fly", primary_muscles=["chest"])
    ExerciseFactory(name="Push with the Chest")

    assert found("chest") == ["Push with the Chest", "Fly"]


def test_a_typo_counts_less_wherever_the_other_words_are(found):
    ExerciseFactory(name="Pres")
    ExerciseFactory(name="Floor Movement", equipment="press")

    assert found("press") == ["Floor Movement", "Pres"]


def test_of_equals_the_shorter_name_comes_first_and_then_the_order_of_names(found):
    for name in ("Row Zwei", "row Alpha", "Row Eins", "Row É"):
        ExerciseFactory(name=name)

    assert found("row") == ["Row É", "Row Eins", "Row Zwei", "row Alpha"]


def test_archived_exercises_are_found_on_request(found):
    ExerciseFactory(name="Old Row", is_archived=True)

    assert found("row") == []
    assert found("row", archived="true") == ["Old Row"]


def test_ordering_takes_precedence_over_the_rank(found):
    for name in ("Row", "Bent Row", "Xylophone"):
        ExerciseFactory(name=name)

    assert found("row", ordering="name") == ["Bent Row", "Row"]
    assert found("row", ordering="-name") == ["Row", "Bent Row"]


def test_pages_go_on_where_the_last_one_ended(api):
    expected = ["Row", "Rows", "Row Up", "A Row", "Bent Row", "Ro Machine Row"]
    for name in reversed(expected):
        ExerciseFactory(name=name)

    first = api.get(EXERCISES, {"search": "row", "pageSize": 2})
    second = api.get(first.json()["next"])
    ExerciseFactory(name="Rowx")
    third = api.get(second.json()["next"])

    assert names(first) + names(second) + names(third) == expected
    assert names(api.get(third.json()["previous"])) == names(second)


def test_a_cursor_of_another_search_is_harmless(api):
    for name in ("Row", "Row Up", "Bench Row"):
        ExerciseFactory(name=name)
    cursor = api.get(EXERCISES, {"search": "row", "pageSize": 1}).json()["next"]

    assert names(api.get(cursor.replace("search=row", "search=bench"))) == ["Bench Row"]


def test_a_cursor_of_the_list_by_name_is_refused(api):
    for name in ("Row", "Row Up"):
        ExerciseFactory(name=name)
    cursor = api.get(EXERCISES, {"pageSize": 1}).json()["next"]

    assert api.get(f"{cursor}&search=row").status_code == 400


def test_a_query_of_very_many_words_finds_nothing_quickly(found, bench_press):
    assert found("bench " * 20) == ["Bench Press"]
    assert found("a " * 60) == []


@pytest.mark.parametrize("text", ["s " * 60, "s b e " * 20, "p s e"])
def test_the_words_of_a_query_are_compared_only_until_the_name_ends(found, text, monkeypatch):
    compared, find = [], ranking._find
    ExerciseFactory(name="Bench Press", primary_muscles=["s b e"])
    monkeypatch.setattr(ranking, "_find", lambda *given: compared.append(given) or find(*given))

    assert found(text) == ["Bench Press"]
    assert len(compared) <= 6


def test_the_pages_of_a_search_share_what_it_found(api, monkeypatch):
    searched, find = [], SearchIndex.search
    for name in ("Row", "Rows", "Row Up"):
        ExerciseFactory(name=name)
    monkeypatch.setattr(
        SearchIndex, "search", lambda index, text: searched.append(text) or find(index, text)
    )

    first = api.get(EXERCISES, {"search": "row", "pageSize": 1})
    assert names(api.get(first.json()["next"])) == ["Rows"]
    assert api.get(f"{EXERCISES}/facets", {"search": "row"}).status_code == 200
    assert searched == ["row"]

    ExerciseFactory(name="Ro")
    assert names(api.get(EXERCISES, {"search": "ro", "pageSize": 1})) == ["Ro"]


def test_a_document_of_another_program_is_found(found):
    Exercise.objects.documents.insert({"name": "Plain Row"})
    catalogue.__init__()

    assert found("row") == ["Plain Row"]
