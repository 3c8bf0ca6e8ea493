"""Imports are stored with what they would change, and a task applies them in parts."""

import json
from datetime import timedelta

import pytest
from bson import ObjectId

from exercises import services, versions
from exercises.audit.operations import Kind, Operation
from exercises.audit.undo import undo
from exercises.importing import applying, stored
from exercises.importing.applying import apply_import, confirm
from exercises.importing.files.rows import BadFile
from exercises.importing.stored import Status, preview, progress, read_again, start_import
from exercises.models import (
    CatalogueChange,
    CatalogueImport,
    CatalogueImportPart,
    CatalogueOperation,
    Exercise,
)
from exercises.serializers import ExerciseSerializer
from exercises.tests.factories import CuratorFactory, ExerciseFactory, some_operation
from fitness_project.api.http.json import dump_json
from fitness_project.documents.instants import now
from fitness_project.errors import Missing
from fitness_project.tasks.worker import run_due

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def small_parts(monkeypatch):
    monkeypatch.setattr(stored, "PART_ROWS", 2)


@pytest.fixture
def ann():
    return CuratorFactory(email="ann@example.com")


@pytest.fixture
def squat():
    return ExerciseFactory(name="Squat", level="beginner", category="strength")


def upload(user, *rows):
    return start_import(json.dumps(rows).encode(), "exercises.json", user.pk)


def upload_and_confirm(user, *rows):
    import_id = upload(user, *rows)
    confirm(import_id, user.pk, preview(import_id).plan.every_change())
    return import_id


def level_of(exercise):
    return Exercise.objects.get(pk=exercise.pk).level


def exported(exercise, **changes):
    """As an export has it, changed by hand."""
    document = Exercise.objects.documents.find(exercise.pk)
    return json.loads(dump_json(ExerciseSerializer.response(document))) | changes


def names():
    return set(Exercise.objects.values_list("name", flat=True))


def logged(import_id):
    return CatalogueOperation.objects.documents.find(import_id)


NEW = tuple({"name": f"Exercise {number}"} for number in range(5))
EXPERT = {"name": "Squat", "level": "expert"}


class TestPreview:
    def test_it_shows_what_the_import_would_do_and_does_nothing(self, ann, squat):
        import_id = upload(ann, *NEW, EXPERT, {"name": ""}, {**EXPERT, "name": "Row", "force": "x"})

        shown = preview(import_id)
        assert (shown.file_name, shown.user_id) == ("exercises.json", ann.pk)
        assert [row.document["name"] for row in shown.plan.new][4:] == ["Exercise 4", "Row"]
        assert [row.exercise_id for row in shown.plan.changed] == [squat.pk]
        assert [row.number for row in shown.plan.rejected] == [7]
        assert shown.read["dropped"] == {"force": 1}
        run_due()
        assert names() == {"Squat"}

    def test_it_says_who_made_the_changes_that_the_import_would_undo(self, ann, squat):
        services.change_exercise(Operation(Kind.API, ann.pk), squat.pk, {"level": "advanced"})

        ((change,),) = [row.changes for row in preview(upload(ann, EXPERT)).plan.changed]

        assert (change.old, change.new) == ("advanced", "expert")
        assert change.by.operation.who == "ann@example.com"

    def test_a_bad_file_is_not_stored(self, ann):
        with pytest.raises(BadFile):
            start_import(b"[{]", "bad.json", ann.pk)

        assert not CatalogueImport.objects.exists()

    def test_a_file_can_be_read_in_another_encoding(self, ann):
        content = "name\nDéveloppé\n".encode()
        import_id = start_import(content, "exercises.csv", ann.pk)

        again = read_again(import_id, ann.pk, encoding="latin-1", language=None)

        assert preview(import_id).plan.new[0].document["name"] == "Développé"
        assert preview(again).plan.new[0].document["name"] == "DÃ©veloppÃ©"

    def test_names_in_the_file_may_be_any(self, ann):
        import_id = upload(ann, {"name": "Row", "$a.b": 1, "a\0b": 2, "": 3, "é": 4})

        assert preview(import_id).read["dropped"].keys() >= {"$a.b", "é"}

    def test_it_expires(self, ann):
        import_id = upload(ann, *NEW)

        for model in (CatalogueImport, CatalogueImportPart):
            document = model.objects.documents.collection.find_one()
            assert now() < document["expiresAt"].replace(tzinfo=now().tzinfo)
            assert document["expiresAt"].replace(tzinfo=now().tzinfo) < now() + timedelta(days=2)
            model.objects.documents.collection.delete_many({})
        with pytest.raises(Missing):
            preview(import_id)
        with pytest.raises(Missing):
            confirm(import_id, ann.pk, [])


