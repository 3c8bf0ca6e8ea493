"""Forms that stay filled in, whatever the reason for which they are refused."""

from typing import Any

from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.views.generic import FormView
from rest_framework.exceptions import ValidationError

from fitness_project.api.problems.responses import Problem, problem_of
from fitness_project.errors import DomainError


class FormPage(FormView):
    """Shows the problems of the API as errors of its form, with their status and headers."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.get_form()
        try:
            return self.form_valid(form) if form.is_valid() else self.form_invalid(form)
        except (DomainError, ValidationError) as error:
            return self._refuse(form, problem_of(error))

    def form_invalid(self, form: BaseForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=400)

    def _refuse(self, form: BaseForm, problem: Problem) -> HttpResponse:
        for error in problem.errors:
            name = error["pointer"].removeprefix("/")
            form.add_error(name if name in form.fields else None, error["detail"])
        if not problem.errors:
            form.add_error(None, problem.detail)
        response = self.form_invalid(form)
        response.status_code = problem.code.status
        for name, value in problem.headers.items():
            response[name] = value
        return response
