"""Groups of probable duplicates of which a curator said that they are different exercises."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b

from bson import ObjectId

from accounts.people import DELETED, emails
from exercises.models import CatalogueDismissal, ExerciseDocument
from exercises.snapshot import Snapshot
from fitness_project.documents.instants import now


@dataclass(frozen=True)
class Dismissal:
    """`exercises` are those of the group that still exist, one of which may stand for others that
    were merged into it."""

    id: ObjectId
    exercises: list[ExerciseDocument]
    who: str
    at: datetime

    @property
    def ids(self) -> frozenset[ObjectId]:
        return frozenset(exercise["_id"] for exercise in self.exercises)


def dismiss(exercise_ids: Collection[ObjectId], user_id: ObjectId) -> None:
    """A group that is dismissed again is stored once."""
    ids = sorted(exercise_ids)
    digest = blake2b(b"".join(each.binary for each in ids), digest_size=12)
    document = {"exerciseIds": ids, "userId": user_id, "at": now()}
    CatalogueDismissal.objects.documents.collection.update_one(
        {"_id": ObjectId(digest.digest())}, {"$setOnInsert": document}, upsert=True
    )


def take_back(dismissal_id: ObjectId) -> None:
    CatalogueDismissal.objects.documents.collection.delete_one({"_id": dismissal_id})


def dismissals(snapshot: Snapshot) -> list[Dismissal]:
    """The groups that still have two exercises or more, the latest first."""
    stored = list(CatalogueDismissal.objects.documents.collection.find())
    known, found = emails(document["userId"] for document in stored), []
    for document in sorted(stored, key=lambda document: document["at"], reverse=True):
        ids = {snapshot.merged.get(each, each) for each in document["exerciseIds"]}
        exercises = [snapshot.by_id[each] for each in ids if each in snapshot.by_id]
        exercises.sort(key=lambda exercise: exercise["orderKey"])
        who, at = known.get(document["userId"], DELETED), document["at"].replace(tzinfo=UTC)
        found.append(Dismissal(document["_id"], exercises, who, at))
    return [dismissal for dismissal in found if len(dismissal.exercises) > 1]
