from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm, BaseUserCreationForm
from django.contrib.auth.models import Group
from django.utils.safestring import mark_safe

from fitness_project.api.forms import CleanTextForm

from .admin_site import ModelAdmin
from .models import User
from .passwords import change_password
from .signing_in.sign_ins import sign_out


class UserCreationForm(CleanTextForm, BaseUserCreationForm):
    class Meta:
        model = User
        fields = ("email", "name")


class UserForm(CleanTextForm):
    """Without the password, which has a page of its own."""


class GivenPasswordForm(AdminPasswordChangeForm):
    """Staff may also leave a user without a password, until the user chooses one by mail."""

    def save(self, commit=True):
        is_usable = self.cleaned_data["set_usable_password"]
        change_password(self.user, self.cleaned_data["password1"] if is_usable else None)
        return self.user


RIGHTS = ("is_staff", "is_superuser", "groups", "user_permissions")


@admin.register(User)
class UserAdmin(ModelAdmin, DjangoUserAdmin):
    form = UserForm
    add_form = UserCreationForm
    change_password_form = GivenPasswordForm
    actions = ("sign_out_everywhere",)
    ordering = ("email",)
    list_display = ("email", "name", "is_active", "is_staff", "date_joined")
    list_filter = ("is_staff", "is_superuser", "is_active")
    search_fields = ("email", "name")
    fieldsets = (
        (None, {"fields": ("email", "new_password")}),
        ("Profile", {"fields": ("name", "weight_unit")}),
        (
            "Rights",
            {"fields": ("is_active", *RIGHTS)},
        ),
        ("Dates", {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = ((None, {"fields": ("email", "name", "password1", "password2")}),)
    readonly_fields = ("last_login", "date_joined", "new_password")

    def get_readonly_fields(self, request, user=None):
        """An e-mail is for life, and only superusers give rights."""
        email = ("email",) if user else ()
        rights = () if request.user.is_superuser else RIGHTS
        return (*self.readonly_fields, *email, *rights)

    def has_change_permission(self, request, user=None):
        """Whoever sets a password can sign in by it: so only superusers change other staff."""
        has_rights = user is not None and (user.is_staff or user.is_superuser)
        return (request.user.is_superuser or not has_rights) and super().has_change_permission(
            request, user
        )

    def has_delete_permission(self, request, user=None):
        """Deactivated, not deleted: a user's data must go with the user, in one transaction."""
        return False

    @admin.display(description="password")
    def new_password(self, user):
        """Django's field shows parts of the hash; this shows none."""
        return mark_safe('<a href="../password/">Set a new password</a>')

    def save_model(self, request, user, form, change):
        if change:
            self._save_changed_fields(user, form.changed_data)
        else:
            super().save_model(request, user, form, change)
        if not user.is_active:
            sign_out([user.pk])

    @staticmethod
    def _save_changed_fields(user, names):
        """And no others: the user may be changing the account at the same time."""
        columns = {field.name for field in user._meta.concrete_fields}
        if changed := columns.intersection(names):
            user.save(update_fields=changed)

    @admin.action(description="Sign out everywhere", permissions=["change"])
    def sign_out_everywhere(self, request, queryset):
        chosen = list(queryset)
        users = [user for user in chosen if self.has_change_permission(request, user)]
        sign_out(user.pk for user in users)
        if len(users) < len(chosen):
            message = "Only superusers sign out staff: the staff among them stay signed in."
            self.message_user(request, message, messages.WARNING)
        self.message_user(request, f"{len(users)} of {len(chosen)} signed out everywhere.")


admin.site.unregister(Group)


@admin.register(Group)
class GroupAdmin(ModelAdmin, DjangoGroupAdmin):
    """A group gives rights to its members: so it is for superusers."""

    def has_add_permission(self, request):
        return request.user.is_superuser

    def has_change_permission(self, request, group=None):
        return request.user.is_superuser

    def has_delete_permission(self, request, group=None):
        return request.user.is_superuser


class OwnedAdmin(ModelAdmin):
    """Of users' documents: to look at, where support needs it. They are their users' to change.

    A list is of one user: all of them together are more than a page can wait for.
    """

    ordering = ("-id",)
    search_fields = ("user__email",)
    search_help_text = "The whole e-mail address of the user whose they are."
    show_full_result_count = False

    def get_search_results(self, request, queryset, search_term):
        user = User.objects.filter(email=search_term.strip().lower()).first()
        return queryset.filter(user=user) if user else queryset.none(), False

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, document=None):
        return False

    def has_delete_permission(self, request, document=None):
        return False
