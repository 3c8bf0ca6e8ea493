"""Which commands a sharded database would send to every shard.

Routines and history are sharded by `userId`. A command that matches `userId` by equality goes to
one shard. Any other must be one of EXEMPTIONS. While tests run, `conftest` checks every command
that the service sends.
"""

import sys
from pathlib import Path
from types import FrameType
from typing import NamedTuple

from bson import ObjectId

PROJECT = Path(__file__).resolve().parents[2]
COLLECTIONS = ("routines", "history")
# These send commands for others: whoever calls them is responsible for the command.
CARRIERS = (
    "fitness_project/documents/collection.py",
    "fitness_project/documents/owned.py",
    "fitness_project/database/",
    "fitness_project/tests/sharding.py",
)
# Of Django.
ADMIN = "django/contrib/admin/"
# Tests' own commands, and those that the embedded engine needs and no sharded database gets.
UNCHECKED = ("conftest.py", "fitness_project/database/embedded/workarounds/first_matches.py")
# These commands concern the whole collection, or continue one that was checked.
OTHERS = {"getMore", "killCursors", "listIndexes", "createIndexes", "dropIndexes", "create", "drop"}


class Exemption(NamedTuple):
    """Commands that concern all users.

    `sender` is the file that sends them, or ADMIN. `fields` are what they match,
    and `served_by` is the index that serves them on each shard.
    """

    purpose: str
    sender: str
    fields: frozenset[str]
    served_by: str


EXEMPTIONS = (
    Exemption(
        "a curator's command looks for the uses of an exercise, or counts them",
        "exercises/references.py",
        frozenset({"exercises.exerciseId"}),
        "{collection}_by_exercise",
    ),
    Exemption(
        "an id that a client chose is looked up on all shards",
        "fitness_project/documents/chosen_ids.py",
        frozenset({"_id", "userId"}),
        "_id_",
    ),
    Exemption("the admin shows one document", ADMIN, frozenset({"_id", "createdAt"}), "_id_"),
)

offences: list[tuple[str, dict]] = []


def check(command) -> None:
    """Adds the command to `offences` if the service sends it without naming the user."""
    name = next(iter(command))
    if name in OTHERS or command[name] not in COLLECTIONS:
        return
    everybodys = [fields for fields in map(_fields, _matches(command)) if not _is_one(fields)]
    sender = _sender() if everybodys else None
    for fields in everybodys:
        if sender and not any(_is(exemption, sender, fields) for exemption in EXEMPTIONS):
            offences.append((sender, {**command}))


def _matches(command) -> list[dict]:
    """What each part of the command matches."""
    match next(iter(command)):
        case "insert":
            return command["documents"]
        case "find":
            return [command["filter"]]
        case "count" | "distinct" | "findAndModify":
            return [command.get("query", {})]
        case "update":
            return [update["q"] for update in command["updates"]]
        case "delete":
            return [delete["q"] for delete in command["deletes"]]
        case "aggregate":
            first, *_ = command["pipeline"] or [{}]
            return [first.get("$match", {})]
    return [{}]


def _fields(matched) -> dict:
    """The conditions by field, with those inside `$and`."""
    inner = [_fields(each) for each in matched.get("$and", ())]
    conditions = {name: value for name, value in matched.items() if name != "$and"}
    return {name: value for each in (*inner, conditions) for name, value in each.items()}


def _is_one(fields) -> bool:
    user = fields.get("userId")
    return isinstance(user, ObjectId) or (isinstance(user, dict) and len(user.get("$in", ())) == 1)


def _is(exemption, sender, fields) -> bool:
    """The embedded database narrows a command for all users to some of them at first."""
    is_alike = exemption.fields == fields.keys() - {"userId"}
    return exemption.sender == sender and is_alike


def _sender() -> str | None:
    """The file of the service that caused the command.

    None if a test sent it itself, or the embedded database's engine for reasons of its own.
    """
    frame: FrameType | None = sys._getframe()
    while frame := frame.f_back:  # type: ignore[union-attr]
        path = _in_project(frame.f_code.co_filename)
        if ADMIN in frame.f_code.co_filename:
            return ADMIN
        is_carrier = path and path.startswith(CARRIERS) and path not in UNCHECKED
        if path and not is_carrier and frame.f_code.co_name != "started":
            return None if "/tests/" in path or path in UNCHECKED else path
    return "(a thread)"


def _in_project(file: str) -> str | None:
    path = Path(file)
    if not path.is_relative_to(PROJECT) or ".venv" in path.parts:
        return None
    return str(path.relative_to(PROJECT))
