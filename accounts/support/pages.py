"""Support on a user's page in the admin."""

from dataclasses import dataclass
from typing import Any

from bson import ObjectId
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import formats
from django.utils.timezone import localtime

from fitness_project.errors import LimitReached

from ..admin_site import ModelAdmin
from ..models import User
from ..signing_in.lockout import locked_until
from ..signing_in.sign_ins import count_open
from . import log
from .actions import Action, carry_out, possible, send_reset


@dataclass(frozen=True)
class Texts:
    """What the button says, what the page asks, and what has happened then."""

    label: str
    question: str
    done: str


TEXTS = {
    Action.UNLOCK: Texts(
        "Unlock",
        "Let {email} try to sign in again? This also lets whoever was guessing the password go on.",
        "Unlocked {email}.",
    ),
    Action.SIGN_OUT: Texts(
        "End all sign-ins",
        "Sign {email} out on every device and in every browser?",
        "Signed {email} out everywhere. This takes effect within five seconds.",
    ),
    Action.SEND_RESET: Texts(
        "Send a password reset",
        "Send {email} a link for choosing a new password? The link works once, within an hour.",
        "A link for choosing a new password is on its way to {email}.",
    ),
    Action.DEACTIVATE: Texts(
        "Deactivate",
        "Deactivate {email}? This signs the user out everywhere, and lets nobody sign in until the "
        "account is reactivated. Nothing is deleted.",
        "Deactivated {email}.",
    ),
    Action.REACTIVATE: Texts(
        "Reactivate",
        "Let {email} sign in again?",
        "Reactivated {email}.",
    ),
}


def may_support(request: HttpRequest, user: User | None = None) -> bool:
    """Only superusers support staff, who could gain rights that way."""
    staff = request.user
    if not (isinstance(staff, User) and staff.has_perm("accounts.support_user")):
        return False
    return staff.is_superuser or user is None or not (user.is_staff or user.is_superuser)


def staff_id(request: HttpRequest) -> ObjectId:
    """Whoever uses the admin, where everybody is signed in."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user.pk


class SupportAdmin(ModelAdmin):
    """A user's page with the actions of support, each of which asks first, and their log."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.support_view)
        page = path("<id>/support/<action>/", view, name="accounts_user_support")
        return [page, *super().get_urls()]

    @admin.display(description="locked out until")
    def locked_until(self, user: User) -> str:
        """After too many wrong passwords from an IP address."""
        until = locked_until(user.email)
        return formats.localize(localtime(until)) if until else "not locked out"

    @admin.display(description="open sign-ins")
    def open_sign_ins(self, user: User) -> str:
        return str(count_open(user.pk))

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        context = {**self._support(request, object_id), **(extra_context or {})}
        return super().change_view(request, object_id, form_url, context)

    def _support(self, request: HttpRequest, object_id: str) -> dict[str, Any]:
        user = self.get_object(request, object_id)
        if user is None:
            return {}
        actions = possible(user) if may_support(request, user) else []
        links = [(TEXTS[action].label, _url(user, action)) for action in actions]
        entries = [(row, Action(row.action).label) for row in log.latest(user.pk)]
        return {"support_links": links, "support_log": entries}

    def support_view(
        self,
        request: HttpRequest,
        id: str,  # noqa: A002
        action: str,
    ) -> HttpResponseBase:
        """Asks first, and acts once the member of staff has confirmed."""
        user = self._supported(request, id)
        if action not in Action.values:
            raise Http404
        chosen = Action(action)
        if chosen not in possible(user):
            message = "Nothing was done: the account isn't as it was when you chose this."
            self.message_user(request, message, messages.WARNING)
        elif request.method != "POST":
            return self._ask(request, user, chosen)
        else:
            self._act(request, user, chosen)
        return redirect("admin:accounts_user_change", user.pk)

    def _supported(self, request: HttpRequest, object_id: str) -> User:
        if not may_support(request):
            raise PermissionDenied
        user = self.get_object(request, object_id)
        if not isinstance(user, User):
            raise Http404
        if not may_support(request, user):
            raise PermissionDenied
        return user

    def _ask(self, request: HttpRequest, user: User, action: Action) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "media": self.media,
            "title": TEXTS[action].label,
            "question": TEXTS[action].question.format(email=user.email),
            "original": user,
        }
        return TemplateResponse(request, "admin/accounts/user/support.html", context)

    def _act(self, request: HttpRequest, user: User, action: Action) -> None:
        try:
            if action is Action.SEND_RESET:
                send_reset(user, staff_id(request), request.build_absolute_uri("/").rstrip("/"))
            else:
                carry_out(action, user, staff_id(request))
        except LimitReached as error:
            self.message_user(request, str(error), messages.WARNING)
        else:
            self.message_user(request, TEXTS[action].done.format(email=user.email))


def _url(user: User, action: Action) -> str:
    return reverse("admin:accounts_user_support", args=[str(user.pk), action])
