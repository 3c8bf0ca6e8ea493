"""What a browser sees of the API, and what its forms do."""

import pytest
from django.test import Client
from django.urls import reverse

from exercises.tests.factories import CuratorFactory, ExerciseFactory, entry
from history.tests.factories import SessionFactory
from routines.models import Routine
from routines.tests.factories import RoutineFactory

from .pages import Page, browser_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(ann):
    """Ann's, signed in."""
    return browser_of(ann)


@pytest.mark.parametrize(
    ("kind", "factory"), [("routines", RoutineFactory), ("history", SessionFactory)]
)
def test_a_form_that_is_sent_as_it_is_changes_nothing(api, browser, ann, kind, factory):
    path = f"/api/{kind}/{factory(user=ann).pk}"
    before = api.get(path).json()

    response = browser.get(path).send("PUT")

    assert response.status == 303
    assert api.get(path).json() == before
