import io
import json
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from exercises.management.commands.import_exercises import STARTER
from exercises.models import Exercise
from exercises.tests.factories import ExerciseFactory

REAL = Path(settings.BASE_DIR).parent / "shared" / "data" / "free-exercise-db.json"

pytestmark = pytest.mark.django_db


def run(path, **options):
    out, err = io.StringIO(), io.StringIO()
    call_command("import_exercises", path, stdout=out, stderr=err, **options)
    return out.getvalue().splitlines()[-1], err.getvalue().splitlines()


@pytest.fixture
def file(tmp_path):
    def write(content):
        path = tmp_path / "exercises"
        path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
        return path

    return write


def stored(name):
    return Exercise.objects.get(name=name)


@pytest.mark.skipif(not REAL.exists(), reason=f"{REAL} is missing")
def test_importing_873_real_exercises_again_changes_nothing():
    assert run(REAL)[0] == "created 873, updated 0, unchanged 0, refused 0"
    before = list(Exercise.objects.documents.collection.find())

    assert run(REAL)[0] == "created 0, updated 0, unchanged 873, refused 0"
    assert list(Exercise.objects.documents.collection.find()) == before


def test_all_of_the_starter_catalogue_is_imported():
    summary, refused = run(STARTER)

    assert refused == []
    assert Exercise.objects.count() >= 100
    assert summary == f"created {Exercise.objects.count()}, updated 0, unchanged 0, refused 0"


def test_every_starter_exercise_is_complete():
    run(STARTER)

    for exercise in Exercise.objects.all():
        assert len(exercise.description) > 80
        assert exercise.default_sets
        assert exercise.default_reps
        assert exercise.primary_muscles
        assert exercise.equipment


def test_if_empty_leaves_a_catalogue_with_exercises_alone():
    ExerciseFactory(name="Ours")

    call_command("import_exercises", if_empty=True)

    assert Exercise.objects.count() == 1


def test_instructions_become_the_description_and_pictures_are_left_out(file):
    row = {
        "id": "Sit-Up",
        "name": "Sit-Up",
        "force": "pull",
        "level": "beginner",
        "equipment": None,
        "primaryMuscles": ["abdominals"],
        "secondaryMuscles": [],
        "instructions": ["Lie down.", "Sit up."],
        "category": "strength",
        "images": ["Sit-Up/0.jpg"],
    }

    run(file([row]))

    exercise = stored("Sit-Up")
    assert exercise.description == "Lie down.\nSit up."
    assert (exercise.level, exercise.equipment, exercise.gif_url) == ("beginner", None, None)
    assert exercise.primary_muscles == ["abdominals"]


def test_csv_columns_have_the_json_names(file):
    run(
        file(
            b"\xef\xbb\xbfname,defaultSets,primaryMuscles,gifUrl\r\n"
            b'"Clean, Hang",4,quadriceps; traps,https://example.com/a.gif\r\n'
        )
    )

    exercise = stored("Clean, Hang")
    assert (exercise.default_sets, exercise.primary_muscles) == (4, ["quadriceps", "traps"])


def test_a_row_is_matched_by_name_and_changes_only_its_own_fields(file):
    ExerciseFactory(name="Bench Press", level="expert", category="old")

    summary, _ = run(file(b"name,category\nBENCH  press,strength\n"))

    assert summary == "created 0, updated 1, unchanged 0, refused 0"
    exercise = stored("BENCH  press")
    assert (exercise.category, exercise.level) == ("strength", "expert")


def test_a_bad_row_is_refused_with_its_reason_and_the_others_are_imported(file):
    summary, refused = run(
        file(
            [
                {"name": "Good"},
                {"name": ""},
                {"name": "Sets", "defaultSets": 0},
                {"name": " good "},
                {"description": "nameless"},
                "no object",
                {"name": "Also good"},
            ]
        )
    )

    assert summary == "created 2, updated 0, unchanged 0, refused 5"
    assert [line.split(":")[0] for line in refused] == [f"row {n} refused" for n in range(2, 7)]
    assert "defaultSets" in refused[1]
    assert "row 1" in refused[2]


def test_csv_rows_are_numbered_by_line(file):
    _, refused = run(file(b"name,defaultSets\nGood,3\nBad,many\n"))

    assert refused == ["row 3 refused: defaultSets: Expected an integer."]


def test_a_dry_run_reports_what_it_would_do_and_does_nothing(file):
    summary, _ = run(file([{"name": "New"}]), dry_run=True)

    assert summary == "Would be: created 1, updated 0, unchanged 0, refused 0"
    assert not Exercise.objects.exists()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[{]",
        b'{"name": "no array"}',
        b"\xff\xfe\x00",
        b"title,level\nBench,expert\n",
        b"name,colour\nBench,blue\n",
        b'name\n"unclosed\n',
    ],
)
def test_a_bad_file_changes_nothing(file, content):
    with pytest.raises(CommandError):
        run(file(content))

    assert not Exercise.objects.exists()


def test_a_missing_file_is_reported_in_one_line(tmp_path):
    with pytest.raises(CommandError, match="No such file"):
        run(tmp_path / "none.json")
