"""Sign-ins and browser sessions of earlier versions stay valid."""

from datetime import timedelta
from importlib import import_module

import pytest
from bson import ObjectId
from django.db import connection
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import BrowserSession, SignIn
from accounts.signing_in.tokens import RefreshToken
from accounts.tests.calls import ME
from fitness_project.documents.instants import now

carry_over = import_module("accounts.migrations.0007_carry_over")

pytestmark = pytest.mark.django_db


def old_sign_in(user, token_id="current", rotated_ago=timedelta(seconds=5)):
    rotated = {"tokenId": "before", "at": now() - rotated_ago}
    document = {
        "_id": ObjectId(),
        "userId": user.pk,
        "tokenId": token_id,
        "rotated": [rotated],
        "createdAt": now(),
        "lastUsedAt": now(),
        "expiresAt": now() + timedelta(days=30),
        "userAgent": "",
        "ip": "",
    }
    connection.database["sign_ins"].insert_one(document)
    return document


def convert():
    carry_over.convert_sign_ins(None, connection.schema_editor())


def refresh(sign_in, token_id):
    token = str(RefreshToken.of(sign_in, jti=token_id))
    return APIClient().post("/api/auth/refresh", {"refresh": token}).status_code


def test_refresh_tokens_of_earlier_versions_work_as_they_did(ann):
    fresh, stale = old_sign_in(ann), old_sign_in(ann, rotated_ago=timedelta(seconds=15))

    convert()

    assert [refresh(fresh, "before"), refresh(fresh, "current")] == [200, 200]
    assert [refresh(stale, "current"), refresh(stale, "before")] == [200, 401]


def test_a_conversion_that_was_stopped_continues(ann, monkeypatch):
    monkeypatch.setattr(carry_over, "BATCH", 2)
    sign_ins = [old_sign_in(ann) for _ in range(5)]
    convert()
    connection.database["sign_ins"].delete_one({"_id": sign_ins[0]["_id"]})
    connection.database["sign_ins"].insert_one(sign_ins[0])

    convert()

    assert [refresh(sign_in, "current") for sign_in in sign_ins] == [200] * 5
    assert SignIn.objects.count() == 5


def test_browser_sessions_continue_and_can_be_ended_by_user(ann, api):
    browser = Client()
    browser.force_login(ann)
    (session,) = connection.database["browser_sessions"].find()
    BrowserSession.objects.all().delete()
    for key, data in ((session["_id"], session["session_data"]), ("unreadable", "x")):
        old = {"session_key": key, "session_data": data, "expire_date": session["expire_date"]}
        connection.database["django_session"].insert_one(old)

    for _ in range(2):
        carry_over.carry_browser_sessions_over(None, connection.schema_editor())

    assert browser.get(ME).status_code == 200
    assert "django_session" not in connection.database.list_collection_names()
    api.delete("/api/auth/sessions")
    assert browser.get(ME).status_code == 401
