"""The command that imports a file."""

import io
import json
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from exercises import services
from exercises.audit.operations import Kind, Operation
from exercises.audit.undo import undo
from exercises.deletions import delete_exercise
from exercises.management.commands import import_exercises
from exercises.management.commands.import_exercises import STARTER
from exercises.models import CatalogueOperation, Exercise
from exercises.tests.factories import CuratorFactory, ExerciseFactory
from fitness_project.errors import Busy

REAL = Path(settings.BASE_DIR).parent / "shared" / "data" / "free-exercise-db.json"

pytestmark = pytest.mark.django_db


def run(path, fails=None, **options):
    """The lines that were written to stdout and to stderr. `fails` is what the error says."""
    out, err = io.StringIO(), io.StringIO()
    if fails is None:
        call_command("import_exercises", path, stdout=out, stderr=err, **options)
    else:
        with pytest.raises(CommandError, match=fails):
            call_command("import_exercises", path, stdout=out, stderr=err, **options)
    return out.getvalue().splitlines(), err.getvalue().splitlines()


@pytest.fixture
def file(tmp_path):
    def write(content):
        path = tmp_path / "exercises"
        path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
        return path

    return write


@pytest.fixture
def edited():
    """Squat, whose level a person has changed since it was imported."""
    exercise = ExerciseFactory(name="Squat", level="beginner", category="strength")
    ben = CuratorFactory(email="ben@example.com")
    services.change_exercise(Operation(Kind.API, ben.pk), exercise.pk, {"level": "expert"})
    return exercise


def level_and_category(exercise):
    exercise.refresh_from_db()
    return exercise.level, exercise.category


@pytest.mark.skipif(not REAL.exists(), reason=f"{REAL} is missing")
def test_importing_873_real_exercises_again_changes_nothing():
    assert run(REAL)[0][-1] == "added 873, changed 0, unchanged 0, rejected 0"
    before = list(Exercise.objects.documents.collection.find())

    assert run(REAL)[0][-1] == "added 0, changed 0, unchanged 873, rejected 0"
    assert list(Exercise.objects.documents.collection.find()) == before


def test_all_of_the_starter_catalogue_is_imported():
    out, err = run(STARTER)

    assert err == []
    assert Exercise.objects.count() >= 100
    assert out[-1] == f"added {Exercise.objects.count()}, changed 0, unchanged 0, rejected 0"


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


def test_what_the_catalogue_does_not_keep_is_named(file):
    rows = [{"name": "Sit-Up", "force": "pull"}, {"name": "Squat", "force": "push", "images": [1]}]

    out, _ = run(file(rows))

    assert "The catalogue doesn't keep: force (2 rows), images (1 row)" in out


def test_rejected_rows_are_told_and_the_others_are_imported(file):
    path = file(b"name,defaultSets\nGood,3\nBad,many\nAlso good,\n")

    out, err = run(path, fails="1 of the rows was rejected")

    assert err == ["line 3 (Bad) rejected: defaultSets: Expected an integer."]
    assert out[-1] == "added 2, changed 0, unchanged 0, rejected 1"
    assert Exercise.objects.count() == 2


def test_rows_on_one_line_are_told_apart_by_their_number(file):
    rows = [{"name": "Squat"}, {"name": ""}, {"name": "Row"}]

    out, err = run(file(rows), fails="1 of the rows was rejected", dry_run=True)

    assert [line.split(":")[0] for line in err] == ["exercise 2 rejected"]
    assert [line for line in out if line.endswith(": new")] == [
        "exercise 1: Squat: new",
        "exercise 3: Row: new",
    ]


def test_it_is_logged_as_nobodys_operation(file):
    run(file([{"name": "Squat"}]))

    (operation,) = CatalogueOperation.objects.documents.collection.find()
    assert (operation["kind"], operation["userId"]) == ("command", None)


