import json
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exercises.importing.files.reading import read_file
from exercises.importing.files.rows import BadFile

HANGS_SECONDS = 120
MIB = 1024 * 1024
HEAD = b"name,description,primaryMuscles\n"
KEYS = st.sampled_from(
    (
        *("name", "name_de", "name_en", "language", "description", "steps", "muscles", "equipment"),
        *("isArchived", "defaultSets", "id", "model", "pk", "fields", "translations", "exercises"),
        *("license", "license_author", "muscles_secondary", "exercise_base", "category"),
    )
)
TEXTS = st.text(max_size=8) | st.sampled_from(
    (
        *("exercises.exercise", "exercises.translation", "core.language", "exercises.muscle"),
        *("[1]", "a, b;c", "['x', \"y\"]", "<ol><li>x", "&#0;", "'=1", "0" * 24, "de"),
    )
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS | TEXTS, inner, max_size=4),
    max_leaves=20,
)
PIECES = st.sampled_from(
    (
        *(b"name", b"level", b"muscles", b",", b";", b"\t", b"\n", b"\r\n", b'"', b"'", b"="),
        *(b"[", b"]", b"{", b"}", b":", b"\\u", b"\xef\xbb\xbf", b"\xff\xfe", b"\x00", b"\xfc"),
    )
)


@settings(max_examples=200, deadline=None)
@given(st.lists(PIECES | st.binary(max_size=4)), st.none() | st.text(max_size=8))
def test_bytes_are_read_or_refused(pieces, language):
    with suppress(BadFile):
        read_file(b"".join(pieces), language=language)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.dictionaries(KEYS, VALUES, max_size=8) | VALUES, max_size=5))
def test_objects_are_read_or_refused(rows):
    for language in (None, "de"):
        with suppress(BadFile):
            read_file(json.dumps(rows).encode(), language=language)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(TEXTS | st.text(max_size=5), max_size=4), max_size=5))
def test_tables_are_read_or_refused(rows):
    text = "\n".join(",".join(cells) for cells in rows)

    with suppress(BadFile):
        read_file(f"name,muscles,steps,id\n{text}".encode())


@pytest.mark.parametrize(
    "content",
    [
        b"[" * MIB,
        b"[" + b"{}," * MIB + b"{}]",
        b'[{"name": ' + b"9" * MIB + b"}]",
        b"[{" + b",".join(b'"k%d": 1' % number for number in range(50_000)) + b"}]",
        b"\n" * 2 * MIB,
        b"," * 2 * MIB,
        b"\0" * MIB,
        b"\xff" * MIB,
        HEAD + b"a\n" * MIB,
        HEAD + b'"' + b"a\n" * MIB,
        b",".join(b"c%d" % number for number in range(50_000)),
        HEAD + (b"x" + b"," * 900 + b"\n") * 9_000,
        b'[{"name": "A", "description": "' + b"<p>" * 5 * MIB + b'"}]',
        b'[{"name": "A", "description": "' + b"&lt;" * 4 * MIB + b'"}]',
    ],
    ids=lambda content: repr(content[:20]),
)
@pytest.mark.timeout(HANGS_SECONDS)
def test_a_file_made_to_exhaust_the_service_is_refused(content):
    with pytest.raises(BadFile):
        read_file(content)


@pytest.mark.parametrize(
    "cell",
    [
        b"x'" + b"\t" * 45_000 + b"x",
        b"</" * 9_000,
        b"<p>" + b"<!--" * 4_000,
        b"a,(" * 6_000,
        b"[" * 9_000 + b"]" * 9_000,
    ],
)
@pytest.mark.timeout(HANGS_SECONDS)
def test_a_text_made_to_exhaust_the_service_is_read(cell):
    """A regular expression that goes back and forth would take hours."""
    read = read_file(HEAD + b'x,"%b","%b"\n' % (cell, cell) * 20)

    assert len(read.rows) == 20
