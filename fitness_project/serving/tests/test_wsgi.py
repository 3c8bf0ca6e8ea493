"""What a process remembers between requests is bounded, and the same as what it would find out."""

import io

import pytest
from django.core.exceptions import DisallowedHost
from django.urls import Resolver404

from fitness_project.serving import wsgi


def request(path="/healthz", host="localhost"):
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": path, "wsgi.input": io.BytesIO()}
    return wsgi.Request({**environ, "HTTP_HOST": host, "SERVER_NAME": "x", "SERVER_PORT": "80"})


@pytest.fixture(autouse=True)
def _nothing_remembered():
    wsgi._hosts.clear()
    wsgi._resolve.cache_clear()


def test_an_allowed_host_is_remembered_and_another_is_refused_each_time(settings):
    settings.ALLOWED_HOSTS = ["localhost"]

    assert [request().get_host() for _ in range(2)] == ["localhost"] * 2
    for _ in range(2):
        with pytest.raises(DisallowedHost):
            request(host="example.com").get_host()

    assert wsgi._hosts == {"localhost": "localhost"}


def test_no_more_hosts_are_remembered_than_fit(settings, monkeypatch):
    settings.ALLOWED_HOSTS = ["*"]
    monkeypatch.setattr(wsgi, "MAX_HOSTS", 2)

    hosts = [request(host=host).get_host() for host in ("a", "b", "c")]

    assert hosts == ["a", "b", "c"]
    assert list(wsgi._hosts) == ["c"]


def test_a_path_leads_to_the_same_view_once_it_is_remembered():
    handler = wsgi.Handler()

    first, second = (handler.resolve_request(request("/api/routines")) for _ in range(2))

    assert first is second
    assert first.view_name == "routine-list"


def test_a_path_that_leads_nowhere_never_does():
    for _ in range(2):
        with pytest.raises(Resolver404):
            wsgi.Handler().resolve_request(request("/nowhere"))


def test_a_long_path_takes_no_memory():
    match = wsgi.Handler().resolve_request(request(f"/api/routines/{'x' * 30_000}"))

    assert match.view_name == "routine-detail"
    assert wsgi._resolve.cache_info().currsize == 0
