import codecs

import pytest

from exercises.importing.files.reading import read_file
from exercises.importing.files.rows import BadFile

TEXTS = {
    "windows-1252": "Kniebeuge;Füße schulterbreit, Rücken gerade – langsam.;Gesäß\n"
    "Soulevé de terre;Gardez le dos droit à côté de l’haltère.;Fessiers",
    "windows-1250": "Martwy ciąg;Stań blisko sztangi, chwyć ją i podnieś ciężar.;Plecy",
    "windows-1251": "Жим лёжа;Лягте на скамью и выжмите штангу вверх.;Грудь",
    "windows-1253": "Κάθισμα;Κατέβα αργά και κράτα την πλάτη ίσια.;Πόδια",
    "windows-1254": "Çömelme;Ayaklarınızı omuz genişliğinde açın.;Bacak",
    "mac-roman": "Bankdrücken;Füße fest auf dem Boden, Rücken gerade.;Brust",
    "cp850": "Übung;Die Füße fest auf den Boden drücken.;Gesäß",
}


def table(text):
    return f"name;description;muscles\n{text}\n"


def names(content, **options):
    found = read_file(content, **options)
    return found.encoding, [row.fields["name"] for row in found.rows]


@pytest.mark.parametrize(("encoding", "text"), TEXTS.items(), ids=TEXTS.keys())
def test_the_code_page_is_recognised(encoding, text):
    expected = [line.partition(";")[0] for line in text.splitlines()]

    assert names(table(text).encode(encoding)) == (encoding, expected)


@pytest.mark.parametrize(
    "text",
    [
        *("Don’t swing – keep still…", "Hold 30° at ½ height", "3×10", "£5", "5€", "§ 5", "Curl ¹"),
        *("±5 kg", "Curl¹ with 5 µg", "1ª, 2º", "© Ann, ® Bob, 5¢, ¥7, †"),
    ],
)
def test_symbols_alone_are_of_the_western_code_page(text):
    found = read_file(table(f"Curl;{text};arms").encode("windows-1252"))

    assert (found.encoding, found.rows[0].fields["description"]) == ("windows-1252", text)


@pytest.mark.parametrize(
    ("mark", "codec", "encoding"),
    [
        (codecs.BOM_UTF8, "utf-8", "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le", "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16-be", "utf-16"),
        (codecs.BOM_UTF32_LE, "utf-32-le", "utf-32"),
        (b"", "utf-16-le", "utf-16-le"),
        (b"", "utf-16-be", "utf-16-be"),
    ],
)
@pytest.mark.parametrize("name", ["Übung", "Жим", "Squat"])
def test_unicode_is_recognised_with_and_without_a_mark(mark, codec, encoding, name):
    assert names(mark + table(name).encode(codec)) == (encoding, [name])


def test_json_may_be_in_a_code_page():
    assert names('[{"name": "Füße"}]'.encode("windows-1252")) == ("windows-1252", ["Füße"])


def test_the_encoding_can_be_given():
    content = table("Dřep").encode("windows-1250")

    assert names(content, encoding="cp1250") == ("cp1250", ["Dřep"])


@pytest.mark.parametrize(
    ("content", "encoding", "message"),
    [
        (table("Übung\nFüße").encode()[:-3], None, "not valid utf-8 at line 3"),
        (table("a\nÜbung").encode("cp1252"), "utf-8", "not valid utf-8 at line 3"),
        (table("Жим").encode("utf-16-le") + b"\x00\xd8", None, "not valid utf-16-le at line 3"),
        (b"name\na\x8db\x9dc\x81d\x90e\xb2f\xb3g", None, "Save the file as UTF-8"),
        (b"name\nA\n", "rot13", "The encoding 'rot13' is unknown"),
        (b"name\nA\n", "../\0", "is unknown"),
        (b"name\nA\n", "zip", "is unknown"),
    ],
)
def test_a_text_that_can_not_be_decoded_is_refused(content, encoding, message):
    with pytest.raises(BadFile) as caught:
        read_file(content, encoding=encoding)

    assert message in str(caught.value)
