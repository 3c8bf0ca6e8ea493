"""Writes to the catalogue: each in a transaction that raises its version.

An exercise keeps the version it was changed in (`changedIn`), a deleted one leaves a tombstone
with it: so the change feed knows what is newer than a version.

Other processes may go by the catalogue of a moment ago. So a rename looks once more, after that,
for entries that were written with the old name; and a deletion waits before it looks for any.
"""

from collections.abc import Iterable
from time import sleep

from bson import ObjectId
from pymongo import ReturnDocument

from fitness_project.database.deadline import SECONDS, paused
from fitness_project.database.transactions import transactional
from fitness_project.documents import registry
from fitness_project.documents.instants import now
from fitness_project.documents.revisions import Revisions
from fitness_project.errors import BeingDeleted, FieldRefused, InUse, PreconditionFailed

from .catalogue import MAX_AGE, VERSION_ID, catalogue, is_being_deleted
from .models import CatalogueVersion, Exercise
from .names import name_key

# The age of another process's catalogue, and time for the requests that went by it to be over.
EXERCISES = Exercise._meta.db_table
SETTLE_SECONDS = MAX_AGE + SECONDS + 0.4


def create_exercise(document: dict) -> dict:
    """Stores a valid document. Raises FieldRefused where the name is taken."""
    return store_exercises([document], [])[0]


def change_exercise(id: ObjectId, changes: dict, only_if: Revisions | None = None) -> dict:
    """Sets fields; a new name reaches the routines. Raises Missing, FieldRefused, Conflict where it
    is just being deleted, and PreconditionFailed where it is at another revision."""
    return store_exercises([], [(id, changes)], only_if)[0]


def store_exercises(
    new: list[dict], changes: list[tuple[ObjectId, dict]], only_if: Revisions | None = None
) -> list[dict]:
    """Stores all of them or none, and answers them as they are now."""
    created, changed = _written(_store, new, changes, only_if)
    renamed = [after["_id"] for before, after in changed if _differ(before, after)]
    if renamed:
        _settle()
        for id in renamed:
            _rename_again(id)
    return created + [after for _, after in changed]


def delete_exercise(id: ObjectId, only_if: Revisions | None = None) -> None:
    """As below; raises Conflict where a routine or a session has the exercise."""
    if delete_exercises([id], only_if):
        raise InUse("This exercise is in use. Archive it instead.")


def delete_exercises(ids: list[ObjectId], only_if: Revisions | None = None) -> set[ObjectId]:
    """Deletes those that no routine or session has, and answers the ids of the others. Raises
    Missing, and PreconditionFailed where one is at another revision; then none is deleted.

    They are marked first, so that nobody can begin to use them, and deleted when every process
    must know that. Interrupted between the two, they stay, archived.
    """
    marked = _written(_mark_unused, ids, only_if)
    used = set(ids) - {exercise["_id"] for exercise in marked}
    if marked:
        _settle()
        used |= _written(_delete_unused, marked)
    return used


def _settle():
    with paused():
        sleep(SETTLE_SECONDS)


def used_among(ids: Iterable[ObjectId]) -> set[ObjectId]:
    """Those that a routine or a session has. All are looked for at once, again for each found."""
    unused = set(ids)
    used = set()
    for entry, reference in registry.references_to(EXERCISES):
        while found := _any_of(unused, entry, reference):
            unused -= found
            used |= found
    return used


def _any_of(
    ids: set[ObjectId], entry: registry.Entry, reference: registry.Reference
) -> set[ObjectId]:
    """Those of the ids that are in the first document that has any of them."""
    document = entry.documents.collection.find_one(
        {reference.path: {"$in": list(ids)}}, {reference.path: 1}
    )
    items = document[reference.array] if document else []
    return ids & {item[reference.id_field] for item in items}


def _written(work, *args):
    try:
        return _locked(work, *args)
    finally:
        catalogue.forget()


