"""The shared catalogue of exercises, and the entries that refer to it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, NotRequired, TypedDict, final

from bson import ObjectId
from django.core.validators import MaxValueValidator, MinValueValidator, URLValidator
from django.db import models
from django_mongodb_backend.fields import ArrayField, ObjectIdField
from django_mongodb_backend.models import EmbeddedModel

from fitness_project.documents.collection import DocumentManager, Documents
from fitness_project.documents.instants import now
from fitness_project.documents.revisions import revision

from .audit.models import CatalogueChange, CatalogueOperation
from .importing.models import CatalogueImport, CatalogueImportPart
from .merging.models import CatalogueDismissal

__all__ = [
    "CatalogueChange",
    "CatalogueDismissal",
    "CatalogueImport",
    "CatalogueImportPart",
    "CatalogueOperation",
]

MAX_SETS = 100
SETS = (MinValueValidator(1), MaxValueValidator(MAX_SETS))
REPS = (MinValueValidator(0), MaxValueValidator(10_000))
# Below zero is assistance, as in an assisted pull-up.
MIN_WEIGHT, MAX_WEIGHT = -500, 2_000
WEIGHT = (MinValueValidator(MIN_WEIGHT), MaxValueValidator(MAX_WEIGHT))
MAX_ENTRIES = 100
# At once.
MAX_MERGED = 20


class Alias(TypedDict):
    """A name of an exercise that was merged away, and the key by which equal names are found."""

    name: str
    key: str


class ExerciseDocument(TypedDict):
    """A stored exercise. One that another program stored may have a name and little else."""

    _id: ObjectId
    name: str
    nameKey: NotRequired[str]
    description: NotRequired[str]
    gifUrl: NotRequired[str | None]
    defaultSets: NotRequired[int | None]
    defaultReps: NotRequired[int | None]
    category: NotRequired[str | None]
    equipment: NotRequired[str | None]
    level: NotRequired[str | None]
    primaryMuscles: NotRequired[list[str]]
    secondaryMuscles: NotRequired[list[str]]
    isArchived: NotRequired[bool]
    attribution: NotRequired[str | None]
    aliases: NotRequired[list[Alias]]
    createdAt: NotRequired[datetime]
    updatedAt: NotRequired[datetime]
    revision: NotRequired[ObjectId]
    changedIn: NotRequired[int]
    orderKey: NotRequired[str]  # Only in memory, like the next two.
    rank: NotRequired[int]
    nameLength: NotRequired[int]


@final
class ExerciseTombstone(TypedDict):
    """What is stored in the place of a deleted exercise.

    `was` is the exercise, for as long as it may come back, and `deletion` says which transaction
    deleted it.
    """

    _id: ObjectId
    changedIn: int
    deletedAt: datetime
    was: NotRequired[ExerciseDocument]
    deletion: NotRequired[ObjectId]


@final
class MergedExercise(TypedDict):
    """What stays for ever in the place of an exercise that was merged into another one.

    `mergedIn` is the catalogue's version with the merge. `isUnfinished` says that routines and
    sessions may still refer to this exercise.
    """

    _id: ObjectId
    changedIn: int
    mergedIn: int
    mergedInto: ObjectId
    mergedAt: datetime
    isUnfinished: NotRequired[bool]


class EntryDocument(TypedDict):
    """A stored entry of a routine or a session. `weight` is in kilograms."""

    exerciseId: ObjectId
    name: NotRequired[str]
    sets: int
    reps: int
    weight: float


class CatalogueDocument(TypedDict):
    _id: str
    version: int


def muscles_of(exercise: ExerciseDocument) -> list[str]:
    """The primary and the secondary muscles."""
    return exercise.get("primaryMuscles", []) + exercise.get("secondaryMuscles", [])


def is_gone(stored: Mapping[str, Any]) -> bool:
    """Whether this is what remains of an exercise that was deleted or merged away."""
    return "name" not in stored


def muscles(column: str) -> ArrayField:
    return ArrayField(
        models.CharField(max_length=60), max_size=20, default=list, blank=True, db_column=column
    )


def label() -> models.CharField:
    return models.CharField(max_length=60, null=True, blank=True)


class Exercises(Documents[ExerciseDocument]):
    """The catalogue's documents. `find` leaves out what remains of deleted and merged ones."""

    def find(self, document_id: ObjectId) -> ExerciseDocument | None:
        found = super().find(document_id)
        return None if found is None or is_gone(found) else found


class ExerciseManager(DocumentManager[ExerciseDocument]):
    """Leaves out what remains of deleted and merged exercises."""

    def get_queryset(self) -> models.QuerySet["Exercise"]:
        return super().get_queryset().filter(name__isnull=False)

    @property
    def documents(self) -> Exercises:
        return Exercises(self.model)


class Exercise(models.Model):
    """An exercise. Lists leave out archived exercises, but each can still be read by its id."""

    name = models.CharField(max_length=120)
    name_key = models.CharField(max_length=500, editable=False, db_column="nameKey")
    description = models.TextField(max_length=5_000, blank=True, default="")
    gif_url = models.CharField(
        "GIF address",
        max_length=2_000,
        null=True,
        blank=True,
        validators=[URLValidator(schemes=["https"], message="Enter an https address.")],
        db_column="gifUrl",
    )
    default_sets = models.IntegerField(
        null=True, blank=True, validators=SETS, db_column="defaultSets"
    )
    default_reps = models.IntegerField(
        null=True, blank=True, validators=REPS, db_column="defaultReps"
    )
    category = label()
    equipment = label()
    level = label()
    primary_muscles = muscles("primaryMuscles")
    secondary_muscles = muscles("secondaryMuscles")
    is_archived = models.BooleanField("archived", default=False, db_column="isArchived")
    attribution = models.CharField(max_length=500, null=True, blank=True)
    created_at = models.DateTimeField(default=now, editable=False, db_column="createdAt")
    updated_at = models.DateTimeField(default=now, editable=False, db_column="updatedAt")
    revision = revision()

    objects = ExerciseManager()

    class Meta:
        db_table = "exercises"
        permissions = [
            ("merge_exercise", "Can merge exercise"),
            ("import_exercise", "Can import exercise"),
        ]
        indexes = [models.Index(fields=["name_key"], name="exercises_by_name")]

    def __str__(self) -> str:
        return self.name


class CatalogueVersion(models.Model):
    """A single document, whose version every write to the catalogue increments in its transaction.

    Writes are therefore serialised, and one number tells readers whether their copy is current.
    """

    id = models.CharField(primary_key=True, max_length=20, db_column="_id")
    version = models.BigIntegerField(default=0)

    objects: ClassVar[DocumentManager[CatalogueDocument]] = DocumentManager()

    class Meta:
        db_table = "catalogue"
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.id} {self.version}"


class ExerciseReference(EmbeddedModel):
    """An entry of a routine or a session: an exercise with its sets, reps and weight.

    `name` is the server's copy of the exercise's name.
    """

    exercise_id = ObjectIdField(db_column="exerciseId")
    name = models.CharField(max_length=120)
    sets = models.IntegerField(validators=SETS)
    reps = models.IntegerField(validators=REPS)
    weight = models.FloatField(validators=WEIGHT, help_text="kilograms")

    class Meta:
        abstract = True
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.name}: {self.sets} × {self.reps} × {self.weight:g} kg"
