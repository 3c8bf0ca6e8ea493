"""Signing up, in and out. Each leads to the page that `next` names, or else to the start page."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.views import LoginView, LogoutView, RedirectURLMixin
from django.core.exceptions import PermissionDenied
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from fitness_project.serving.addresses import client_address

from ..forms import SignInForm
from ..registration import CLOSED, register
from .forms import SignUpForm
from .refusals import FormPage


class EntrancePage(RedirectURLMixin, FormPage):
    next_page = settings.LOGIN_REDIRECT_URL

    def get_redirect_url(self) -> str:  # type: ignore[override]  # The stub has a parameter more.
        """Ignores a `next` that leads back here."""
        url = super().get_redirect_url()
        here = {reverse("sign-in-page"), reverse("sign-up-page")}
        return "" if urlsplit(url).path.rstrip("/") in here else url

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(next=self.get_redirect_url(), **kwargs)


class SignInView(EntrancePage, LoginView):
    authentication_form = SignInForm
    template_name = "accounts/pages/sign_in.html"
    extra_context = {"heading": "Sign in"}
    redirect_authenticated_user = True


@method_decorator([sensitive_post_parameters(), never_cache], name="dispatch")
class SignUpView(EntrancePage):
    """Creates an account as the API does, and signs in."""

    form_class = SignUpForm
    template_name = "accounts/pages/sign_up.html"
    extra_context = {"heading": "Sign up"}

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            return redirect(self.get_success_url())
        if settings.REGISTRATION_CLOSED:
            raise PermissionDenied(CLOSED)
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form: BaseForm) -> HttpResponse:
        login(self.request, register(form.cleaned_data, client_address(self.request)))
        messages.success(self.request, "Your account is ready, and you are signed in.")
        return super().form_valid(form)


class SignOutView(LogoutView):
    """Whoever opens it finds a button."""

    http_method_names = ["get", "head", "post", "options"]
    template_name = "accounts/pages/sign_out.html"
