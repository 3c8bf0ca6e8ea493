"""`CORS_ALLOWED_ORIGINS`: an origin that could never match is refused at the start."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from fitness_project.settings.origins import origins

NAME = "CORS_ALLOWED_ORIGINS"
HEADERS = ["prefer", "traceparent", "tracestate", "baggage", "idempotency-key", "if-match"]


@pytest.mark.parametrize(
    "origin",
    [
        "https://app.example",
        "http://localhost:3000",
        "http://127.0.0.1:8080",
        "http://[::1]:5173",
        "capacitor://localhost",
        "https://xn--bcher-kva.example",
        "https://my_app.example",
        "https://app.example.",
        "null",
    ],
)
def test_what_browsers_send_is_accepted(monkeypatch, origin):
    monkeypatch.setenv(NAME, f"https://other.example, {origin}")

    assert origins(NAME) == ["https://other.example", origin]


@pytest.mark.parametrize(
    ("origin", "right"),
    [
        ("https://app.example/", "https://app.example"),
        ("https://app.example/login?next=/", "https://app.example"),
        ("https://App.Example", "https://app.example"),
        ("HTTPS://app.example", "https://app.example"),
        ("https://app.example:443", "https://app.example"),
        ("http://localhost:80", "http://localhost"),
        ("https://ann:secret@app.example", "https://app.example"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
        ("http://[0:0:0:0:0:0:0:1]", "http://[::1]"),
    ],
)
def test_another_spelling_is_refused_with_the_right_one(monkeypatch, origin, right):
    monkeypatch.setenv(NAME, origin)

    with pytest.raises(ImproperlyConfigured, match=NAME) as refused:
        origins(NAME)

    assert str(refused.value).endswith(f"Write {right}.")


@pytest.mark.parametrize("origin", ["*", "http://localhost:*", "https://*.app.example"])
def test_a_pattern_is_refused(monkeypatch, origin):
    monkeypatch.setenv(NAME, origin)

    with pytest.raises(ImproperlyConfigured, match="List each origin"):
        origins(NAME)


@pytest.mark.parametrize(
    "origin",
    [
        *("app.example", "localhost:3000", "https://", "https://a b", "http://x:99999", "http://["),
        *("http://127.1", "http://1.2.3", "https://a..b", "http://[fe80::1%25eth0]"),
    ],
)
def test_what_is_no_origin_is_refused(monkeypatch, origin):
    monkeypatch.setenv(NAME, origin)

    with pytest.raises(ImproperlyConfigured, match="An origin is a scheme and a host"):
        origins(NAME)


@pytest.mark.parametrize("header", HEADERS)
def test_web_apps_may_send_the_headers_that_calls_and_tracing_need(client, settings, header):
    settings.CORS_ALLOWED_ORIGINS = ["https://app.example"]
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": header}

    allowed = client.options("/api/history", headers={"Origin": "https://app.example", **asked})

    assert header in allowed["Access-Control-Allow-Headers"].split(", ")
