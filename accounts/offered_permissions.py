"""The permissions that the admin offers: those that something here checks."""

from typing import Any

from django.apps import apps
from django.contrib.admin import ModelAdmin
from django.contrib.auth import get_permission_codename
from django.contrib.auth.models import Permission
from django.db.models import ManyToManyField, Model, QuerySet
from django.forms import ModelMultipleChoiceField


def offered() -> QuerySet[Permission]:
    """The permissions that the project's own models declare.

    Nothing checks those of Django's models, for which only superusers have pages. The database also
    keeps permissions that a model declared once.
    """
    own = [model for model in apps.get_models() if not model.__module__.startswith("django.")]
    declared = {
        (model._meta.app_label, codename) for model in own for codename in _codenames(model)
    }
    known = Permission.objects.select_related("content_type")
    ids = [p.pk for p in known if (p.content_type.app_label, p.codename) in declared]
    return known.filter(pk__in=ids)


def _codenames(model: type[Model]) -> list[str]:
    opts = model._meta
    usual = [get_permission_codename(action, opts) for action in opts.default_permissions]
    return usual + [codename for codename, _ in opts.permissions]


class OffersPermissions(ModelAdmin):
    def formfield_for_manytomany(
        self, db_field: ManyToManyField, request: Any = None, **kwargs: Any
    ) -> ModelMultipleChoiceField | None:
        if db_field.related_model is Permission:
            kwargs["queryset"] = offered()
        return super().formfield_for_manytomany(db_field, request, **kwargs)
