"""Pages neither repeat nor miss rows, whatever is inserted or deleted in the meantime."""

from base64 import urlsafe_b64encode
from datetime import datetime
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import bson
import pytest
from bson import ObjectId
from hypothesis import given
from hypothesis import strategies as st

from exercises.tests.factories import ExerciseFactory
from fitness_project.api.pagination import read_cursor, write_cursor
from fitness_project.api.problems.errors import InvalidQuery
from fitness_project.documents.collection import Boundary, Documents, Order
from history.tests.factories import SessionFactory

BY_DATE = Order(("date", "_id"), (datetime, ObjectId), descending=True)
FIRST_DAY = datetime(2026, 1, 1)


@pytest.fixture
def probes(db):
    meta = SimpleNamespace(db_table="probe", verbose_name="probe")
    return Documents(SimpleNamespace(_meta=meta))


def pages(rows, size):
    """Fetches all pages as KeysetPagination does."""
    found, boundary = [], None
    while True:
        page = rows.fetch(BY_DATE, boundary, size + 1)
        if not page:
            return found
        found.append([row["_id"] for row in page[:size]])
        if len(page) <= size:
            return found
        boundary = Boundary(BY_DATE.key(page[size - 1]))


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_pages_contain_each_row_once_and_in_order_even_with_equal_dates(probes, size):
    ids = sorted(ObjectId() for _ in range(7))
    for probe_id in ids:
        probes.insert({"_id": probe_id, "date": FIRST_DAY})

    found = pages(probes, size)

    assert [probe_id for page in found for probe_id in page] == ids[::-1]


def test_inserting_and_deleting_rows_moves_no_other_row(probes):
    ids = [ObjectId() for _ in range(6)]
    for day, probe_id in enumerate(ids, start=1):
        probes.insert({"_id": probe_id, "date": FIRST_DAY.replace(day=day)})
    first = probes.fetch(BY_DATE, None, 2)
    boundary = Boundary(BY_DATE.key(first[-1]))

    probes.insert({"date": FIRST_DAY.replace(day=20)})
    probes.collection.delete_one({"_id": first[-1]["_id"]})
    second = probes.fetch(BY_DATE, boundary, 2)

    assert [row["_id"] for row in first] == ids[:-3:-1]
    assert [row["_id"] for row in second] == [ids[3], ids[2]]


cursors = st.builds(
    Boundary,
    st.tuples(
        st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1)).map(
            lambda value: value.replace(microsecond=0)
        ),
        st.binary(min_size=12, max_size=12).map(ObjectId),
    ),
    st.booleans(),
    st.booleans(),
)


@given(cursors)
def test_a_cursor_survives_a_round_trip(boundary):
    assert read_cursor(write_cursor(boundary, BY_DATE), BY_DATE) == boundary


@given(st.text(max_size=80) | st.binary(max_size=80).map(lambda b: urlsafe_b64encode(b).decode()))
def test_anything_else_is_not_a_cursor(text):
    with pytest.raises(InvalidQuery, match="cursor"):
        read_cursor(text, BY_DATE)


@pytest.mark.parametrize(
    "content",
    [
        {"k": [FIRST_DAY], "b": False, "i": False},
        {"k": [FIRST_DAY, {"$gt": ""}], "b": False, "i": False},
        {"k": ["2026", ObjectId()], "b": False, "i": False},
        {"k": [FIRST_DAY, ObjectId()], "b": 1, "i": False},
        {"k": [FIRST_DAY, ObjectId()], "b": False},
        {"k": {"0": FIRST_DAY, "1": ObjectId()}, "b": False, "i": False},
    ],
)
def test_a_cursor_with_other_values_is_refused(content):
    with pytest.raises(InvalidQuery, match="cursor"):
        read_cursor(urlsafe_b64encode(bson.encode(content)).decode(), BY_DATE)


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("pageSize=0", "?pageSize"),
        ("pageSize=101", "?pageSize"),
        ("pageSize=many", "?pageSize"),
        ("pageSize=²", "?pageSize"),
        ("cursor=x", "?cursor"),
        ("cursor=%00", "?cursor"),
    ],
)
def test_an_invalid_query_parameter_gets_a_400(api, query, pointer):
    response = api.get(f"/api/routines?{query}")

    assert response.status_code == 400
    assert response.json()["errors"][0]["pointer"] == pointer


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("pageSize=5&pageSize=6", "repeated"),
        ("cursor=a&cursor=a", "repeated"),
        ("search=%ff", "invalid"),
    ],
)
def test_a_query_parameter_that_is_repeated_or_not_utf_8_gets_a_400(api, query, code):
    response = api.get(f"/api/routines?{query}")

    assert response.status_code == 400
    assert response.json()["errors"][0]["code"] == code


def test_a_cursor_belongs_to_one_list_and_one_order(api, ann):
    ExerciseFactory(), ExerciseFactory()
    for _ in range(2):
        SessionFactory(user=ann, exercises=[])
    by_name = cursor_of(api.get("/api/exercises?pageSize=1"))
    by_date = cursor_of(api.get("/api/history?pageSize=1"))

    assert api.get(f"/api/exercises?cursor={by_name}").status_code == 200
    for path in (
        f"/api/exercises?ordering=-name&cursor={by_name}",
        f"/api/exercises?ordering=createdAt&cursor={by_date}",
        f"/api/history?cursor=!{by_date}",
    ):
        assert api.get(path).status_code == 400


def cursor_of(page):
    return parse_qs(urlsplit(page.json()["next"]).query)["cursor"][0]


def test_the_format_parameter_is_ignored(api):
    assert api.get("/api/routines?format=xml").status_code == 200
