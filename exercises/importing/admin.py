"""The admin's pages for importing a file: the upload, the preview, and what came of it."""

from typing import Any

from bson import ObjectId
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path

from accounts.admin_site import ModelAdmin
from accounts.models import User
from exercises.audit.admin import may, may_undo
from fitness_project.database.deadline import within
from fitness_project.documents.ids import parse_object_id
from fitness_project.errors import Missing

from . import preview_page, result_page
from .applying import confirm, failure_of
from .files.columns import COLUMNS
from .files.rows import BadFile
from .forms import ReadingForm, UploadForm, language_name
from .recent import recent_imports
from .stored import (
    Preview,
    Status,
    discard,
    find_import,
    preview,
    progress,
    read_again,
    start_import,
)

TEMPLATES = "admin/exercises/importing"
PAGE = "admin:exercises_exercise_import_page"
# A file of many thousands of rows takes longer than other requests may.
SECONDS = 20.0
GONE = "This import isn't there any more. Previews are kept for a day, and results for 30 days."


class ImportAdmin(ModelAdmin):
    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("import/", view(self.import_view), name="exercises_exercise_import"),
            path(
                "import/<id>/", view(self.import_page_view), name="exercises_exercise_import_page"
            ),
            path(
                "import/<id>/reading/",
                view(self.reading_view),
                name="exercises_exercise_import_reading",
            ),
            *super().get_urls(),
        ]

    def import_view(self, request: HttpRequest) -> HttpResponseBase:
        """Takes a file, or its text."""
        curator = _curator(request)
        form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
        if form.is_valid():
            name, content = form.upload()
            try:
                return redirect(PAGE, str(within(SECONDS, start_import, content, name, curator)))
            except BadFile as error:
                form.add_error(None, str(error))
        context = {
            "form": form,
            "columns": COLUMNS,
            "recent": recent_imports(),
            "title": "Import exercises",
        }
        return self._respond_about_import(request, "upload", context)

    def reading_view(self, request: HttpRequest, id: str) -> HttpResponseBase:  # noqa: A002
        """Reads the file again, in another encoding or language."""
        curator, import_id = _curator(request), _import_id(id)
        if request.method != "POST" or _status(import_id) != Status.PREVIEW:
            return redirect(PAGE, str(import_id))
        shown = within(SECONDS, preview, import_id)
        form = ReadingForm(shown.read, request.POST)
        if form.is_valid():
            try:
                again = within(SECONDS, read_again, import_id, curator, *form.chosen())
                return redirect(PAGE, str(again))
            except Missing:  # It has just been confirmed.
                return redirect(PAGE, str(import_id))
            except BadFile as error:
                form.add_error(None, str(error))
        return self._show_preview(request, shown, form)

    def import_page_view(self, request: HttpRequest, id: str) -> HttpResponseBase:  # noqa: A002
        """Shows the preview until it is confirmed, and from then on what comes of it."""
        curator, import_id = _curator(request), _import_id(id)
        if _status(import_id) != Status.PREVIEW:
            if request.method == "POST":  # It has been confirmed in another tab, or twice.
                return redirect(PAGE, str(import_id))
            return self._show_progress(request, import_id)
        if "cancel" in request.POST:
            discard(import_id, curator)
            return redirect("admin:exercises_exercise_import")
        shown = within(SECONDS, preview, import_id)
        ticked = preview_page.chosen(shown.plan, request.POST)
        if "confirm" in request.POST and preview_page.is_anything_chosen(shown.plan, ticked):
            within(SECONDS, confirm, import_id, curator, ticked)
            return redirect(PAGE, str(import_id))
        return self._show_preview(request, shown)

    def _show_preview(
        self, request: HttpRequest, shown: Preview, form: ReadingForm | None = None
    ) -> HttpResponse:
        context: dict[str, Any] = {
            "shown": shown,
            "reading_form": form or ReadingForm(shown.read),
            "language": language_name(shown.read["language"] or ""),
            "dropped": sorted(shown.read["dropped"].items()),
            "has_only_names": shown.read["dropped"] and shown.read["fields"] == ["name"],
            "columns": COLUMNS,
            "file_name": shown.file_name,
            "title": f"Import: {shown.file_name}",
        }
        if shown.read["needsLanguage"]:
            languages = shown.read["languages"].items()
            context["languages"] = [(code, language_name(code), n) for code, n in languages]
            return self._respond_about_import(request, "language", context)
        context |= preview_page.context(shown.plan, request.POST)
        return self._respond_about_import(request, "preview", context)

    def _show_progress(self, request: HttpRequest, import_id: ObjectId) -> HttpResponse:
        done = progress(import_id)
        context: dict[str, Any] = {
            "progress": done,
            "failure": failure_of(done),
            "file_name": done.file_name,
            "title": f"Import: {done.file_name}",
        }
        if done.status == Status.RUNNING:
            return self._respond_about_import(request, "progress", context)
        context |= result_page.context(done, request.GET)
        if operation := context["operation"]:
            context["may_undo"] = may_undo(request, operation) and not operation.undone_by
        return self._respond_about_import(request, "result", context)

    def _respond_about_import(
        self, request: HttpRequest, name: str, context: dict[str, Any]
    ) -> HttpResponse:
        shared = {**self.admin_site.each_context(request), "opts": self.opts}
        return TemplateResponse(request, f"{TEMPLATES}/{name}.html", {**shared, **context})


def _curator(request: HttpRequest) -> ObjectId:
    user = request.user
    if not isinstance(user, User) or not may(request, "import"):
        raise PermissionDenied
    curator: ObjectId = user.pk
    return curator


def _import_id(text: str) -> ObjectId:
    import_id = parse_object_id(text)
    if import_id is None:
        raise Http404(GONE)
    return import_id


def _status(import_id: ObjectId) -> Status:
    try:
        return Status(find_import(import_id)["status"])
    except Missing:
        raise Http404(GONE) from None
