"""The life of an app with a client by openapi-python-client: `URL` is its argument."""

import sys
import time
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import httpx
from fitness_opc import AuthenticatedClient, Client
from fitness_opc.api.auth import (
    delete_account,
    export_account,
    get_account,
    list_sign_ins,
    refresh_tokens,
    register_account,
)
from fitness_opc.api.exercises import get_exercise, get_exercise_facets, list_exercises
from fitness_opc.api.history import (
    create_session,
    delete_session,
    get_session,
    list_sessions,
    update_session,
)
from fitness_opc.api.routines import create_routine
from fitness_opc.api.sync import get_changes
from fitness_opc.models import (
    NewRoutineRequest,
    NewSessionRequest,
    PasswordRequest,
    PatchedSessionRequest,
    Problem,
    RefreshRequest,
    RegisterRequest,
    RoutineEntryRequest,
    SessionEntryRequest,
)

URL = sys.argv[1]
PASSWORD = "a horse and a battery"


class PatientTransport(httpx.HTTPTransport):
    """Waits while the service has too much to do, as the service asks."""

    def handle_request(self, request):
        for _ in range(10):
            response = super().handle_request(request)
            if response.status_code != HTTPStatus.SERVICE_UNAVAILABLE:
                break
            time.sleep(int(response.headers["Retry-After"]))
        return response


def cursor_of(link):
    return parse_qs(urlsplit(link).query)["cursor"][0]


def changes_of(client, **since):
    """All changes since a token, and the next token."""
    page = get_changes.sync(client=client, **since)
    sessions, deleted = list(page.changes.history), list(page.deleted.history)
    while page.has_more:
        page = get_changes.sync(client=client, since=page.next_)
        sessions += page.changes.history
        deleted += page.deleted.history
    return sessions, deleted, page.next_


# Register
patience = {"transport": PatientTransport()}
open_client = Client(URL, httpx_args=patience)
account = RegisterRequest(email=f"{uuid4().hex}@example.com", password=PASSWORD, name="Ann")
signed_in = register_account.sync(client=open_client, body=account)
assert signed_in.user.name == "Ann"
tokens = refresh_tokens.sync(client=open_client, body=RefreshRequest(signed_in.refresh))
client = AuthenticatedClient(URL, tokens.access, httpx_args=patience)
assert [each.is_current for each in list_sign_ins.sync(client=client).results] == [True]

# Catalogue
response = list_exercises.sync_detailed(client=client, page_size=100)
exercises = response.parsed.results
assert len(exercises) > 2
assert all(each.gif_url is None or each.gif_url.startswith("http") for each in exercises)
again = list_exercises.sync_detailed(
    client=client, page_size=100, if_none_match=response.headers["ETag"]
)
assert again.status_code == HTTPStatus.NOT_MODIFIED
assert get_exercise.sync(exercises[0].id, client=client).name == exercises[0].name
assert get_exercise_facets.sync(client=client).category[0].count > 0

# A routine, sent twice as after a lost response
entries = [RoutineEntryRequest(each.id, sets=3, reps=8, weight=62.5) for each in exercises[:2]]
new = NewRoutineRequest(name="Push Day", exercises=entries)
key = uuid4().hex
routine, same = (create_routine.sync(client=client, body=new, idempotency_key=key) for _ in "ab")
assert routine.id == same.id

# Sessions, and a refused one
now = datetime.now(UTC)
sets = [SessionEntryRequest(exercises[0].id, sets=3, reps=8, weight=62.5)]
days = [
    NewSessionRequest(date=now - timedelta(days=day), exercises=sets, routine_id=routine.id)
    for day in range(3)
]
sessions = [create_session.sync(client=client, body=each) for each in days]
assert all(each.routine_id == routine.id for each in sessions)
problem = create_session.sync(
    client=client, body=NewSessionRequest(date=now + timedelta(days=9), exercises=sets)
)
assert isinstance(problem, Problem)
assert [(each.pointer, each.code) for each in problem.errors] == [("/date", "max_value")]

# A conditional write, and one that comes too late
etag = get_session.sync_detailed(sessions[0].id, client=client).headers["ETag"]
change = PatchedSessionRequest(notes="Felt good.")
changed = update_session.sync(sessions[0].id, client=client, body=change, if_match=etag)
assert changed.notes == "Felt good."
late = update_session.sync_detailed(
    sessions[0].id, client=client, body=PatchedSessionRequest(notes=None), if_match=etag
)
assert late.status_code == HTTPStatus.PRECONDITION_FAILED
assert late.parsed.code == "precondition_failed"

# Pages
first = list_sessions.sync(client=client, page_size=2)
second = list_sessions.sync(client=client, page_size=2, cursor=cursor_of(first.next_))
assert [each.id for each in first.results + second.results] == [each.id for each in sessions]
assert second.next_ is None

# Sync
found, _, token = changes_of(client)
assert {each.id for each in found} == {each.id for each in sessions}
delete_session.sync_detailed(sessions[2].id, client=client)
_, deleted, _ = changes_of(client, since=token)
assert deleted == [sessions[2].id]

# Export and end
assert {each.id for each in export_account.sync(client=client).history} == {
    each.id for each in sessions[:2]
}
ended = delete_account.sync_detailed(client=client, body=PasswordRequest(PASSWORD))
assert ended.status_code == HTTPStatus.NO_CONTENT
over = get_account.sync_detailed(client=client)
assert over.status_code == over.parsed.status == HTTPStatus.UNAUTHORIZED
