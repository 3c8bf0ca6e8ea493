"""What the admin says of exercises that can't be deleted."""

import pytest
from bson import ObjectId

from exercises import references, uses
from exercises.models import CatalogueOperation, Exercise
from exercises.references import count_uses
from exercises.tests.factories import CuratorFactory, ExerciseFactory
from history.models import SessionEntry
from history.tests.factories import SessionFactory
from routines.models import RoutineEntry
from routines.tests.factories import RoutineFactory, embedded

CHANGES = "/admin/exercises/exercise/"

pytestmark = pytest.mark.django_db


@pytest.fixture
def used(ann, bench_press):
    """In a routine, and in two sessions."""
    RoutineFactory(user=ann, exercises=[embedded(RoutineEntry, bench_press)] * 2)
    for _ in range(2):
        SessionFactory(user=ann, exercises=[embedded(SessionEntry, bench_press)])
    return bench_press


def test_the_page_says_how_many_use_the_exercise_and_offers_to_archive_it(curator, used):
    page = curator.get(f"{CHANGES}{used.pk}/delete/").content.decode()

    assert "Bench Press is in use by 1 routine and 2 sessions." in page
    assert f'action="{CHANGES}{used.pk}/archive/"' in page


def test_it_is_archived_there(curator, used):
    page = curator.post(f"{CHANGES}{used.pk}/archive/", follow=True).content.decode()

    assert "1 exercise archived." in page
    assert Exercise.objects.get().is_archived
    (operation,) = CatalogueOperation.objects.documents.collection.find()
    assert operation["kind"] == "archive"


def test_an_archived_exercise_is_not_archived_again(curator, used):
    Exercise.objects.update(is_archived=True)

    page = curator.get(f"{CHANGES}{used.pk}/delete/").content.decode()

    assert "It is archived already" in page
    assert "/archive/" not in page


def test_several_in_use_can_be_archived_instead(curator, used):
    chosen = [str(used.pk), str(ExerciseFactory(name="Row").pk)]
    body = {"action": "delete_selected", "_selected_action": chosen}

    page = curator.post(CHANGES, body).content.decode()

    assert "Bench Press is in use by 1 routine and 2 sessions." in page
    assert f'name="_selected_action" value="{used.pk}"' in page
    assert 'name="action" value="archive"' in page
    assert chosen[1] not in page.split('value="archive"')[0]


def test_no_more_are_counted_than_anybody_needs_to_know(used, monkeypatch, command_log):
    monkeypatch.setattr(references, "MANY", 2)
    monkeypatch.setattr(uses, "MANY", 2)
    command_log.clear()

    assert str(uses.in_use([used])[0]) == "Bench Press is in use by 1 routine and 2+ sessions."
    finds = [command for name, command in command_log if name == "find"]
    counting = [find["limit"] for find in finds if find["find"] in ("routines", "history")]
    assert counting
    assert all(0 < limit <= 2 for limit in counting)


def test_an_exercise_that_nothing_uses_counts_nothing(bench_press):
    assert count_uses(bench_press.pk) == {"routine": 0, "session": 0}


@pytest.mark.parametrize("exercise_id", [ObjectId(), "nonsense"])
def test_an_unknown_exercise_is_not_archived(curator, exercise_id):
    assert curator.post(f"{CHANGES}{exercise_id}/archive/").status_code == 404


def test_archiving_takes_a_post_and_the_permission(client, curator, used):
    path = f"{CHANGES}{used.pk}/archive/"
    assert curator.get(path).status_code == 403

    user = CuratorFactory()
    user.user_permissions.set([])
    client.force_login(user)
    assert client.post(path).status_code == 403
