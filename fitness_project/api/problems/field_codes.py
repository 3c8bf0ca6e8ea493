"""The codes of single fields, which stand in a problem's `errors`."""

from typing import NamedTuple


class FieldCode(NamedTuple):
    meaning: str
    advice: str


_SHORTEN = "Shorten it. The schema gives the limit."
_CORRECT = "Correct the client."
_CHOOSE_ANOTHER = "Ask for another password."

FIELD_CODES = {
    "archived": FieldCode("The exercise is archived.", "Choose another exercise."),
    "blank": FieldCode("The text is empty.", "Ask the user for it."),
    "control_characters": FieldCode(
        "The text has control characters or bidirectional overrides.", "Remove them."
    ),
    "does_not_exist": FieldCode(
        "There is nothing with this id, or it isn't the user's.", "Choose another one."
    ),
    "invalid": FieldCode(
        "The value has the wrong type or form.", "See `detail`, which says what is expected."
    ),
    "invalid_choice": FieldCode(
        "The value isn't one of the allowed ones.", "See `detail`, which lists them."
    ),
    "invalid_link": FieldCode(
        "The link has expired, has been used already, or never was valid.",
        "Offer to send another e-mail.",
    ),
    "line_breaks": FieldCode("A name has more than one line.", "Remove the line breaks."),
    "max_length": FieldCode("The text or the array is too long.", _SHORTEN),
    "max_value": FieldCode("The value is too large.", "See `detail`, which gives the bound."),
    "min_length": FieldCode("The array has too few items.", "See `detail`, which gives the bound."),
    "min_value": FieldCode("The value is too small.", "See `detail`, which gives the bound."),
    "not_a_list": FieldCode("The value isn't an array.", _CORRECT),
    "not_changeable": FieldCode(
        "This call can't change the field.", "See `detail`, which names the call that can."
    ),
    "not_the_same": FieldCode(
        "`routines` has other ids than the account.",
        "GET the account again, and send all of its ids, each once, in the new order.",
    ),
    "null": FieldCode("The value is null.", "Send a value, or leave the field out of a PATCH."),
    "null_characters_not_allowed": FieldCode("The password has NUL characters.", "Remove them."),
    "password_entirely_numeric": FieldCode("The password has only digits.", _CHOOSE_ANOTHER),
    "password_too_common": FieldCode("Many people use this password.", _CHOOSE_ANOTHER),
    "password_too_short": FieldCode("The password has fewer than 10 characters.", _CHOOSE_ANOTHER),
    "password_too_similar": FieldCode(
        "The password is like the e-mail address or the name.", _CHOOSE_ANOTHER
    ),
    "plus": FieldCode("The offset's + was read as a space.", "Write it as %2B."),
    "range": FieldCode("The number is out of range.", "See `detail`, which gives the range."),
    "repeated": FieldCode("A query parameter was sent more than once.", "Send it once."),
    "required": FieldCode("The field is missing.", "Send it."),
    "token_not_valid": FieldCode(
        "This isn't a refresh token of this service.", "Forget it: there is nothing to end."
    ),
    "unique": FieldCode("The value is taken.", "Ask the user for another one."),
    "unknown": FieldCode("There is no field or query parameter with this name.", _CORRECT),
    "wrong_password": FieldCode(
        "This isn't the user's password.",
        "Ask for it again. Each wrong one counts as a failed sign-in.",
    ),
}
