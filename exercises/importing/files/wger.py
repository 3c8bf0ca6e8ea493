"""Reads wger's exercises: its API's responses and its Django fixtures."""

from collections.abc import Iterator, Mapping
from typing import Any

from .rows import BadFile, Entry

# What wger's numbers stand for where the file doesn't say so itself.
LANGUAGES = {
    1: "de", 2: "en", 3: "bg", 4: "es", 5: "ru", 6: "nl", 7: "pt", 8: "el", 9: "cs", 10: "sv",
    11: "no", 12: "fr", 13: "it",
}  # fmt: skip
CATEGORIES = {
    8: "Arms", 9: "Legs", 10: "Abs", 11: "Chest", 12: "Back", 13: "Shoulders", 14: "Calves",
    15: "Cardio",
}  # fmt: skip
MUSCLES = {
    1: "Biceps", 2: "Shoulders", 3: "Serratus anterior", 4: "Chest", 5: "Triceps", 6: "Abs",
    7: "Calves", 8: "Glutes", 9: "Trapezius", 10: "Quads", 11: "Hamstrings", 12: "Lats",
    13: "Brachialis", 14: "Obliquus externus abdominis", 15: "Soleus", 16: "Lower back",
}  # fmt: skip
EQUIPMENT = {
    1: "Barbell", 2: "SZ-Bar", 3: "Dumbbell", 4: "Gym mat", 5: "Swiss Ball", 6: "Pull-up bar",
    7: "none (bodyweight exercise)", 8: "Bench", 9: "Incline bench", 10: "Kettlebell",
    11: "Resistance band",
}  # fmt: skip
LICENSES = {1: "CC-BY-SA 3", 2: "CC-BY-SA 4", 3: "CC0", 4: "CC-BY 4"}
NAMES: dict[str, dict[int, str]] = {
    "category": CATEGORIES,
    "muscles": MUSCLES,
    "muscles_secondary": MUSCLES,
    "equipment": EQUIPMENT,
    "language": LANGUAGES,
    "license": LICENSES,
}
FIELDS = {
    "category": "category",
    "muscles": "primaryMuscles",
    "muscles_secondary": "secondaryMuscles",
    "equipment": "equipment",
}
# For each model of a fixture, what it names.
NAMED_BY = {
    "exercises.exercisecategory": ("category",),
    "exercises.muscle": ("muscles", "muscles_secondary"),
    "exercises.equipment": ("equipment",),
    "exercises.language": ("language",),
    "core.language": ("language",),
    "core.license": ("license",),
}
TEXTS = ("name", "description")
USED = {*FIELDS, *TEXTS, "language", "license", "license_author"}
LINKS = {"translations", "exercises", "exercise", "exercise_base", "exercise_base_id"}
SAMPLE = 50

Names = Mapping[str, Mapping[Any, str]]


def is_response(entries: list[Entry]) -> bool:
    """Whether these are exercises as wger's API returns them."""
    return any(
        _translations(entry.values) is not None
        or ("license_author" in entry.values and not LINKS.isdisjoint(entry.values))
        or {"license_author", "muscles_secondary"} <= entry.values.keys()
        for entry in entries[:SAMPLE]
    )


def is_fixture(entries: list[Entry]) -> bool:
    return any(_model(entry).startswith(("exercises.", "core.")) for entry in entries[:SAMPLE])


def response_entries(entries: list[Entry]) -> Iterator[Entry]:
    """An entry for each language of each exercise."""
    for entry in entries:
        texts = _translations(entry.values)
        for text in [entry.values] if texts is None else texts or [{}]:
            yield _entry(entry, entry.values, text, NAMES)


