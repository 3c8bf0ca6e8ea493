"""The rules for refresh tokens, without the database."""

from datetime import datetime, timedelta

import pytest

from accounts.signing_in.rotations import after_access, after_refresh, begin

START = datetime(2026, 11, 29)
LATER = START + timedelta(days=1)


@pytest.fixture
def signed_in():
    return begin("first", START)


def test_a_chain_of_refreshes_keeps_only_the_newest_rotation(signed_in):
    state, token = signed_in, "first"
    for day in range(100):
        pair = f"pair {day}"
        state = after_refresh(state, token, pair, START + timedelta(days=day))
        token = pair

    assert [(r["tokenId"], r["pairs"]) for r in state] == [("pair 98", ["pair 99"])]


def test_a_pair_that_no_one_received_stays_usable_beside_the_one_that_is_used(signed_in):
    state = after_refresh(signed_in, "first", "lost", START)
    state = after_refresh(state, "first", "received", LATER)
    state = after_access(state, "received")

    assert after_refresh(state, "first", "stolen", LATER) is None
    assert after_refresh(state, "lost", "next", LATER) is not None


def test_only_the_first_use_of_an_access_token_changes_anything(signed_in):
    state = after_refresh(signed_in, "first", "second", START)

    used = after_access(state, "second")

    assert after_access(signed_in, "first") is None
    assert after_access(used, "second") is None
    assert after_access(state, "unknown") is None


def test_the_grace_counts_from_the_first_rotation(signed_in):
    state = after_access(after_refresh(signed_in, "first", "a", START), "a")
    state = after_refresh(state, "first", "b", START + timedelta(seconds=9))

    assert after_refresh(state, "first", "c", START + timedelta(seconds=11)) is None


def test_a_token_that_was_never_issued_is_refused(signed_in):
    assert after_refresh(signed_in, "unknown", "next", START) is None
    assert after_refresh(signed_in, "", "next", LATER) is None


def test_the_stored_document_is_bounded_and_keeps_what_was_used_last(signed_in):
    state = signed_in
    for n in range(300):
        state = after_refresh(state, "first", f"tab {n}", START)
    for n in range(100, 300):
        state = after_refresh(state, f"tab {n}", f"next {n}", START)

    assert max(len(state), *(len(r["pairs"]) for r in state)) <= 200
    assert after_refresh(state, "tab 0", "x", START) is None
    assert after_refresh(state, "next 299", "x", START) is not None
