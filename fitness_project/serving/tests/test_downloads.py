"""How many files a worker sends at once."""

from threading import Semaphore

import pytest

from exercises.tests.factories import ExerciseFactory
from fitness_project.errors import Busy
from fitness_project.serving import downloads
from fitness_project.serving.downloads import download


@pytest.fixture(autouse=True)
def _one_place(monkeypatch):
    monkeypatch.setattr(downloads, "_sending", Semaphore(1))


def send():
    return download(iter([b"one, ", b"two"]), "text/plain", "file.txt")


def test_a_file_has_a_name_and_is_sent_in_parts():
    response = send()

    assert response["Content-Disposition"] == 'attachment; filename="file.txt"'
    assert list(response) == [b"one, ", b"two"]


@pytest.mark.django_db  # Closing a response ends Django's request.
def test_a_place_is_taken_until_the_response_is_closed():
    response = send()
    list(response)
    with pytest.raises(Busy):
        send()

    response.close()

    assert list(send()) == [b"one, ", b"two"]


@pytest.mark.django_db
def test_closing_a_response_twice_gives_one_place_back():
    response = send()
    response.close()
    response.close()

    taken = send()

    with pytest.raises(Busy):
        send()
    assert list(taken) == [b"one, ", b"two"]


def test_a_response_that_is_never_sent_gives_its_place_back():
    send()

    assert list(send()) == [b"one, ", b"two"]


@pytest.mark.parametrize("path", ["/api/exercises/export?format=csv", "/api/auth/export"])
def test_one_more_file_than_there_are_places_is_a_503(staff, path):
    ExerciseFactory()
    sent = staff.get(path)

    refused = staff.get(path)

    assert (refused.status_code, refused.json()["code"]) == (503, "busy")
    assert int(refused["Retry-After"]) > 0
    assert sent.getvalue()
