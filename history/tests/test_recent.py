"""A page out of a window is the page that the plain question gives, whatever was guessed."""

from datetime import datetime, timedelta

import pytest
from bson import ObjectId
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from fitness_project.api.documents import Boundary
from history.models import Session
from history.recent import Guess, RecentFirst, guesses
from history.views import SessionViewSet

ORDER = SessionViewSet.order
START = datetime(2026, 1, 1)
# Few distinct instants, so that many sessions share one; and a few far away.
minutes = st.integers(0, 4) | st.integers(0, 4).map(lambda n: n * 100_000) | st.integers(0, 10**6)
dates = minutes.map(lambda n: START + timedelta(minutes=n))
spans = st.sampled_from([0, 1, 60, 10**5, 10**9]).map(lambda n: timedelta(minutes=n))
a_guess = st.none() | st.builds(Guess, st.none() | dates, spans)


@pytest.fixture(autouse=True)
def _nothing_learned():
    guesses.clear()


def stored(days) -> RecentFirst:
    user_id = ObjectId()
    documents = [{"userId": user_id, "date": date} for date in days]
    if documents:
        Session.objects.documents.collection.insert_many(documents)
    return RecentFirst(Session.objects.documents.where(userId=user_id))


def walk(rows, size, before_each=lambda: None):
    """All pages, from the first on."""
    found, boundary = [], None
    while True:
        before_each()
        page = rows.fetch(ORDER, boundary, size + 1)
        found.append([row["_id"] for row in page[:size]])
        if len(page) <= size:
            return found
        boundary = Boundary(ORDER.key(page[size - 1]))


@pytest.mark.django_db
@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(days=st.lists(dates, max_size=25), size=st.integers(1, 6), data=st.data())
def test_every_page_is_the_plain_one(days, size, data):
    sessions = stored(days)
    user_id = sessions.sessions.filter["userId"]

    def guess_anything():
        if guess := data.draw(a_guess):
            guesses[user_id] = guess

    plain = walk(sessions.sessions, size)

    event(f"pages: {min(len(plain), 4)}")
    assert walk(sessions, size, guess_anything) == plain
    assert walk(sessions, size) == plain


@pytest.mark.django_db
@pytest.mark.parametrize(
    "days",
    [
        pytest.param([START - timedelta(days=1000 + n) for n in range(100)], id="three years old"),
        pytest.param([START + timedelta(seconds=n) for n in range(100)], id="all on one day"),
        pytest.param([START + timedelta(days=n / 2) for n in range(100)], id="two a day"),
        pytest.param([START] * 5, id="few"),
    ],
)
def test_the_second_time_a_page_is_one_query(days, command_log):
    sessions = stored(days)
    sessions.fetch(ORDER, None, 21)
    command_log.clear()

    sessions.fetch(ORDER, None, 21)

    (find,) = [command for name, command in command_log if name == "find"]
    if len(days) > 20:
        assert list(find["filter"]["date"]) == ["$gt"]


@pytest.mark.django_db
@pytest.mark.parametrize("age", [0, 1000])
def test_a_process_that_knows_nothing_sorts_no_whole_history(age, command_log):
    last = datetime.now() - timedelta(days=age)
    sessions = stored([last - timedelta(minutes=n) for n in range(100)])

    for boundary in (None, Boundary((last - timedelta(minutes=30), ObjectId()))):
        guesses.clear()
        command_log.clear()
        assert len(sessions.fetch(ORDER, boundary, 21)) == 21

        asked = [command for name, command in command_log if "sort" in command]
        assert [list(find["filter"]) for find in asked] == [["userId", "date"]]
