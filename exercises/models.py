"""The shared catalogue, and what a reference to one of its exercises is."""

from django.core.validators import MaxValueValidator, MinValueValidator, URLValidator
from django.db import models
from django_mongodb_backend.fields import ArrayField, ObjectIdField
from django_mongodb_backend.models import EmbeddedModel

from fitness_project.documents.collection import DocumentManager
from fitness_project.documents.instants import now
from fitness_project.documents.revisions import revision

SETS = (MinValueValidator(1), MaxValueValidator(100))
REPS = (MinValueValidator(0), MaxValueValidator(10_000))
WEIGHT = (MinValueValidator(0), MaxValueValidator(2_000))
MAX_ENTRIES = 100


def muscles(column):
    return ArrayField(
        models.CharField(max_length=60), max_size=20, default=list, blank=True, db_column=column
    )


def label():
    return models.CharField(max_length=60, null=True, blank=True)


class ExerciseManager(DocumentManager):
    """Sees no tombstones."""

    def get_queryset(self):
        return super().get_queryset().filter(name__isnull=False)

    @property
    def documents(self):
        return super().documents.where(deletedAt=None)


class Exercise(models.Model):
    """One exercise. An archived one is in no list and still answers by its id."""

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
        indexes = [models.Index(fields=["name_key"], name="exercises_by_name")]

    def __str__(self):
        return self.name


class CatalogueVersion(models.Model):
    """One document. Every write to exercises raises it, in the same transaction: so writers
    come one after another, and readers know by one number whether what they hold is current."""

    id = models.CharField(primary_key=True, max_length=20, db_column="_id")
    version = models.BigIntegerField(default=0)

    objects = DocumentManager()

    class Meta:
        db_table = "catalogue"
        default_permissions = ()

    def __str__(self):
        return f"{self.id} {self.version}"


class ExerciseReference(EmbeddedModel):
    """An entry of a routine or a session: what is done, how often, with how many kilograms.

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

    def __str__(self):
        return f"{self.name}: {self.sets} × {self.reps} × {self.weight:g} kg"
