"""Calls that several tests make, and what they check of the responses."""

from rest_framework.test import APIClient

ME, PASSWORD_PATH = "/api/auth/me", "/api/auth/password"


def login(password, email="ann@example.com"):
    return APIClient().post("/api/auth/login", {"email": email, "password": password})


def error(response):
    """The pointer and the code of the response's only error."""
    assert response.status_code == 400
    (found,) = response.json()["errors"]
    return found["pointer"], found["code"]
