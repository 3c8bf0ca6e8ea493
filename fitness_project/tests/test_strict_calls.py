"""What a call doesn't define is refused, and what it needs must be there."""

import pytest
from django.urls import URLPattern, get_resolver
from rest_framework.views import APIView

from exercises.tests.factories import ExerciseFactory, entry
from fitness_project.api.strict import StrictView
from history.tests.factories import SessionFactory
from routines.tests.factories import RoutineFactory

UNKNOWN = {"code": "unknown", "detail": "There is no query parameter with this name."}
LENIENT = {"SchemaView", "DocsView", "ErrorsView", "GuideView"}


def api_views(patterns=None, prefix=""):
    """The classes of all views under /api."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        path = prefix + str(pattern.pattern).lstrip("^")
        if not isinstance(pattern, URLPattern):
            yield from api_views(pattern.url_patterns, path)
        elif path.startswith("api"):
            view = pattern.callback
            yield getattr(view, "cls", None) or view.view_class


def unknown_of(response):
    assert response.status_code == 400
    return [error["pointer"] for error in response.json()["errors"] if error["code"] == "unknown"]


@pytest.fixture
def paths(ann):
    return {
        "/api/exercises": f"/api/exercises/{ExerciseFactory().pk}",
        "/api/routines": f"/api/routines/{RoutineFactory(user=ann).pk}",
        "/api/history": f"/api/history/{SessionFactory(user=ann).pk}",
    }


def test_every_view_of_the_api_is_strict():
    views = set(api_views())

    assert len(views) > 15
    assert all(issubclass(view, APIView) for view in views)
    assert {v.__name__ for v in views if not issubclass(v, StrictView)} == LENIENT


@pytest.mark.parametrize("verb", ["get", "head", "put", "patch", "delete", "options"])
def test_an_unknown_parameter_is_refused_for_every_verb(staff, api, paths, verb):
    for path in paths.values():
        client = staff if "exercises" in path else api
        body = None if verb in ("get", "head") else {}

        response = getattr(client, verb)(f"{path}?colour=blue", body)

        assert response.status_code == 400
        assert verb == "head" or unknown_of(response) == ["?colour"]


def test_a_misspelt_filter_does_not_list_everything(api, paths):
    for path in (*paths, "/api/sync", "/api/auth/me", "/api/auth/sessions", "/api"):
        response = api.get(f"{path}?serach=legs&=&x=1&x=2")

        assert unknown_of(response) == ["?serach", "?", "?x"]
        assert response.json()["errors"][0]["detail"] == UNKNOWN["detail"]


@pytest.mark.parametrize("known", ["pageSize=5", "cursor=x", "search=legs"])
def test_only_a_list_takes_the_parameters_of_a_list(api, paths, bench_press, known):
    name = f"?{known.split('=')[0]}"
    routine = {"name": "Push", "exercises": [entry(bench_press)]}

    assert unknown_of(api.get(f"{paths['/api/routines']}?{known}")) == [name]
    assert unknown_of(api.post(f"/api/routines?{known}", routine)) == [name]
    assert api.get(f"/api/routines?{known}").json().get("code") != "unknown"


def test_calls_without_a_sign_in_are_strict_too(anonymous):
    body = {"email": "ann@example.com", "password": "correct horse 9"}

    assert unknown_of(anonymous.post("/api/auth/login?next=/", body)) == ["?next"]
    assert anonymous.get("/api/schema?x=1").status_code == 200
    assert anonymous.get("/api/docs?x=1").status_code == 200


def test_the_browsable_api_can_name_the_format_and_send_its_forms(api, bench_press):
    body = {"name": "Push", "exercises": [entry(bench_press)]}
    html = {"accept": "text/html"}

    assert api.get("/api/routines?format=json").status_code == 200
    assert api.post("/api/routines?pageSize=5", body, headers=html).status_code == 201
    assert api.post("/api/routines?colour=blue", body, headers=html).status_code == 400


def test_whoever_may_not_make_a_call_learns_nothing_about_its_parameters(anonymous, api):
    assert anonymous.get("/api/routines?colour=blue").status_code == 401
    for verb in ("DELETE", "QUERY", "LIST"):
        assert api.generic(verb, "/api/routines?colour=blue").status_code == 405
    assert api.post("/api/exercises?colour=blue", {"name": "Row"}).status_code == 403


@pytest.mark.parametrize("content_type", ["application/json", "text/plain", ""])
@pytest.mark.parametrize("verb", ["put", "patch"])
def test_a_change_needs_a_body(staff, api, paths, verb, content_type):
    calls = [(staff if "exercises" in path else api, path) for path in paths.values()]
    if verb == "patch":
        calls.append((api, "/api/auth/me"))

    for client, path in calls:
        before = client.get(path).json()
        response = client.generic(verb.upper(), path, b"", content_type)
        assert (response.status_code, response.json()["errors"]) == (400, [])
        assert "needs a body" in response.json()["detail"]
        assert client.get(path).json() == before


@pytest.mark.parametrize(
    "path",
    [
        *("/api/exercises", "/api/routines", "/api/history", "/api/auth/register"),
        *("/api/auth/login", "/api/auth/refresh", "/api/auth/logout", "/api/auth/password"),
        *("/api/auth/password/reset", "/api/auth/password/reset/confirm"),
    ],
)
def test_a_post_needs_a_body(staff, path):
    response = staff.post(path)

    assert (response.status_code, response.json()["code"]) == (400, "parse_error")
    assert "needs a body" in response.json()["detail"]


@pytest.mark.parametrize("length", ["abc", "-5", "1e3", "\xb2"])
def test_a_malformed_content_length_is_not_a_500(api, length):
    json = "application/json"

    response = api.generic("POST", "/api/routines", b"{}", json, CONTENT_LENGTH=length)

    assert response.status_code == 400


class TestCaching:
    """Nobody else's cache may store a response, and nobody's may store tokens."""

    def test_documents_and_the_catalogue_are_checked_before_each_use(self, api, paths):
        etag = api.get(paths["/api/routines"])["ETag"]
        known = api.get(paths["/api/routines"], headers={"If-None-Match": etag})

        assert (known.status_code, known["Cache-Control"]) == (304, "private, no-cache")
        for path in (*paths, *paths.values(), "/api/sync", "/api/auth/me", "/api/auth/export"):
            assert api.get(path)["Cache-Control"] == "private, no-cache"

    def test_responses_with_tokens_are_not_stored(self, api, anonymous):
        password, new = "correct horse 9", "another horse 10"
        account = {"email": "eve@example.com", "password": password}
        change = {"currentPassword": password, "newPassword": new}
        registered = anonymous.post("/api/auth/register", account)
        tokens = [
            registered,
            anonymous.post("/api/auth/login", account),
            anonymous.post("/api/auth/refresh", {"refresh": registered.json()["refresh"]}),
            api.post("/api/auth/password", change),
        ]

        for response in tokens:
            assert response.status_code < 300
            assert response["Cache-Control"] == "no-store"


@pytest.mark.parametrize("header", ["Bearer", "Bearer ", "bearer", "Bearer a b", "BEARER a b c"])
def test_a_bearer_header_that_is_not_one_token_is_a_401(anonymous, db, header):
    for path in ("/api/routines", "/api/auth/me"):
        response = anonymous.get(path, headers={"Authorization": header})

        assert response.status_code == 401
        assert response.json()["code"] == "bad_authorization_header"
        assert "access token" in response.json()["detail"]
        assert response["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"name": "\xff"}', "not valid UTF-8: see byte 10"),
        (b'"\xed\xa0\x80"', "not valid UTF-8"),
        (b"{", "not valid JSON"),
    ],
)
def test_an_unreadable_body_is_explained_in_words_of_json(api, body, words):
    response = api.generic("POST", "/api/routines", body, "application/json")

    assert words in response.json()["detail"]
    assert "surrogate" not in response.json()["detail"]


@pytest.mark.parametrize(
    ("body", "pointer", "detail"),
    [
        ([], "", "Expected an object."),
        ({"name": "a", "exercises": {}}, "/exercises", "Expected an array."),
        ({"name": "a", "exercises": [5]}, "/exercises/0", "Expected an object."),
    ],
)
def test_a_wrong_type_is_named_in_words_of_json(api, body, pointer, detail):
    (error,) = api.post("/api/routines", body).json()["errors"]

    assert (error["pointer"], error["detail"]) == (pointer, detail)