class TestConfirmed:
    def test_a_task_imports_it_in_the_name_of_who_confirmed_it(self, ann, squat):
        import_id = upload(CuratorFactory(), *NEW, EXPERT)

        confirm(import_id, ann.pk, [(6, "level")])
        assert progress(import_id).status == Status.RUNNING
        run_due()

        result = progress(import_id)
        assert (result.status, result.added, result.changed, result.left) == ("done", 5, 1, [])
        assert (result.total, result.done) == (6, 6)
        assert names() == {"Squat", *(row["name"] for row in NEW)}
        assert level_of(squat) == "expert"
        operation = logged(import_id)
        assert (operation["kind"], operation["userId"]) == ("import", ann.pk)
        assert operation["counts"] == {"add": 5, "change": 1}

    def test_a_stalled_worker_imports_nothing_twice(self, ann, squat, monkeypatch):
        """It wakes up with the parts as they were before another one applied them."""
        import_id = upload(ann, *NEW, EXPERT)
        confirm(import_id, ann.pk, [(6, "level")])
        stale = list(applying.parts_of(import_id, {"isDone": 1}))
        run_due()
        done, operation = progress(import_id), logged(import_id)

        monkeypatch.setattr(applying, "parts_of", lambda *_: iter(stale))
        apply_import.call(str(import_id))

        assert (progress(import_id), logged(import_id)) == (done, operation)

    def test_without_ticks_it_only_adds(self, ann, squat):
        import_id = upload(ann, *NEW, EXPERT)

        confirm(import_id, ann.pk, [])
        run_due()

        assert level_of(squat) == "beginner"
        assert logged(import_id)["counts"] == {"add": 5}

    def test_only_the_ticked_fields_are_changed(self, ann, squat):
        import_id = upload(ann, {**EXPERT, "category": "legs"})

        confirm(import_id, ann.pk, [(1, "category")])
        run_due()

        squat.refresh_from_db()
        assert (squat.level, squat.category) == ("beginner", "legs")

    def test_confirming_again_does_nothing(self, ann):
        import_id = upload_and_confirm(ann, *NEW)
        run_due()
        Exercise.objects.get(name="Exercise 1").delete()

        confirm(import_id, CuratorFactory().pk, [])
        run_due()

        assert len(names()) == 4
        assert logged(import_id)["userId"] == ann.pk

    def test_it_is_not_read_again(self, ann):
        import_id = upload_and_confirm(ann, *NEW)

        with pytest.raises(Missing):
            read_again(import_id, ann.pk, None, None)

    def test_the_result_is_kept_without_the_file(self, ann):
        import_id = upload_and_confirm(ann, *NEW)
        run_due()

        assert "content" not in CatalogueImport.objects.documents.get(import_id)
        parts = list(CatalogueImportPart.objects.documents.collection.find())
        assert not any("rows" in part for part in parts)
        assert {part["expiresAt"] > parts[0]["expiresAt"] - timedelta(1) for part in parts} == {
            True
        }

    def test_a_new_name_is_copied_into_routines(self, ann, squat, monkeypatch):
        renamed = []
        monkeypatch.setattr(services, "rename_later", renamed.extend)

        upload_and_confirm(ann, exported(squat, name="Back Squat"))
        run_due()

        ((before, after),) = renamed
        assert (before["name"], after["name"]) == ("Squat", "Back Squat")

    def test_others_may_write_between_two_parts(self, ann, monkeypatch):
        pauses = []
        monkeypatch.setattr(versions, "sleep", pauses.append)

        upload_and_confirm(ann, *NEW)
        run_due()

        assert len(pauses) == 3
        assert min(pauses) > 0


