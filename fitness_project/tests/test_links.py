"""`next` and `previous`, followed as a client would."""

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from exercises.tests.factories import ExerciseFactory
from history.models import Session
from history.tests.factories import SessionFactory


@pytest.fixture
def sessions(ann):
    day = datetime(2026, 1, 1, tzinfo=UTC)
    return [SessionFactory(user=ann, date=day + timedelta(days=n)) for n in range(5)]


def ids(page):
    return [row["id"] for row in page["results"]]


def follow(api, page, link):
    return api.get(page[link]).json()


def test_next_leads_to_the_end_and_previous_back_to_the_start(api, sessions):
    newest = [str(session.pk) for session in reversed(sessions)]

    first = api.get("/api/history?pageSize=2").json()
    second = follow(api, first, "next")
    third = follow(api, second, "next")

    assert [ids(page) for page in (first, second, third)] == [newest[:2], newest[2:4], newest[4:]]
    assert first["previous"] is None
    assert third["next"] is None
    assert ids(follow(api, third, "previous")) == newest[2:4]
    back = follow(api, follow(api, third, "previous"), "previous")
    assert ids(back) == newest[:2]
    assert back["previous"] is None


def test_a_filter_is_kept_in_the_links(api, sessions):
    page = api.get("/api/history?pageSize=1&from=2026-01-02T00:00:00Z&to=2026-01-04T00:00:00Z")

    second = follow(api, page.json(), "next")

    assert ids(page.json()) + ids(second) == [str(sessions[2].pk), str(sessions[1].pk)]
    assert second["next"] is None


def test_previous_works_after_everything_before_is_deleted(api, sessions):
    first = api.get("/api/history?pageSize=2").json()
    second = follow(api, first, "next")
    Session.objects.filter(pk__in=[s.pk for s in sessions[3:]]).delete()

    before = follow(api, second, "previous")

    assert before["results"] == []
    assert before["previous"] is None
    assert ids(follow(api, before, "next")) == ids(second)


def test_next_works_after_everything_behind_it_is_deleted(api, sessions):
    first = api.get("/api/history?pageSize=2").json()
    Session.objects.filter(pk__in=[s.pk for s in sessions[:3]]).delete()

    after = follow(api, first, "next")

    assert after["results"] == []
    assert after["next"] is None
    assert ids(follow(api, after, "previous")) == ids(first)


@pytest.mark.parametrize("ordering", ["name", "-name", "createdAt", "-createdAt"])
def test_the_catalogue_pages_both_ways_in_every_order(api, ordering):
    names = [ExerciseFactory(name=name).name for name in ("Row", "curl", "Dip", "Squat", "press")]
    whole = api.get(f"/api/exercises?ordering={ordering}").json()["results"]

    page, seen = api.get(f"/api/exercises?ordering={ordering}&pageSize=2").json(), []
    while page["next"]:
        seen += page["results"]
        page = follow(api, page, "next")
    seen += page["results"]
    back = follow(api, page, "previous")

    assert seen == whole
    assert back["results"] == whole[2:4]
    expected = sorted(names, key=str.casefold) if "name" in ordering else names
    assert [row["name"] for row in whole] == (
        expected[::-1] if ordering.startswith("-") else expected
    )


def test_cursors_and_tokens_match_the_patterns_in_the_schema(api, sessions):
    """Characters that take one byte each in a URL, whose length the server limits."""
    paths = api.get("/api/schema").json()["paths"]

    def pattern_of(path, name):
        parameters = paths[path]["get"]["parameters"]
        return next(p["schema"]["pattern"] for p in parameters if p["name"] == name)

    link = api.get("/api/history?pageSize=2").json()["next"]
    (cursor,) = parse_qs(urlsplit(link).query)["cursor"]
    token = api.get("/api/sync").json()["next"]

    assert re.search(pattern_of("/api/history", "cursor"), cursor)
    assert re.search(pattern_of("/api/sync", "since"), token)
