"""Forms that stay filled in, whatever the reason for which they are refused."""

from http import HTTPStatus
from typing import Any

from django.db import DatabaseError
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.views.generic import FormView
from pymongo.errors import PyMongoError
from rest_framework.exceptions import ValidationError

from fitness_project.api.problems.codes import SERVER_ERROR
from fitness_project.api.problems.responses import Problem, problem_of
from fitness_project.errors import DomainError

# While the database can't be reached, nobody can tell who the user is.
NOBODY = {"user": None, "messages": ()}


class FormPage(FormView):
    """Shows the problems of the API as errors of its form, with their status and headers."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.get_form()
        try:
            return self.form_valid(form) if form.is_valid() else self.form_invalid(form)
        except (DomainError, ValidationError, DatabaseError, PyMongoError) as error:
            problem = problem_of(error)
            if problem.code is SERVER_ERROR:
                raise
            return self._refuse(form, problem)

    def form_invalid(self, form: BaseForm) -> HttpResponse:
        return self._rejected(form, 400)

    def _rejected(self, form: BaseForm, status: int) -> HttpResponse:
        known = NOBODY if status == HTTPStatus.SERVICE_UNAVAILABLE else {}
        return self.render_to_response(self.get_context_data(form=form, **known), status=status)

    def _refuse(self, form: BaseForm, problem: Problem) -> HttpResponse:
        for error in problem.errors:
            name = error["pointer"].removeprefix("/")
            form.add_error(name if name in form.fields else None, error["detail"])
        if not problem.errors:
            form.add_error(None, problem.detail)
        response = self._rejected(form, problem.code.status)
        for name, value in problem.headers.items():
            response[name] = value
        return response
