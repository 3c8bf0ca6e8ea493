"""What a proxy says is believed of trusted proxies alone."""

import pytest

PROXY = {"REMOTE_ADDR": "10.0.0.7", "HTTP_X_FORWARDED_PROTO": "https", "HTTP_HOST": "testserver"}


@pytest.fixture
def made(api, bench_press):
    def post(**headers):
        body = {"exerciseId": str(bench_press.pk), "sets": 1, "reps": 1, "weight": 1}
        routine = {"name": "Push", "exercises": [body]}
        return api.post("/api/routines", routine, **headers)["Location"]

    return post


def test_links_are_https_behind_a_trusted_proxy_that_ends_tls(made, settings):
    settings.TRUSTED_PROXIES = ["10.0.0.0/8"]

    assert made(**PROXY).startswith("https://testserver/")


def test_and_as_they_came_otherwise(made):
    assert made(**PROXY).startswith("http://testserver/")
    assert made().startswith("http://testserver/")