def fixture_entries(entries: list[Entry]) -> tuple[list[Entry], list[str]]:
    """Joins the texts of a fixture with their exercises. Also returns the models left out.

    An old fixture has the texts in `exercises.exercise` itself, a newer one in `exercises.exercise`
    beside `exercises.exercisebase`, and the newest in `exercises.translation`. Raises BadFile.
    """
    names = _names(entries)
    bases: dict[Any, dict[str, Any]] = {}
    texts, others = [], []
    for entry in entries:
        if entry.fault or _is_text(entry):
            texts.append(entry)
        elif _model(entry) in ("exercises.exercise", "exercises.exercisebase"):
            bases[str(entry.values.get("pk"))] = _fields(entry)
        elif _model(entry) not in NAMED_BY:
            others.append(_model(entry) or "objects without a model")
    if not texts:
        raise BadFile(
            "The fixture names no exercises. wger has the names in `exercises.translation`: "
            "add those objects to the file."
        )
    return [_joined(entry, bases, names) for entry in texts], others


def _joined(entry: Entry, bases: dict[Any, dict[str, Any]], names: Names) -> Entry:
    text = _fields(entry)
    parent = text.get("exercise_base", text.get("exercise"))
    return _entry(entry, text if parent is None else bases.get(str(parent), {}), text, names)


def _entry(entry: Entry, base: dict[str, Any], text: dict[str, Any], names: Names) -> Entry:
    values: dict[str, Any] = {key: text[key] for key in TEXTS if key in text}
    unused = [key for key in {**base, **text} if key not in USED | LINKS and (base | text)[key]]
    for key, field in FIELDS.items():
        if key in base:
            values[field] = _named(base[key], key, names, unused)
    if attribution := _attribution(base | text, names):
        values["attribution"] = attribution
    language = _language(text.get("language"), names)
    return Entry(entry.line, values, language, unused, entry.fault)


def _named(value: Any, key: str, names: Names, unused: list[str]) -> Any:
    if isinstance(value, list):
        found = [_named(item, key, names, unused) for item in value]
        return [name for name in found if name is not None]
    if isinstance(value, dict):
        return value.get("name_en") or value.get("name")
    if isinstance(value, int):
        if value not in names[key]:
            unused.append(f"{key} {value}")
        return names[key].get(value)
    return value


def _attribution(values: dict[str, Any], names: Names) -> str | None:
    license_name = _short_name(values.get("license"), "license", names)
    author = values.get("license_author")
    if not isinstance(author, str) or not (author := author.strip()):
        author = ""
    if not author and not license_name:
        return None
    source = "" if "wger" in author.lower() else "wger.de"
    return ", ".join(filter(None, [author, source, license_name]))


def _language(value: Any, names: Names) -> str | None:
    if value is None:
        return None
    return _short_name(value, "language", names) or f"language {str(value)[:20]}"


def _short_name(value: Any, key: str, names: Names) -> str | None:
    name = value.get("short_name") if isinstance(value, dict) else value
    name = names[key].get(name) if isinstance(name, int) else name
    return name if isinstance(name, str) else None


def _names(entries: list[Entry]) -> Names:
    """The names that the fixture gives, and those that are known."""
    names = {key: dict(known) for key, known in NAMES.items()}
    for entry in entries:
        fields = _fields(entry)
        name = fields.get("short_name") or fields.get("name_en") or fields.get("name")
        if isinstance(name, str) and isinstance(pk := entry.values.get("pk"), int):
            for key in NAMED_BY.get(_model(entry), ()):
                names[key][pk] = name
    return names


def _translations(values: dict[str, Any]) -> list[dict[str, Any]] | None:
    for key in ("translations", "exercises"):
        found = values.get(key)
        if isinstance(found, list) and all(isinstance(text, dict) for text in found):
            return found
    return None


def _model(entry: Entry) -> str:
    model = entry.values.get("model")
    return model if isinstance(model, str) and "fields" in entry.values else ""


def _fields(entry: Entry) -> dict[str, Any]:
    fields = entry.values.get("fields")
    return fields if isinstance(fields, dict) else {}


def _is_text(entry: Entry) -> bool:
    is_exercise = _model(entry) in ("exercises.exercise", "exercises.translation")
    return is_exercise and "name" in _fields(entry)
