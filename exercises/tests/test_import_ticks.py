"""Which changes are ticked, from page to page of an import's preview."""

from django.http import QueryDict

from exercises.importing.ticks import FIELDS, packed, ticked_in, unpacked, value

LEVEL, CATEGORY, BY_HAND = (3, "level"), (3, "category"), (17, "description")
SUGGESTED, CHANGES = {LEVEL, CATEGORY}, {LEVEL, CATEGORY, BY_HAND}


def send(*sent, shown=(), ticked=SUGGESTED):
    """The ticks after a page that shows some of the changes was sent with some of them."""
    form = QueryDict(mutable=True)
    form.setlist("change", map(value, sent))
    form["shown"], form["differing"] = packed(shown), packed(ticked ^ SUGGESTED)
    return ticked_in(form, SUGGESTED, CHANGES)


def test_what_is_suggested_is_ticked_at_first():
    assert ticked_in(QueryDict(), SUGGESTED, CHANGES) == SUGGESTED


def test_ticks_are_carried_from_page_to_page():
    first = send(LEVEL, shown=[LEVEL, CATEGORY])
    second = send(BY_HAND, shown=[BY_HAND], ticked=first)

    assert second == {LEVEL, BY_HAND}


def test_a_tick_can_be_taken_back():
    ticked = send(BY_HAND, shown=[BY_HAND])

    assert send(shown=[BY_HAND], ticked=ticked) == SUGGESTED


def test_thousands_of_changes_fit_in_a_form():
    ticks = {(number, name) for number in range(1, 11_001) for name in FIELDS}

    assert unpacked(packed(ticks)) == ticks
    assert len(packed(ticks)) < 200_000


def test_nonsense_counts_for_nothing():
    assert unpacked("x 3 3.zz .1 -.- 99999999999.0 7." + "f" * 9) == {(7, name) for name in FIELDS}
    assert send((99, "level"), shown=[(99, "level")]) == SUGGESTED
