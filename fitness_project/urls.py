from django.contrib import admin
from django.urls import include, path, re_path
from django.views.generic import RedirectView
from rest_framework.routers import SimpleRouter

from exercises.views import ExerciseViewSet
from fitness_project.api.health import HealthView, ReadyView
from fitness_project.api.schema.views import SchemaView
from fitness_project.api.sync import SyncView
from fitness_project.home import APIHomeView, HomeView
from history.views import SessionViewSet
from routines.views import RoutineViewSet

router = SimpleRouter()
router.trailing_slash = "/?"
# The most frequent come first, because paths are tried in this order.
router.register("history", SessionViewSet, "session")
router.register("routines", RoutineViewSet, "routine")
router.register("exercises", ExerciseViewSet, "exercise")

urlpatterns = [
    path("api/", include(router.urls)),
    re_path(r"^api/auth/", include("accounts.urls")),
    re_path(r"^api/sync/?$", SyncView.as_view(), name="sync"),
    re_path(r"^api/schema/?$", SchemaView.as_view(), name="schema"),
    path("api/docs", include("fitness_project.api.docs.urls")),
    re_path(r"^api/?$", APIHomeView.as_view()),
    path("", include("accounts.pages.urls")),
    re_path(r"^healthz/?$", HealthView.as_view()),
    re_path(r"^readyz/?$", ReadyView.as_view()),
    path("admin/", admin.site.urls),
    re_path(r"^admin$", RedirectView.as_view(url="/admin/")),
    path("", HomeView.as_view(), name="home"),
]

handler400 = handler403 = handler404 = "fitness_project.api.problems.handlers.client_error"
handler500 = "fitness_project.api.problems.handlers.server_error"
