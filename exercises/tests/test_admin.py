import pytest
from django.contrib.auth.models import Permission

from accounts.tests.factories import UserFactory
from exercises import admin as exercises_admin
from exercises import services
from exercises.catalogue import catalogue
from exercises.models import CatalogueVersion, Exercise
from exercises.serializers import ExerciseSerializer
from exercises.tests.factories import ExerciseFactory, some_operation
from exercises.tests.form_pages import CHANGES, change_path, fields_of
from fitness_project.api.serializers import camel
from history.models import SessionEntry
from history.tests.factories import SessionFactory
from routines.models import RoutineEntry
from routines.tests.factories import RoutineFactory, embedded

FORM = {
    "name": "Farmer's Walk",
    "description": "",
    "gif_url": "",
    "default_sets": "3",
    "default_reps": "",
    "category": "strongman",
    "equipment": "",
    "level": "",
    "primary_muscles": "forearms\r\n\r\n traps",
    "secondary_muscles": "",
    "attribution": "",
    "confirmed": ["category:strongman", "muscle:forearms", "muscle:traps"],
}


@pytest.fixture
def admin(client, db):
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    return client


@pytest.fixture
def curator(client, db):
    """A staff member with permissions for exercises only."""
    user = UserFactory(is_staff=True)
    user.user_permissions.set(Permission.objects.filter(content_type__app_label="exercises"))
    client.force_login(user)
    return client


def test_staff_create_an_exercise(curator):
    response = curator.post(f"{CHANGES}add/", FORM)

    assert response.status_code == 302
    exercise = Exercise.objects.get()
    assert (exercise.name, exercise.default_sets) == ("Farmer's Walk", 3)
    assert (exercise.gif_url, exercise.equipment) == (None, None)
    assert exercise.primary_muscles == ["forearms", "traps"]
    assert CatalogueVersion.objects.get().version == 1


def test_a_line_break_from_a_browser_counts_as_one_character(curator):
    response = curator.post(f"{CHANGES}add/", {**FORM, "description": "\r\n".join("a" * 2_500)})

    assert response.status_code == 302
    assert Exercise.objects.get().description == "\n".join("a" * 2_500)


def test_a_new_name_is_copied_into_routines(curator, ann, bench_press):
    routine = RoutineFactory(user=ann, exercises=[embedded(RoutineEntry, bench_press)])

    path = change_path(bench_press)

    response = curator.post(path, {**fields_of(curator.get(path)), "name": "Floor Press"})

    assert response.status_code == 302
    routine.refresh_from_db()
    assert routine.exercises[0].name == "Floor Press"


def test_the_form_reports_a_taken_name(curator, bench_press):
    response = curator.post(f"{CHANGES}add/", {**FORM, "name": "BENCH press"})

    assert "Another exercise has this name." in response.content.decode()
    assert Exercise.objects.count() == 1


def test_the_form_refuses_what_the_api_refuses(curator):
    response = curator.post(
        f"{CHANGES}add/", {**FORM, "gif_url": "http://example.com", "default_sets": "0"}
    )

    page = response.content.decode()
    assert "Enter an https address." in page
    assert "greater than or equal to 1" in page
    assert not Exercise.objects.exists()


def act(client, action, *exercises, **confirmed):
    """Runs an admin action on these exercises and returns the resulting page."""
    body = {"action": action, "_selected_action": [str(e.pk) for e in exercises], **confirmed}
    return client.post(CHANGES, body, follow=True).content.decode()


def test_only_exercises_in_use_are_reported_as_in_use(curator, ann, bench_press):
    squat, row = ExerciseFactory(name="Squat"), ExerciseFactory(name="Row")
    RoutineFactory(
        user=ann, exercises=[embedded(RoutineEntry, e) for e in (bench_press, bench_press)]
    )
    SessionFactory(user=ann, exercises=[embedded(SessionEntry, squat)])

    page = act(curator, "delete_selected", bench_press, squat, row)

    assert "Bench Press is in use by 1 routine." in page
    assert "Squat is in use by 1 session." in page
    assert "Row is in use" not in page


def test_many_exercises_are_deleted_at_once(curator):
    act(curator, "delete_selected", *(ExerciseFactory() for _ in range(5)), post="yes")

    assert not Exercise.objects.exists()


