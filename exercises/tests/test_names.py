import pytest

from exercises.names import name_key, order_key


@pytest.mark.parametrize(
    "other",
    [
        "pull up",
        "PULL  UP",
        "  Pull\u00a0Up ",
        "Pull\u200b Up",
        "P\u00adull Up\ufe0f",
    ],
)
def test_case_spacing_and_invisible_characters_make_no_difference(other):
    assert name_key(other) == name_key("Pull Up")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Pull-Up", "Pull\u2010Up"),
        ("Pull-Up", "Pull\u2013Up"),
        ("Pull-Up", "Pull\u2212Up"),
        ("Farmer's Walk", "Farmer\u2019s Walk"),
        ('"Skull" Crusher', "\u201cSkull\u201d Crusher"),
        ("Übung", "u\u0308bung"),
    ],
)
def test_the_kind_of_a_dash_or_quotation_mark_makes_no_difference(one, other):
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize("other", ["PullUp", "Pull-Up", "Pull Ups", "Püll Up"])
def test_other_names_are_different(other):
    assert name_key(other) != name_key("Pull Up")


def test_names_are_sorted_as_people_do():
    shuffled = [
        "Row",
        "Zercher",
        "Éclair",
        "2 Count",
        "Übung",
        "Eclair Press",
        "10 Count",
        "eclair",
    ]

    assert sorted(shuffled, key=order_key) == [
        "10 Count",
        "2 Count",
        "eclair",
        "Éclair",
        "Eclair Press",
        "Row",
        "Übung",
        "Zercher",
    ]
