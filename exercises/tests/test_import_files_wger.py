import json

import pytest

from exercises.importing.files.reading import read_file
from exercises.importing.files.rows import BadFile

TEXTS = [
    {
        "id": 10,
        "name": "Kniebeuge",
        "description": "<p>Tief.</p>",
        "language": 1,
        "license_author": "Ada",
        "license": 2,
        "aliases": [{"alias": "Squat"}],
    },
    {"id": 11, "name": "Squat", "description": "<p>Low.</p>", "language": 2, "aliases": []},
]
EXERCISE = {
    "id": 7,
    "uuid": "0b8b",
    "category": {"id": 9, "name": "Legs"},
    "muscles": [{"id": 10, "name": "Quadriceps femoris", "name_en": "Quads", "is_front": True}],
    "muscles_secondary": [{"id": 13, "name": "Brachialis", "name_en": ""}],
    "equipment": [{"id": 1, "name": "Barbell"}, {"id": 8, "name": "Bench"}],
    "license": {"id": 2, "short_name": "CC-BY-SA 4"},
    "license_author": "wger.de",
    "images": [],
    "videos": [{"id": 1}],
}


def read(data, **options):
    return read_file(json.dumps(data, indent=1).encode(), **options)


def model(name, pk, /, **fields):
    return {"model": name, "pk": pk, "fields": fields}


@pytest.mark.parametrize("key", ["translations", "exercises"])
def test_the_response_has_several_languages_to_choose_from(key):
    response = {"count": 1, "next": None, "previous": None, "results": [{**EXERCISE, key: TEXTS}]}

    undecided = read(response)
    english = read(response, language="EN")

    assert (undecided.layout, undecided.needs_language, undecided.rows) == ("wger", True, [])
    assert undecided.languages == {"de": 1, "en": 1}
    assert (english.needs_language, english.language) == (False, "en")
    assert [(row.line, row.fields) for row in english.rows] == [
        (
            6,
            {
                "name": "Squat",
                "description": "Low.",
                "category": "Legs",
                "equipment": "Barbell, Bench",
                "primaryMuscles": ["Quads"],
                "secondaryMuscles": ["Brachialis"],
                "attribution": "wger.de, CC-BY-SA 4",
            },
        )
    ]


def test_a_translations_author_is_attributed_and_what_is_not_kept_is_named():
    found = read({"results": [{**EXERCISE, "translations": TEXTS[:1]}]})

    assert found.rows[0].fields["attribution"] == "Ada, wger.de, CC-BY-SA 4"
    assert found.dropped == {"id": 1, "uuid": 1, "videos": 1, "aliases": 1}


def test_the_older_response_has_numbers_for_names():
    old = {
        "id": 1,
        "name": "Curl",
        "description": "",
        "category": 8,
        "muscles": [1],
        "muscles_secondary": [13, 99],
        "equipment": [3],
        "language": 2,
        "license": 1,
        "license_author": "",
    }

    found = read({"results": [old]})

    assert found.language == "en"
    assert found.dropped == {"id": 1, "muscles_secondary 99": 1}
    assert found.rows[0].fields == {
        "name": "Curl",
        "description": "",
        "category": "Arms",
        "equipment": "Dumbbell",
        "primaryMuscles": ["Biceps"],
        "secondaryMuscles": ["Brachialis"],
        "attribution": "wger.de, CC-BY-SA 3",
    }


BASE = {"category": 9, "muscles": [10], "muscles_secondary": [], "equipment": [1]}
TEXT = {"name": "Squat", "description": "<p>Low.</p>", "language": 2}
FIXTURES = {
    "all in one": [model("exercises.exercise", 1, **BASE, **TEXT)],
    "exercise and base": [
        model("exercises.exercise", 1, **TEXT, exercise_base=5),
        model("exercises.exercisebase", 5, **BASE),
    ],
    "translation and exercise": [
        model("exercises.exercise", 5, **BASE),
        model("exercises.translation", 1, **TEXT, exercise=5),
    ],
}


@pytest.mark.parametrize("fixture", FIXTURES.values(), ids=FIXTURES.keys())
def test_the_fixtures_of_all_ages_are_read(fixture):
    found = read(fixture)

    assert (found.layout, found.language) == ("wger (fixture)", "en")
    assert [row.fields for row in found.rows] == [
        {
            "name": "Squat",
            "description": "Low.",
            "category": "Legs",
            "equipment": "Barbell",
            "primaryMuscles": ["Quads"],
            "secondaryMuscles": [],
        }
    ]


def test_the_names_in_a_fixture_count_before_those_known():
    found = read(
        [
            model("exercises.exercisecategory", 9, name="Beine"),
            model("exercises.muscle", 10, name="Quadriceps", name_en="Thighs"),
            model("core.language", 2, short_name="xx", full_name="Other"),
            model("exercises.exerciseimage", 3, image="a.png"),
            *FIXTURES["all in one"],
        ]
    )

    assert (found.language, found.dropped) == ("xx", {"exercises.exerciseimage": 1})
    assert found.rows[0].fields["category"] == "Beine"
    assert found.rows[0].fields["primaryMuscles"] == ["Thighs"]


def test_translations_without_their_exercises_give_names_and_descriptions():
    found = read([model("exercises.translation", 1, **TEXT, exercise=5)])

    assert found.rows[0].fields == {"name": "Squat", "description": "Low."}


def test_a_fixture_without_names_is_refused():
    with pytest.raises(BadFile, match=r"exercises\.translation"):
        read([model("exercises.exercise", 5, **BASE)])
