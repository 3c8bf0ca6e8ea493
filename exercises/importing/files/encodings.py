"""Finds out a file's encoding."""

import codecs
import re
from collections import Counter
from collections.abc import Iterator

from .rows import BadFile

MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",  # Begins as UTF-16's mark does, and so comes first.
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
ALLOWED = re.compile(
    r"ascii|utf-(8|8-sig|16|32)(-[lb]e)?|cp\d+|iso8859-\d+|koi8-[ru]|mac-\w+|"
    r"gbk|gb2312|gb18030|big5|shift_jis|euc_(jp|kr)"
)
# The letters of the languages that each code page is used for. They tell code pages apart.
ALPHABETS = {
    "windows-1252": (
        "äöüß",  # German
        "éèêëàâçîïôùûüœæ",  # French
        "áéíóúñü",  # Spanish
        "ãõáéíóúâêôàç",  # Portuguese
        "àèéìíòóùú",  # Italian
        "äåöæøé",  # The Nordic languages
        "ëïéèö",  # Dutch
    ),
    "windows-1250": (
        "ąćęłńóśźż",  # Polish
        "áčďéěíňóřšťúůýžľĺŕôä",  # Czech and Slovak
        "áéíóöőúüű",  # Hungarian
        "čćđšž",  # Croatian and Slovenian
        "ăâîşţ",  # Romanian
    ),
    "windows-1251": ("абвгдежзийклмнопрстуфхцчшщъыьэюяё", "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя"),
    "windows-1253": ("αβγδεζηθικλμνξοπρστυφχψωςάέήίόύώϊϋΐΰ",),
    "windows-1254": ("çğıöşüâîû",),
}
# What Excel writes as CSV for the Macintosh and for MS-DOS.
ALPHABETS |= dict.fromkeys(("mac-roman", "cp850"), ALPHABETS["windows-1252"])
FOREIGN = re.compile(rb"[\x80-\xff]{1,20}")
ENOUGH = 2_000
SAMPLE = 500_000
SEPARATE_SCRIPTS = ("windows-1251", "windows-1253")
LETTERLIKE = "ªºµ"
WITHIN_WORDS = "’–—×·"
BEFORE_WORDS = "“”„‚‘’«»–—…·•×¿¡±§€µ\xa0"
USUAL = "windows-1252"


def decode(content: bytes, encoding: str | None = None) -> tuple[str, str]:
    """Returns the text without a byte-order mark, and the name of its encoding.

    Raises BadFile.
    """
    encoding = _checked(encoding) if encoding else _detect(content)
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content[: error.start].decode(encoding, "ignore").count("\n") + 1
        raise BadFile(f"The file is not valid {encoding} at line {line}.") from None
    return text.removeprefix("\ufeff"), encoding.removesuffix("-sig")


def _checked(encoding: str) -> str:
    if re.fullmatch(r"[\w-]{1,20}", encoding, re.ASCII):
        try:
            if ALLOWED.fullmatch(codecs.lookup(encoding).name):
                return encoding
        except LookupError:
            pass
    raise BadFile(f"The encoding {encoding[:40]!r} is unknown. Examples: utf-8, windows-1252.")


def _detect(content: bytes) -> str:
    for mark, encoding in MARKS.items():
        if content.startswith(mark):
            return encoding
    if b"\0" in content:  # Text without a mark has NUL bytes only in UTF-16.
        return "utf-16-be" if content[::2].count(0) > content[1::2].count(0) else "utf-16-le"
    return "utf-8" if _is_utf_8(content) else _code_page(content)


def _is_utf_8(content: bytes) -> bool:
    """Whether it is UTF-8, perhaps with a few faults, such as the cut end of a file."""
    try:
        content.decode()
    except UnicodeDecodeError as error:
        sample = content[max(0, error.start - SAMPLE) : error.start + SAMPLE]
        text = sample.decode(errors="replace")
        return len(text) - len(text.encode("ascii", "ignore")) > 2 * text.count("\ufffd")
    return True


def _code_page(content: bytes) -> str:
    pieces = list(_foreign_pieces(content))
    scores = {}
    for encoding in ALPHABETS:
        try:
            content.decode(encoding)
            scores[encoding] = _score(pieces, encoding)
        except UnicodeDecodeError:
            pass
    best = max(scores, key=lambda encoding: scores[encoding])
    if scores[best] < 0:
        raise BadFile("The file's encoding can't be told. Save the file as UTF-8.")
    # Others win by a margin: some symbols of the usual one are letters in them.
    is_close = USUAL in scores and scores[best] <= scores[USUAL] + len(pieces) // 10
    return USUAL if is_close else best


def _foreign_pieces(content: bytes) -> Iterator[bytes]:
    """The runs of bytes beyond ASCII, each with its neighbours."""
    for count, match in enumerate(FOREIGN.finditer(content)):
        if count == ENOUGH:
            return
        yield content[max(0, match.start() - 1) : match.end() + 1]


def _score(pieces: list[bytes], encoding: str) -> int:
    """How many characters fit the language they fit best, less twice those that don't."""
    foreign = Counter(place for piece in pieces for place in _places(piece.decode(encoding)))
    is_separate = encoding in SEPARATE_SCRIPTS
    fitting = (
        sum(count for place, count in foreign.items() if _fits(*place, alphabet, is_separate))
        for alphabet in ALPHABETS[encoding]
    )
    return 3 * max(fitting) - 2 * foreign.total()


def _places(piece: str) -> Iterator[tuple[str, str, str]]:
    """Each character beyond ASCII, between its neighbours."""
    for before, char, after in zip(f" {piece}", piece, f"{piece[1:]} ", strict=False):
        if char > "\x7f":
            yield before, char, after


def _fits(before: str, char: str, after: str, alphabet: str, is_separate: bool) -> bool:
    if not char.isalpha() or char in LETTERLIKE:
        if before.isalpha() and after.isalpha():
            return char in WITHIN_WORDS
        return char in BEFORE_WORDS or not after.isalpha()
    if is_separate and any(other.isascii() and other.isalpha() for other in (before, after)):
        return False
    return char.lower() in alphabet and not (char.isupper() and before.islower())
