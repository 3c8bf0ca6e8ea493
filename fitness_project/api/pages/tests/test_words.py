import pytest

from fitness_project.api.pages.words import in_words, with_code


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("name", "Name"),
        ("primaryMuscles", "Primary muscles"),
        ("exerciseId", "Exercise"),
        ("isArchived", "Archived"),
        ("updatedAt", "Updated"),
        ("durationSeconds", "Duration"),
        ("gifUrl", "GIF URL"),
        ("id", "ID"),
        ("ip", "IP address"),
        ("$", "$"),
        ("", ""),
    ],
)
def test_names_are_shown_in_words(name, words):
    assert in_words(name) == words


def test_texts_show_code_between_backticks_and_nothing_as_markup():
    assert with_code("By `name` & <b>") == "By <code>name</code> &amp; &lt;b&gt;"
