from django.urls import re_path

from .views import DocsView, ErrorsView, GuideView

urlpatterns = [
    re_path(r"^/?$", DocsView.as_view(), name="docs"),
    re_path(r"^/errors/?$", ErrorsView.as_view(), name="docs-errors"),
    re_path(r"^/guide/?$", GuideView.as_view(), name="docs-guide"),
]
