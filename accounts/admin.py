from typing import Any

from bson import ObjectId
from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm, BaseUserCreationForm
from django.contrib.auth.models import Group
from django.db.models import Model, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.safestring import SafeString, mark_safe

from fitness_project.api.email_addresses import spellings
from fitness_project.api.forms import CleanTextForm

from .admin_site import MAX_SEARCH_LENGTH, ModelAdmin
from .models import User
from .offered_permissions import OffersPermissions
from .passwords import change_password
from .support.actions import Action, carry_out
from .support.pages import SupportAdmin, may_support, staff_id


class UserCreationForm(CleanTextForm, BaseUserCreationForm):
    class Meta:
        model = User
        fields = ("email", "name")


class GivenPasswordForm(AdminPasswordChangeForm):
    """Staff can also leave a user without a password, until the user chooses one by e-mail."""

    user: User

    def save(self, commit: bool = True) -> User:
        is_usable = self.cleaned_data["set_usable_password"]
        change_password(self.user, self.cleaned_data["password1"] if is_usable else None)
        return self.user


MAX_FOUND = 200
LAST_CHARACTER = "\U0010ffff"
RIGHTS = ("is_staff", "is_superuser", "groups", "user_permissions")
Fieldset = tuple[str | None, Any]
SIGN_INS: Fieldset = ("Sign-ins", {"fields": ("locked_until", "open_sign_ins")})
DATES: Fieldset = ("Dates", {"fields": ("last_login", "date_joined", "closed_at")})


def is_superuser(request: HttpRequest) -> bool:
    return isinstance(request.user, User) and request.user.is_superuser


def _beginning_with(beginning: str) -> list[ObjectId]:
    """The first users whose e-mail address begins so. (The ORM's conditions would cost the embedded
    database a look at every user.)"""
    users = User.objects.documents.collection
    ranges = [{"$gte": each, "$lt": each + LAST_CHARACTER} for each in spellings(beginning)]
    found = [users.find({"email": each}, {"_id": 1}).sort("email") for each in ranges]
    return [user["_id"] for each in found for user in each.limit(MAX_FOUND)][:MAX_FOUND]


@admin.register(User)
class UserAdmin(OffersPermissions, SupportAdmin, DjangoUserAdmin):
    form = CleanTextForm  # Without the password, which is set on a page of its own.
    add_form = UserCreationForm
    change_password_form = GivenPasswordForm
    actions = ("sign_out_everywhere",)
    ordering = ("email",)
    list_display = ("email", "name", "is_active", "is_staff", "date_joined", "closed_at")
    list_filter = ("is_staff", "is_superuser", "is_active")
    search_fields = ("email",)
    search_help_text = (
        f"The beginning of an e-mail address. The list shows the first {MAX_FOUND} users that have "
        "it, or without a search, the staff."
    )
    show_full_result_count = False
    fieldsets = (
        (None, {"fields": ("email", "new_password")}),
        ("Profile", {"fields": ("name", "weight_unit")}),
        ("Rights", {"fields": ("is_active", *RIGHTS)}),
        SIGN_INS,
        DATES,
    )
    support_fieldsets = ((None, {"fields": ("email", "name", "is_active")}), SIGN_INS, DATES)
    add_fieldsets = ((None, {"fields": ("email", "name", "password1", "password2")}),)
    readonly_fields = (
        "last_login",
        "date_joined",
        "closed_at",
        "new_password",
        "locked_until",
        "open_sign_ins",
    )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        """Reads only what an index finds, because there may be any number of users."""
        beginning = search_term.strip()[:MAX_SEARCH_LENGTH]
        if not beginning:
            return queryset.filter(is_staff=True), False
        return queryset.filter(pk__in=_beginning_with(beginning)), False

    def get_fieldsets(self, request: HttpRequest, user: User | None = None) -> Any:
        """Support is shown no more of an account than it needs."""
        if user is not None and not super().has_view_permission(request, user):
            return self.support_fieldsets
        return super().get_fieldsets(request, user)

    def get_readonly_fields(
        self, request: HttpRequest, user: User | None = None
    ) -> tuple[str, ...]:
        """Only users themselves change their e-mail address, and only superusers grant rights."""
        email = ("email",) if user else ()
        rights = () if is_superuser(request) else RIGHTS
        return (*self.readonly_fields, *email, *rights)

    def has_view_permission(self, request: HttpRequest, user: User | None = None) -> bool:
        return super().has_view_permission(request, user) or may_support(request)

    def has_change_permission(self, request: HttpRequest, user: User | None = None) -> bool:
        """Only superusers change staff: whoever sets a password can sign in with it. Nobody changes
        a closed account, which is being deleted."""
        if user is not None and user.closed_at is not None:
            return False
        has_rights = user is not None and (user.is_staff or user.is_superuser)
        may_change = is_superuser(request) or not has_rights
        return may_change and super().has_change_permission(request, user)

    def has_delete_permission(self, request: HttpRequest, user: User | None = None) -> bool:
        """Users are deactivated instead: the admin wouldn't delete their data with them."""
        return False

    @admin.display(description="password")
    def new_password(self, user: User) -> SafeString:
        """Replaces Django's field, which shows parts of the hash."""
        return mark_safe('<a href="../password/">Set a new password</a>')

    def save_model(self, request: HttpRequest, user: User, form: ModelForm, change: bool) -> None:
        """Saves only changed fields, because the user may be changing others at the same time."""
        columns = {field.name for field in user._meta.concrete_fields} - {"is_active"}
        user.save(update_fields=columns.intersection(form.changed_data) if change else None)
        if change and "is_active" in form.changed_data:
            action = Action.REACTIVATE if user.is_active else Action.DEACTIVATE
            carry_out(action, user, staff_id(request))

    @admin.action(description="Sign out everywhere", permissions=["change"])
    def sign_out_everywhere(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        chosen = list(queryset.filter(closed_at=None))
        users = [user for user in chosen if self.has_change_permission(request, user)]
        for user in users:
            carry_out(Action.SIGN_OUT, user, staff_id(request))
        if len(users) < len(chosen):
            message = "Only superusers can sign out staff, so the staff you chose stay signed in."
            self.message_user(request, message, messages.WARNING)
        self.message_user(request, f"Signed out {len(users)} of {len(chosen)} users everywhere.")


admin.site.unregister(Group)


@admin.register(Group)
class GroupAdmin(OffersPermissions, ModelAdmin, DjangoGroupAdmin):
    """For superusers only, because a group grants rights to its members."""

    def has_change_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        return is_superuser(request)

    has_add_permission = has_delete_permission = has_change_permission


class OwnedAdmin(ModelAdmin):
    """Shows documents that belong to users, for support. Only their users can change them.

    A list shows one user's documents: listing everybody's would take too long.
    """

    ordering = ("-id",)
    search_fields = ("user__email",)
    search_help_text = "The user's full e-mail address."
    show_full_result_count = False

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        user = User.objects.find_by_email(search_term)
        return queryset.filter(user=user) if user else queryset.none(), False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    has_add_permission = has_delete_permission = has_change_permission
