"""No acknowledged write is lost, whatever is killed and whenever."""

import pytest

from .trainees import assert_all_is_kept, trainees_of, training, wait_for_more

pytestmark = pytest.mark.timeout(600)


def test_every_acknowledged_write_is_there_after_a_crash_of_all(own_service):
    trainees = trainees_of(own_service)

    with training(trainees):
        wait_for_more(trainees, 300)
        own_service.crash()
        own_service.start()

    assert_all_is_kept(trainees)


def test_every_acknowledged_write_is_there_after_crashes_of_the_database(own_service):
    trainees = trainees_of(own_service)

    with training(trainees):
        for _ in range(4):
            wait_for_more(trainees, 150)
            own_service.kill("server")

    assert_all_is_kept(trainees)