@transactional
def _locked(work, *args):
    """Two writers both change the version document: one of them has to start again."""
    documents = CatalogueVersion.objects.documents
    version = documents.collection.find_one_and_update(
        {"_id": VERSION_ID},
        {"$inc": {"version": 1}},
        upsert=True,
        return_document=ReturnDocument.AFTER,
        session=documents.session,
    )["version"]
    return work(version, *args)


def _store(version, new, changes, only_if):
    created = [_create(version, document) for document in new]
    return created, [_change(version, *change, only_if) for change in changes]


def _create(version, document):
    document = {
        **document,
        "nameKey": name_key(document["name"]),
        "createdAt": now(),
        **_stamps(version),
    }
    _refuse_taken_name(document)
    return Exercise.objects.documents.insert(document)


def _change(version, id, changes, only_if=None):
    documents = Exercise.objects.documents
    before = _at_revision(documents.get(id), only_if)
    if is_being_deleted(before) and "deletingSince" not in changes:
        raise BeingDeleted("This exercise is being deleted.")
    if "name" in changes:
        changes = {**changes, "nameKey": name_key(changes["name"])}
        _refuse_taken_name({"_id": id, **changes})
    after = documents.update(id, {**changes, **_stamps(version)})
    if _differ(before, after):
        _rename_references(id, after["name"])
    return before, after


def _stamps(version):
    return {"updatedAt": now(), "revision": ObjectId(), "changedIn": version}


def _at_revision(exercise, only_if):
    if only_if is not None and not only_if.hold_for(exercise):
        raise PreconditionFailed
    return exercise


def _mark_unused(version, ids, only_if):
    """Answers what they were before."""
    documents = Exercise.objects.documents
    exercises = [_at_revision(documents.get(id), only_if) for id in ids]
    used = used_among(ids)
    unused = [exercise for exercise in exercises if exercise["_id"] not in used]
    documents.collection.update_many(
        {"_id": {"$in": [exercise["_id"] for exercise in unused]}},
        {"$set": {"isArchived": True, "deletingSince": now(), **_stamps(version)}},
        session=documents.session,
    )
    return unused


def _delete_unused(version, marked):
    """Answers the ids of those that somebody began to use meanwhile."""
    used = used_among(exercise["_id"] for exercise in marked)
    for before in marked:
        if before["_id"] in used:
            _unmark(version, before)
        else:
            _delete(version, before["_id"])
    return used


def _unmark(version, before):
    archived = before.get("isArchived", False)
    _change(version, before["_id"], {"isArchived": archived, "deletingSince": None})


def _delete(version, id):
    documents = Exercise.objects.documents
    tombstone = {"changedIn": version, "deletedAt": now()}
    documents.collection.replace_one({"_id": id}, tombstone, session=documents.session)


def _differ(before, after) -> bool:
    return before["name"] != after["name"]


def _refuse_taken_name(document):
    documents = Exercise.objects.documents
    other = documents.collection.find_one(
        {"nameKey": document["nameKey"], "_id": {"$ne": document.get("_id")}},
        {"_id": 1},
        session=documents.session,
    )
    if other:
        raise FieldRefused("name", ("unique", "Another exercise has this name."))


def _rename_references(exercise_id: ObjectId, name: str) -> None:
    for entry, reference in registry.references_to(EXERCISES):
        if "name" not in reference.copied:
            continue
        item = f"{reference.array}.$[item].name"
        documents = entry.documents
        documents.collection.update_many(
            {
                reference.array: {
                    "$elemMatch": {reference.id_field: exercise_id, "name": {"$ne": name}}
                }
            },
            {"$set": {item: name, "updatedAt": now(), "revision": ObjectId()}},
            array_filters=[{f"item.{reference.id_field}": exercise_id}],
            session=documents.session,
        )


def _rename_again(exercise_id: ObjectId) -> None:
    """To the name that it has by now: another rename may have come between."""
    exercise = Exercise.objects.documents.collection.find_one({"_id": exercise_id}, {"name": 1})
    if exercise:
        _rename_references(exercise_id, exercise["name"])
