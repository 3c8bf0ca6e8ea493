"""Only trusted proxies can say that a request came by https."""

import pytest

PROXY = {"REMOTE_ADDR": "10.0.0.7", "HTTP_X_FORWARDED_PROTO": "https", "HTTP_HOST": "testserver"}


@pytest.fixture
def create_routine(api, bench_press):
    """Creates a routine and returns its URL."""

    def post(**headers):
        body = {"exerciseId": str(bench_press.pk), "sets": 1, "reps": 1, "weight": 1}
        routine = {"name": "Push", "exercises": [body]}
        return api.post("/api/routines", routine, **headers)["Location"]

    return post


def test_links_are_https_behind_a_trusted_proxy_that_terminates_tls(create_routine, settings):
    settings.TRUSTED_PROXIES = ["10.0.0.0/8"]

    assert create_routine(**PROXY).startswith("https://testserver/")


def test_links_keep_the_scheme_of_the_request_otherwise(create_routine):
    assert create_routine(**PROXY).startswith("http://testserver/")
    assert create_routine().startswith("http://testserver/")