class TestChanges:
    ROW = {"name": "Squat", "level": "beginner", "category": "legs"}

    def test_what_was_changed_by_hand_is_left_out(self, file, edited):
        out, _ = run(file([self.ROW]))

        assert level_and_category(edited) == ("expert", "legs")
        assert out[-1] == "added 0, changed 1, unchanged 0, rejected 0"
        assert out[-2].startswith("Changes left out: 1 (")

    def test_overwrite_changes_it_too(self, file, edited):
        run(file([self.ROW]), overwrite=True)

        assert level_and_category(edited) == ("beginner", "legs")

    def test_what_was_deleted_by_hand_is_left_out(self, file, edited):
        ben = CuratorFactory(email="ben2@example.com")
        delete_exercise(Operation(Kind.API, ben.pk), edited.pk)
        path = file([self.ROW])

        shown, _ = run(path, dry_run=True)
        out, _ = run(path)

        assert ": Squat: new (left out: deleted by ben2@example.com on 20" in "\n".join(shown)
        assert out[-1] == "added 0, changed 0, unchanged 0, left out 1, rejected 0"
        assert out[-2].startswith("Changes left out: 1 (")
        assert run(path, overwrite=True)[0][-1].startswith("added 1,")

    def test_an_empty_value_is_left_out(self, file, edited):
        path = file(b"name,category\nSquat,\n")

        out, _ = run(path, dry_run=True)
        run(path)

        assert "  category: strength → — (left out: would empty the field)" in out
        assert level_and_category(edited) == ("expert", "strength")

    def test_only_new_changes_nothing(self, file, edited):
        run(file([self.ROW, {"name": "Row"}]), only_new=True)

        assert level_and_category(edited) == ("expert", "strength")
        assert Exercise.objects.filter(name="Row").exists()

    def test_a_dry_run_shows_every_field_and_changes_nothing(self, file, edited):
        rows = [self.ROW, {"name": "Row", "description": "Pull."}]

        out, _ = run(file(rows), dry_run=True)

        text = "\n".join(out)
        assert ": Row: new" in text
        assert ": Squat:" in text
        assert "  level: expert → beginner (left out: changed by ben@example.com on 20" in text
        assert "  category: strength → legs\n" in text
        assert out[-1] == "Would be: added 1, changed 1, unchanged 0, rejected 0"
        assert level_and_category(edited) == ("expert", "strength")
        assert Exercise.objects.count() == 1


class TestProgress:
    @pytest.fixture(autouse=True)
    def small_parts(self, monkeypatch):
        monkeypatch.setattr(import_exercises, "PART_ROWS", 2)
        monkeypatch.setattr(import_exercises, "SECONDS_BETWEEN_LINES", 0)

    @pytest.fixture
    def five(self, file):
        return file([{"name": f"Exercise {number}"} for number in range(5)])

    def then(self, monkeypatch, act):
        """Acts after the first part."""
        apply, calls = import_exercises.apply_rows, iter([0])

        def apply_first(*args):
            if next(calls, None) is None:
                act(args[0])
            return apply(*args)

        monkeypatch.setattr(import_exercises, "apply_rows", apply_first)

    def test_it_is_told_line_by_line(self, five):
        _, err = run(five)

        assert err == ["0 of 5 rows", "2 of 5 rows", "4 of 5 rows"]

    def test_it_is_not_told_to_who_wants_quiet(self, five):
        assert run(five, verbosity=0)[1] == []

    @pytest.mark.parametrize(
        ("error", "reason"), [(KeyboardInterrupt(), ""), (Busy("Busy."), ": Busy")]
    )
    def test_an_import_that_is_interrupted_continues_with_the_next(
        self, five, monkeypatch, error, reason
    ):
        def interrupt(_):
            raise error

        with monkeypatch.context() as patch:
            self.then(patch, interrupt)
            run(five, fails=rf"^Stopped after 2 of 5 rows{reason}\. Run the import again to cont")

        assert run(five)[0][-1] == "added 3, changed 0, unchanged 2, rejected 0"

    def test_an_import_that_is_undone_meanwhile_stops(self, five, monkeypatch):
        self.then(monkeypatch, lambda operation: undo(operation.id, None))

        run(five, fails="has been undone")

        assert not Exercise.objects.exists()


def test_several_languages_are_asked_for(file, monkeypatch):
    read = import_exercises.read_file(b"[]")
    several = {"needs_language": True, "languages": {"English": 1_200, "Deutsch": 30}}
    asked = type(read)(**{**vars(read), **several})
    monkeypatch.setattr(import_exercises, "read_file", lambda *_: asked)

    run(file([]), fails=r"--language: English \(1,200\), Deutsch \(30\)\.")


def test_the_encoding_can_be_given(file):
    run(file("name\nDéveloppé\n".encode("latin-1")), encoding="latin-1")

    assert Exercise.objects.get().name == "Développé"


def test_a_bad_file_changes_nothing(file):
    run(file(b"[{]"), fails="Nothing was imported")

    assert not Exercise.objects.exists()


def test_a_missing_file_is_reported_in_one_line(tmp_path):
    run(tmp_path / "none.json", fails="No such file")
