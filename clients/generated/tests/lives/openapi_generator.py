"""The life of an app with a Python client by openapi-generator: `URL` is its argument."""

import sys
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import urllib3
from fitness_og import (
    ApiClient,
    ApiException,
    AuthApi,
    Configuration,
    ExercisesApi,
    HistoryApi,
    NewRoutineRequest,
    NewSessionRequest,
    PasswordRequest,
    PatchedSessionRequest,
    Problem,
    RefreshRequest,
    RegisterRequest,
    RoutineEntryRequest,
    RoutinesApi,
    SessionEntryRequest,
    SyncApi,
)

URL = sys.argv[1]
# Waits while the service has too much to do, as the service asks.
PATIENCE = urllib3.Retry(status=10, status_forcelist=[503], allowed_methods=None)
PASSWORD = "a horse and a battery"


def error_of(call, *arguments, **options):
    try:
        call(*arguments, **options)
    except ApiException as error:
        return error
    raise AssertionError("The call succeeded.")


def problem_of(call, *arguments, **options):
    return Problem.from_json(error_of(call, *arguments, **options).body)


def cursor_of(link):
    return parse_qs(urlsplit(link).query)["cursor"][0]


def changes_of(api, since=None):
    """All changes since a token, and the next token."""
    page = api.get_changes(since=since)
    sessions, deleted = list(page.changes.history), list(page.deleted.history)
    while page.has_more:
        page = api.get_changes(since=page.next)
        sessions += page.changes.history
        deleted += page.deleted.history
    return sessions, deleted, page.next


# Register
auth = AuthApi(ApiClient(Configuration(host=URL, retries=PATIENCE)))
account = RegisterRequest(email=f"{uuid4().hex}@example.com", password=PASSWORD, name="Ann")
signed_in = auth.register_account(account)
assert signed_in.user.name == "Ann"
tokens = auth.refresh_tokens(RefreshRequest(refresh=signed_in.refresh))
client = ApiClient(Configuration(host=URL, retries=PATIENCE, access_token=tokens.access))
auth, catalogue, routines = AuthApi(client), ExercisesApi(client), RoutinesApi(client)
history, sync = HistoryApi(client), SyncApi(client)
assert [each.is_current for each in auth.list_sign_ins().results] == [True]

# Catalogue
response = catalogue.list_exercises_with_http_info(page_size=100)
exercises = response.data.results
assert len(exercises) > 2
assert all(each.gif_url is None or each.gif_url.startswith("http") for each in exercises)
etag = response.headers["etag"]
assert error_of(catalogue.list_exercises, page_size=100, if_none_match=etag).status == 304
assert catalogue.get_exercise(exercises[0].id).name == exercises[0].name
assert catalogue.get_exercise_facets().category[0].count > 0

# A routine, sent twice as after a lost response
entries = [
    RoutineEntryRequest(exercise_id=each.id, sets=3, reps=8, weight=62.5) for each in exercises[:2]
]
new = NewRoutineRequest(name="Push Day", exercises=entries)
key = uuid4().hex
routine, same = (routines.create_routine(new, idempotency_key=key) for _ in "ab")
assert routine.id == same.id

# Sessions, and a refused one
now = datetime.now(UTC)
sets = [SessionEntryRequest(exercise_id=exercises[0].id, sets=3, reps=8, weight=62.5)]
sessions = [
    history.create_session(
        NewSessionRequest(date=now - timedelta(days=day), exercises=sets, routine_id=routine.id)
    )
    for day in range(3)
]
assert all(each.routine_id == routine.id for each in sessions)
problem = problem_of(
    history.create_session, NewSessionRequest(date=now + timedelta(days=9), exercises=sets)
)
assert [(each.pointer, each.code) for each in problem.errors] == [("/date", "max_value")]

# A conditional write, and one that comes too late
session_id = sessions[0].id
etag = history.get_session_with_http_info(session_id).headers["etag"]
change = PatchedSessionRequest(notes="Felt good.")
assert history.update_session(session_id, change, if_match=etag).notes == "Felt good."
late = problem_of(
    history.update_session, session_id, PatchedSessionRequest(notes=None), if_match=etag
)
assert late.code == "precondition_failed"

# Pages
first = history.list_sessions(page_size=2)
second = history.list_sessions(page_size=2, cursor=cursor_of(first.next))
assert [each.id for each in first.results + second.results] == [each.id for each in sessions]
assert second.next is None

# Sync
found, _, token = changes_of(sync)
assert {each.id for each in found} == {each.id for each in sessions}
history.delete_session(sessions[2].id)
_, deleted, _ = changes_of(sync, token)
assert deleted == [sessions[2].id]

# Export and end
assert {each.id for each in auth.export_account().history} == {each.id for each in sessions[:2]}
auth.delete_account(PasswordRequest(password=PASSWORD))
assert problem_of(auth.get_account).status == 401
