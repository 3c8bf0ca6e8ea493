"""These pages have a path with and without a trailing slash, as the API's calls have."""

from django.urls import re_path

from . import confirm_email, entrance, password_reset

urlpatterns = [
    re_path(r"^sign-up/?$", entrance.SignUpView.as_view(), name="sign-up-page"),
    re_path(r"^sign-in/?$", entrance.SignInView.as_view(), name="sign-in-page"),
    re_path(r"^sign-out/?$", entrance.SignOutView.as_view(), name="sign-out"),
    re_path(
        r"^password-reset/?$", password_reset.RequestView.as_view(), name="password-reset-page"
    ),
    re_path(
        r"^password-reset/sent/?$",
        password_reset.RequestedView.as_view(),
        name="password-reset-sent",
    ),
    re_path(
        r"^password-reset/done/?$",
        password_reset.DoneView.as_view(),
        name="password-reset-done",
    ),
    re_path(
        r"^password-reset/(?P<uidb64>[^/]+)/(?P<token>[^/]+)/?$",
        password_reset.ChooseView.as_view(),
        name="password_reset_confirm",
    ),
    re_path(r"^confirm-email/done/?$", confirm_email.DoneView.as_view(), name="email-confirmed"),
    re_path(
        r"^confirm-email/(?P<uid>[^/]+)/(?P<token>[^/]+)/?$",
        confirm_email.ConfirmView.as_view(),
        name="confirm-email",
    ),
]
