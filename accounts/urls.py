from django.urls import re_path

from . import views
from .signing_in import views as signing_in

urlpatterns = [
    re_path(r"^register/?$", signing_in.RegisterView.as_view(), name="register"),
    re_path(r"^login/?$", signing_in.LoginView.as_view(), name="login"),
    re_path(r"^refresh/?$", signing_in.RefreshView.as_view(), name="refresh"),
    re_path(r"^logout/?$", signing_in.LogoutView.as_view(), name="logout"),
    re_path(r"^me/?$", views.MeView.as_view(), name="me"),
    re_path(r"^password/?$", views.PasswordView.as_view(), name="password"),
    re_path(r"^password/reset/?$", views.ResetView.as_view(), name="password-reset"),
    re_path(r"^password/reset/confirm/?$", views.ConfirmResetView.as_view()),
    re_path(r"^email/?$", views.EmailView.as_view(), name="email"),
    re_path(r"^email/confirm/?$", views.ConfirmEmailView.as_view()),
    re_path(r"^sessions/?$", signing_in.SignInsView.as_view(), name="sign-ins"),
    re_path(r"^sessions/(?P<id>[^/]+)/?$", signing_in.SignInView.as_view(), name="sign-in"),
    re_path(r"^export/?$", views.ExportView.as_view(), name="export"),
]
