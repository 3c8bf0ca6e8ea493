"""Sign-in and sign-out pages of the browsable API, with and without a trailing slash."""

from django.contrib.auth.views import LoginView, LogoutView
from django.urls import re_path

from ..admin_site import SITE
from ..forms import SignInForm

app_name = "rest_framework"
urlpatterns = [
    re_path(
        r"^login/?$",
        LoginView.as_view(
            template_name="admin/login.html",
            authentication_form=SignInForm,
            extra_context=SITE,
            redirect_authenticated_user=True,
        ),
        name="login",
    ),
    re_path(r"^logout/?$", LogoutView.as_view(), name="logout"),
]