def test_an_exercise_that_comes_into_use_before_the_confirmation_stays(
    curator, ann, bench_press, monkeypatch
):
    monkeypatch.setattr(exercises_admin, "used_among", lambda _: set())
    RoutineFactory(user=ann, exercises=[embedded(RoutineEntry, bench_press)])

    page = act(curator, "delete_selected", bench_press, ExerciseFactory(), post="yes")

    assert "Bench Press was not deleted" in page
    assert Exercise.objects.get() == bench_press
    assert not catalogue.find(bench_press.pk)["isArchived"]


def test_an_exercise_in_use_is_not_deleted_and_the_page_says_why(curator, ann, bench_press):
    RoutineFactory(user=ann, exercises=[embedded(RoutineEntry, bench_press)])

    response = curator.post(f"{CHANGES}{bench_press.pk}/delete/", {"post": "yes"}, follow=True)

    assert "Bench Press is in use by 1 routine." in response.content.decode()
    assert Exercise.objects.exists()


def test_an_unused_exercise_is_deleted(curator, bench_press):
    curator.post(f"{CHANGES}{bench_press.pk}/delete/", {"post": "yes"})

    assert not Exercise.objects.exists()


@pytest.mark.parametrize(
    "path",
    [
        "/admin/",
        CHANGES,
        f"{CHANGES}?q=bench&archived=no",
        f"{CHANGES}add/",
        "/admin/accounts/user/",
        "/admin/accounts/user/add/",
        "/admin/routines/routine/",
        "/admin/history/session/",
        "/admin/auth/group/",
    ],
)
def test_admin_pages_open(admin, bench_press, path):
    ExerciseFactory(name="Row", category="strength")

    assert admin.get(path).status_code == 200


def test_a_curator_sees_exercises_and_nothing_else(curator):
    assert curator.get(CHANGES).status_code == 200
    for path in ("accounts/user/", "routines/routine/", "history/session/"):
        assert curator.get(f"/admin/{path}").status_code == 403


def test_other_users_are_redirected_to_the_sign_in_page(client, ann):
    client.force_login(ann)

    assert client.get(CHANGES).status_code == 302


def test_text_is_stored_as_the_api_stores_it(curator):
    typed = {"name": " Cafe\u0301  Press ", "description": "One.\r\nTwo.\r\n"}

    curator.post(f"{CHANGES}add/", {**FORM, **typed})

    exercise = Exercise.objects.get()
    assert (exercise.name, exercise.description) == ("Café  Press", "One.\nTwo.")


@pytest.mark.parametrize("field", ["name", "description", "category", "primary_muscles"])
@pytest.mark.parametrize("text", ["a\x07b", "a\u202eb"])
def test_control_characters_are_refused(curator, field, text):
    response = curator.post(f"{CHANGES}add/", {**FORM, field: text})

    assert "Control characters" in response.content.decode()
    assert not Exercise.objects.exists()


@pytest.mark.parametrize(
    ("name", "fault"), [("a\u2028b", "single line"), ("\u200b\u3164", "cannot be blank")]
)
def test_a_name_is_one_visible_line(curator, name, fault):
    response = curator.post(f"{CHANGES}add/", {**FORM, "name": name})

    assert fault in response.content.decode()
    assert not Exercise.objects.exists()


def test_a_muscle_with_a_comma_survives_the_form(curator, bench_press):
    path, muscles = change_path(bench_press), ["chest, upper", "triceps"]
    services.change_exercise(some_operation(), bench_press.pk, {"primaryMuscles": muscles})

    curator.post(path, {**fields_of(curator.get(path)), "default_sets": "3"})

    stored = Exercise.objects.documents.get(bench_press.pk)
    assert (stored["primaryMuscles"], stored["defaultSets"]) == (muscles, 3)


def test_the_form_leaves_alone_what_the_curator_did_not_change(curator, bench_press):
    path = change_path(bench_press)

    curator.post(path, fields_of(curator.get(path)))

    assert not CatalogueVersion.objects.exists()


def test_the_form_has_the_fields_that_the_api_accepts(curator):
    form = curator.get(f"{CHANGES}add/").context["adminform"].form

    assert {camel(field.name) for field in form.visible_fields()} == set(
        ExerciseSerializer.defaults()
    ) | {"name"}
