import json

import pytest

from exercises.importing.files.reading import read_file
from exercises.importing.files.rows import BadFile
from exercises.importing.files.texts import plain_text

LAYOUTS = {
    "a column names the language": [
        {"language": "de", "name": "Kniebeuge", "level": "x"},
        {"language": "en", "name": "Squat", "level": "x"},
    ],
    "columns end in the language": [{"name_de": "Kniebeuge", "name_en": "Squat", "level": "x"}],
    "columns have the language in brackets": [
        {"Name (DE)": "Kniebeuge", "Name (EN)": "Squat", "level": "x"}
    ],
    "an object has the languages": [
        {"name": {"de": "Kniebeuge", "en": "Squat"}, "level": "x"},
    ],
}


def read(data, **options):
    return read_file(json.dumps(data).encode(), **options)


@pytest.mark.parametrize("data", LAYOUTS.values(), ids=LAYOUTS.keys())
def test_one_of_several_languages_is_read(data):
    undecided = read(data)
    german = read(data, language="de")

    assert (undecided.needs_language, undecided.rows) == (True, [])
    assert undecided.languages == {"de": 1, "en": 1}
    assert [row.fields for row in german.rows] == [{"name": "Kniebeuge", "level": "x"}]


def test_a_single_language_needs_no_choice():
    found = read([{"lang": "de-AT", "name": "Kniebeuge"}])

    assert (found.language, found.needs_language, len(found.rows)) == ("de-at", False, 1)


def test_a_name_beside_those_with_a_language_can_be_chosen():
    data = [
        {"name": "Kniebeuge", "name_en": "Squat", "level_en": "hard", "category_id": 3},
        {"name": "Rudern", "name_en": ""},
    ]

    undecided, base, english = read(data), read(data, language="unnamed"), read(data, language="en")

    assert (undecided.languages, undecided.rows) == ({"unnamed": 2, "en": 1}, [])
    assert [row.fields for row in base.rows] == [{"name": "Kniebeuge"}, {"name": "Rudern"}]
    assert base.dropped == {"name_en": 1, "level_en": 1, "category_id": 1}
    assert [row.fields for row in english.rows] == [{"name": "Squat", "level": "hard"}]
    assert english.dropped == {"name": 1, "category_id": 1}


@pytest.mark.parametrize("separator", [",", ";"])
def test_a_table_may_have_names_with_a_language_alone(separator):
    rows = ('"name_de","Name (EN)"', '"Kniebeuge","Squat"')
    content = "\n".join(rows).replace(",", separator).encode()

    found = read_file(content, language="de")

    assert [row.fields for row in found.rows] == [{"name": "Kniebeuge"}]
    assert (found.languages, found.dropped) == ({"de": 1, "en": 1}, {"Name (EN)": 1})


def test_the_texts_of_an_object_in_other_languages_are_named_as_dropped():
    found = read([{"name": {"de": "Kniebeuge", "en": "Squat"}}], language="de")

    assert found.dropped == {"name (en)": 1}


def test_no_language_can_be_chosen_where_the_file_names_none():
    with pytest.raises(BadFile, match="doesn't say in which languages it is"):
        read([{"name": "Kniebeuge"}], language="de")


def test_a_language_that_the_file_lacks_is_refused():
    with pytest.raises(BadFile, match="The file's languages are de, en, and not fr"):
        read(LAYOUTS["a column names the language"], language="fr")


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One.</p>\n<p>Two<br/>three.</p>", "One.\nTwo\nthree."),
        ("<ul><li>a</li><li> b </li></ul>", "- a\n- b"),
        ("<ol><li><p>a</p></li><li>b</li></ol>end", "1. a\n2. b\nend"),
        ("Keep&nbsp;<b>still</b> &amp; breathe<!-- so -->.", "Keep still & breathe."),
        ("Curl &amp; press", "Curl & press"),
        ("a < b > c", "a < b > c"),
        ("keep <this> & that", "keep <this> & that"),
        ("1 &lt; 2 <p>", "1 < 2"),
    ],
)
def test_html_becomes_lines_of_text(html, text):
    assert plain_text(html) == text
