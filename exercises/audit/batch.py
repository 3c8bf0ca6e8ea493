"""Undoes a batch of changes within one transaction."""

from collections.abc import Iterable
from dataclasses import dataclass

from bson import ObjectId

from accounts.people import emails
from exercises import deletions, services
from exercises.catalogue import catalogue
from exercises.models import CatalogueChange, CatalogueOperation, ExerciseDocument
from exercises.references import used_among
from exercises.writing import Writing
from fitness_project.database.transactions import new_id
from fitness_project.documents.collection import Document

from . import log, people
from .models import ChangeDocument
from .operations import Action, Operation

# An exercise's latest changes, among which to look for whoever changed it since.
LATEST = 50
STAYS = "stays as it is"


@dataclass(frozen=True)
class Left:
    """What isn't undone. `told` goes on with a sentence about the field or, without one, about the
    exercise as a whole."""

    exercise_id: ObjectId
    name: str
    field: str | None
    told: str


class Batch:
    """`done` are the changes to be logged, and `changed` the exercises before and after."""

    def __init__(self, version: int, undoing: Operation) -> None:
        self.done: list[log.Change] = []
        self.changed: list[services.Changed] = []
        self.left: list[Left] = []
        self._writing = Writing(version)
        self._undoing = undoing
        self._deletion = new_id()
        self._used: set[ObjectId] = set()

    def undo(self, changes: list[ChangeDocument]) -> None:
        added = [c["exerciseId"] for c in changes if c["action"] in (Action.ADD, Action.RESTORE)]
        self._used = used_among(added)
        names = [
            change["fields"]["name"]["old"] for change in changes if "name" in change["fields"]
        ]
        self._writing.prepare([change["exerciseId"] for change in changes], names)
        for change in changes:
            self._undo(change, self._writing.find(change["exerciseId"]))
        self._writing.send()
        deleted = [change.before for change in self.done if change.action == Action.DELETE]
        deletions.finish_later(
            [exercise["_id"] for exercise in deleted if exercise], self._deletion
        )

    def _undo(self, change: ChangeDocument, stored: ExerciseDocument | None) -> None:
        match change["action"]:
            case Action.CHANGE:
                self._change_back(change, stored)
            case Action.DELETE:
                self._bring_back(change, stored)
            case _:
                self._remove(change, stored)

    def _change_back(self, change: ChangeDocument, stored: ExerciseDocument | None) -> None:
        if stored is None:
            self._leave(change, None, self._gone(change))
        elif back := self._values_back(change, stored):
            changed = services.change(self._writing, stored["_id"], back)
            self.changed.append(changed)
            self.done += services.logged([changed])

    def _values_back(self, change: ChangeDocument, stored: ExerciseDocument) -> Document:
        back: Document = {}
        for field, values in change["fields"].items():
            current = log.content(stored, field)
            if current == values["old"]:
                continue
            if current != values["new"]:
                self._leave(change, field, f"{STAYS}: changed since{self._by(change, [field])}")
            elif field == "name" and self._writing.is_taken(values["old"], stored["_id"]):
                self._leave(change, field, f"{STAYS}: the name {values['old']} is taken")
            else:
                back[field] = values["old"]
        return back

    def _remove(self, change: ChangeDocument, stored: ExerciseDocument | None) -> None:
        """Deletes an exercise that the operation added or brought back."""
        if stored is None:
            if self._is_merged(change):
                self._leave(change, None, self._gone(change))
            return
        made = {field: values["new"] for field, values in change["fields"].items()}
        if stored["_id"] in self._used:
            self._leave(change, None, f"{STAYS}: in use")
        elif stored["_id"] in catalogue.refreshed().merged.values():
            self._leave(change, None, f"{STAYS}: others were merged into it")
        elif differing := list(log.difference(made, stored)):
            self._leave(change, None, f"{STAYS}: changed since{self._by(change, differing)}")
        else:
            self.done.append(deletions.bury(self._writing, stored, self._deletion))

    def _bring_back(self, change: ChangeDocument, stored: ExerciseDocument | None) -> None:
        """Brings back an exercise that the operation deleted."""
        exercise_id = change["exerciseId"]
        was = {field: values["old"] for field, values in change["fields"].items()}
        if stored is not None:
            return
        if self._is_merged(change):
            self._leave(change, None, self._gone(change))
            return
        if self._writing.is_taken(was["name"], exercise_id):
            self._leave(change, None, "stays deleted: its name is taken")
            return
        created_at = change.get("createdAt", exercise_id.generation_time)
        exercise = {"_id": exercise_id, **log.CONTENT, **was, "createdAt": created_at}
        self.done.append(deletions.bring_back(self._writing, exercise))

    def _is_merged(self, change: ChangeDocument) -> bool:
        return change["exerciseId"] in catalogue.refreshed().merged

    def _gone(self, change: ChangeDocument) -> str:
        done = "merged into another one" if self._is_merged(change) else "deleted"
        return f"has since been {done}{self._by(change, ['name'])}"

    def _leave(self, change: ChangeDocument, field: str | None, told: str) -> None:
        self.left.append(Left(change["exerciseId"], change["name"], field, told))

    def _by(self, change: ChangeDocument, fields: Iterable[str]) -> str:
        """Names whoever changed one of the fields last, if the log knows."""
        stored = CatalogueChange.objects.documents.collection
        found = stored.find({"exerciseId": change["exerciseId"]}).sort([("at", -1), ("_id", -1)])
        for later in found.limit(LATEST):
            if later["_id"] == change["_id"]:
                break
            if later["operation"] != self._undoing.id and later["fields"].keys() & set(fields):
                operation = CatalogueOperation.objects.documents.get(later["operation"])
                return f" by {people.who(operation, emails([operation['userId']]))}"
        return ""
