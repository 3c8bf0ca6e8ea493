"""The Accept header decides between JSON and HTML."""

import pytest

ROUTINES = "/api/routines"


def test_a_client_that_does_not_accept_json_gets_a_406_in_json(api):
    response = api.get(ROUTINES, HTTP_ACCEPT="image/png")

    assert response.status_code == 406
    assert response["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("", "application/json"),
        ("application/problem+json", "application/json"),
        ("text/html, application/json;q=0.5", "text/html"),
        ("application/json;q=0, text/html", "text/html"),
        ("application/json;q=0.9, text/html;q=0.8", "application/json"),
    ],
)
def test_a_client_gets_the_media_type_that_it_prefers(api, accept, media_type):
    response = api.get(ROUTINES, headers={"Accept": accept})

    assert response.status_code == 200
    assert response["Content-Type"].partition(";")[0] == media_type


@pytest.mark.parametrize("parameter", ["charset=utf-8", "indent=4", "odata=verbose"])
def test_parameters_in_the_accept_header_are_ignored(api, parameter):
    response = api.get(ROUTINES, headers={"Accept": f"application/json; {parameter}"})

    assert response.status_code == 200
    assert response["Content-Type"] == "application/json"


def test_a_client_that_prefers_json_to_html_gets_a_problem_in_json(client):
    response = client.get("/nothing", headers={"Accept": "application/json, text/html;q=0.5"})

    assert response["Content-Type"] == "application/problem+json"


def test_a_malformed_accept_header_gets_a_406(api):
    assert api.get(ROUTINES, headers={"Accept": "text/html; q*=x'y'z"}).status_code == 406