class TestChangedMeanwhile:
    """Between the preview and the import."""

    def left(self, import_id):
        run_due()
        return [(each["name"], each["field"], each["reason"]) for each in progress(import_id).left]

    def test_a_field_that_was_changed_is_left(self, ann, squat):
        import_id = upload_and_confirm(ann, {**EXPERT, "category": "legs"})
        ben = CuratorFactory(email="ben@example.com")
        services.change_exercise(Operation(Kind.API, ben.pk), squat.pk, {"level": "advanced"})

        assert self.left(import_id) == [("Squat", "level", "changed since by ben@example.com")]
        squat.refresh_from_db()
        assert (squat.level, squat.category) == ("advanced", "legs")

    def test_what_has_the_new_value_already_needs_nothing(self, ann, squat):
        import_id = upload_and_confirm(ann, EXPERT)
        services.change_exercise(some_operation(), squat.pk, {"level": "expert"})

        assert self.left(import_id) == []
        assert logged(import_id) is None

    def test_a_name_that_was_taken_is_left(self, ann):
        import_id = upload_and_confirm(ann, *NEW)
        services.create_exercise(some_operation(), {"name": "EXERCISE 3"})

        reason = "another exercise has taken this name"
        assert self.left(import_id) == [("Exercise 3", None, reason)]
        assert len(names()) == 5

    def test_a_new_name_that_was_taken_is_left(self, ann, squat):
        import_id = upload_and_confirm(ann, exported(squat, level="expert", name="Back Squat"))
        services.create_exercise(some_operation(), {"name": "Back Squat"})

        reason = "another exercise has taken the name Back Squat"
        assert self.left(import_id) == [("Squat", "name", reason)]
        assert level_of(squat) == "expert"

    def test_an_exercise_that_is_gone_is_left(self, ann, squat):
        import_id = upload_and_confirm(ann, EXPERT)
        squat.delete()

        assert self.left(import_id) == [("Squat", None, "is no longer in the catalogue")]


class TestCutShort:
    @pytest.fixture
    def interrupted(self, ann, monkeypatch):
        """An import of which the first part is done."""
        import_id = upload_and_confirm(ann, *NEW)
        whole = applying._apply_part
        with monkeypatch.context() as patch:
            parts = iter([whole])
            patch.setattr(applying, "_apply_part", lambda *args: next(parts)(*args))
            with pytest.raises(StopIteration):
                apply_import.call(str(import_id))
        return import_id

    def test_it_is_finished_by_the_next_run(self, interrupted):
        assert (progress(interrupted).done, len(names())) == (2, 2)

        run_due()

        assert progress(interrupted).status == Status.DONE
        assert len(names()) == 5
        assert CatalogueChange.objects.documents.collection.count_documents({}) == 5

    def test_a_further_run_changes_nothing(self, interrupted):
        run_due()
        before = list(Exercise.objects.documents.collection.find())

        apply_import.call(str(interrupted))

        assert list(Exercise.objects.documents.collection.find()) == before
        assert progress(interrupted).status == Status.DONE

    def test_an_import_that_is_undone_meanwhile_stops(self, interrupted, ann):
        undo(interrupted, ann.pk)

        run_due()

        assert progress(interrupted).status == Status.STOPPED
        assert names() == set()

    def test_a_part_that_fails_does_nothing(self, interrupted, monkeypatch):
        with monkeypatch.context() as patch:
            patch.setattr(applying.log, "record", lambda *_: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                apply_import.call(str(interrupted))

        assert (progress(interrupted).done, len(names())) == (2, 2)


def test_an_import_is_undone_like_any_operation(ann, squat):
    import_id = upload_and_confirm(ann, *NEW, EXPERT)
    run_due()

    undone = undo(import_id, ann.pk)

    assert (undone.restored, undone.left) == (6, [])
    assert names() == {"Squat"}
    assert level_of(squat) == "beginner"


def test_an_import_that_there_is_not_is_missing():
    with pytest.raises(Missing):
        progress(ObjectId())
