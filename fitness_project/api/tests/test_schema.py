import gzip
import json
import re
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.management import call_command

from fitness_project.api.problems.codes import TABLE
from fitness_project.api.problems.field_codes import FIELD_CODES
from fitness_project.api.schema import views
from fitness_project.tests import described

OPERATIONS = {
    "/api/auth/register": {"post"},
    "/api/auth/login": {"post"},
    "/api/auth/refresh": {"post"},
    "/api/auth/logout": {"post"},
    "/api/auth/me": {"get", "patch", "delete"},
    "/api/auth/password": {"post"},
    "/api/auth/password/reset": {"post"},
    "/api/auth/password/reset/confirm": {"post"},
    "/api/auth/email": {"post"},
    "/api/auth/email/confirm": {"post"},
    "/api/auth/sessions": {"get", "delete"},
    "/api/auth/sessions/{id}": {"delete"},
    "/api/auth/export": {"get"},
    "/api/exercises": {"get", "post"},
    "/api/exercises/facets": {"get"},
    "/api/exercises/{id}/merge": {"post"},
    "/api/exercises/export": {"get"},
    "/api/exercises/{id}": {"get", "put", "patch", "delete"},
    "/api/routines": {"get", "post"},
    "/api/routines/{id}": {"get", "put", "patch", "delete"},
    "/api/history": {"get", "post"},
    "/api/history/{id}": {"get", "put", "patch", "delete"},
    "/api/sync": {"get"},
    "/healthz": {"get"},
    "/readyz": {"get"},
}


@pytest.fixture
def schema(client):
    return client.get("/api/schema").json()


def test_the_schema_is_valid_and_has_no_warnings(tmp_path):
    call_command("spectacular", validate=True, fail_on_warn=True, file=str(tmp_path / "schema"))


def test_every_operation_is_described(schema):
    assert schema["openapi"].startswith("3.1")
    assert {path: set(item) for path, item in schema["paths"].items()} == OPERATIONS


def test_every_operation_describes_its_problems(schema):
    for path, item in schema["paths"].items():
        for verb, operation in item.items():
            codes = set(operation["responses"])
            assert {"405", "406", "500", "503"} < codes
            if verb in ("post", "put", "patch"):
                assert {"400", "413", "415"} < codes
            if "auth" not in path and path.startswith("/api"):
                assert "401" in codes
            if path in ("/api/auth/register", "/api/auth/logout", "/healthz"):
                assert "401" not in codes
            if "{id}" in path:
                assert "404" in codes
            for code in codes - {"200", "201", "202", "204", "304", "308"}:
                (media_type,) = operation["responses"][code]["content"]
                assert media_type == "application/problem+json"


def test_fields_and_bounds_are_described(schema):
    components = schema["components"]["schemas"]

    entry = components["SessionEntryRequest"]["properties"]
    assert entry["sets"] == {"type": "integer", "minimum": 0, "maximum": 100}
    assert (entry["weight"]["minimum"], entry["weight"]["maximum"]) == (-500, 2000)
    assert "weight" not in components["SessionEntryRequest"]["required"]
    assert components["Session"]["properties"]["routineId"]["type"] == ["string", "null"]
    assert components["RoutineRequest"]["required"] == ["exercises", "name"]
    assert components["RoutineRequest"]["properties"]["exercises"] == {
        "type": "array",
        "items": {"$ref": "#/components/schemas/RoutineEntryRequest"},
        "maxItems": 100,
    }
    parameters = {p["name"] for p in schema["paths"]["/api/history"]["get"]["parameters"]}
    assert parameters == {"from", "to", "exerciseId", "routineId", "pageSize", "cursor"}


def test_a_response_has_all_its_fields(schema, api):
    responses = {
        "User": api.get("/api/auth/me").json(),
        "Export": json.loads(api.get("/api/auth/export").getvalue()),
    }

    for name, response in responses.items():
        component = schema["components"]["schemas"][name]
        assert set(component["required"]) == set(component["properties"]) == set(response)


def test_the_export_of_the_catalogue_is_described(schema):
    export = schema["paths"]["/api/exercises/export"]["get"]

    parameters = {each["name"]: each.get("required", False) for each in export["parameters"]}
    filters = ("search", "category", "equipment", "level", "muscle", "archived")
    assert parameters == {"format": True, **dict.fromkeys(filters, False)}
    content = export["responses"]["200"]["content"]
    assert {media: each["schema"]["type"] for media, each in content.items()} == {
        "application/json": "array",
        "text/csv": "string",
    }
    assert "403" in export["responses"]


def test_every_operation_has_a_summary_of_its_own(schema):
    summaries = [
        operation["summary"] for item in schema["paths"].values() for operation in item.values()
    ]
    assert len(set(summaries)) == len(summaries)
    assert {"List routines", "Replace one session", "Refresh tokens"} <= set(summaries)


def test_operation_ids_have_one_style_and_are_no_reserved_words(schema):
    ids = [
        operation["operationId"] for item in schema["paths"].values() for operation in item.values()
    ]

    assert len(set(ids)) == len(ids)
    # A verb and what it is about: no language reserves a word like that.
    assert [each for each in ids if not re.fullmatch(r"[a-z]+([A-Z][a-z]+)+", each)] == []


def test_response_headers_are_described(schema):
    def headers(verb, path, status):
        response = schema["paths"][path][verb]["responses"][status]
        return set(response["headers"]) - {"X-Request-Id"}

    assert headers("post", "/api/history", "201") == {"ETag", "Location", "Idempotent-Replayed"}
    assert headers("post", "/api/exercises", "201") == {"ETag", "Location"}
    assert headers("get", "/api/exercises", "200") == {"ETag"}
    assert headers("get", "/api/exercises", "304") == {"ETag"}
    assert headers("get", "/api/exercises/{id}", "308") == {"Location"}
    assert headers("get", "/api/history", "200") == set()
    assert headers("get", "/api/routines/{id}", "304") == {"ETag"}
    assert headers("put", "/api/routines/{id}", "200") == {"ETag"}
    assert headers("put", "/api/routines/{id}", "412") == {"ETag"}
    assert headers("delete", "/api/routines/{id}", "204") == set()
    assert headers("delete", "/api/routines/{id}", "405") == {"Allow"}
    assert headers("get", "/api/routines", "401") == {"WWW-Authenticate"}
    assert headers("get", "/api/auth/export", "200") == {"Content-Disposition"}
    assert headers("post", "/api/auth/login", "429") == {"Retry-After"}


def test_every_response_has_a_request_id(schema):
    for item in schema["paths"].values():
        for operation in item.values():
            assert all(
                "X-Request-Id" in each["headers"] for each in operation["responses"].values()
            )


def test_no_response_is_described_as_a_page(schema):
    operations = [operation for item in schema["paths"].values() for operation in item.values()]
    responses = [response for each in operations for response in each["responses"].values()]
    media = {name for response in responses for name in response.get("content", {})}

    assert media == {"application/json", "application/problem+json", "text/csv"}


def test_the_time_to_wait_is_an_integer(schema):
    response = schema["paths"]["/api/routines"]["get"]["responses"]["503"]

    assert response["headers"]["Retry-After"]["schema"]["type"] == "integer"


def test_the_schema_is_that_of_the_service_it_comes_from(schema):
    assert schema["servers"] == [{"url": "/"}]


def test_no_value_is_a_choice_between_schemas(schema):
    assert "oneOf" not in json.dumps(schema)
    url = schema["components"]["schemas"]["Exercise"]["properties"]["gifUrl"]
    assert url == {"title": "GIF address", "type": ["string", "null"], "maxLength": 2000}


def codes(schema, verb, path, status):
    return schema["paths"][path][verb]["responses"][status]["x-codes"]


def test_error_codes_are_listed_where_they_occur(schema):
    assert codes(schema, "post", "/api/routines", "409") == ["conflict", "limit", "taken"]
    assert codes(schema, "post", "/api/history", "409") == ["conflict", "taken"]
    assert codes(schema, "delete", "/api/exercises/{id}", "409") == ["conflict", "in_use", "merged"]
    assert codes(schema, "post", "/api/auth/login", "401") == ["bad_credentials"]
    assert codes(schema, "get", "/api/history", "400") == ["invalid", "parse_error"]
    assert codes(schema, "post", "/api/history", "400") == ["invalid", "parse_error"]
    assert "409" not in schema["paths"]["/api/history"]["get"]["responses"]
    text = schema["paths"]["/api/routines"]["post"]["responses"]["409"]["description"]
    assert "`limit`" in text


def test_the_codes_of_each_field_are_listed(schema):
    invalid = schema["paths"]["/api/history"]["post"]["responses"]["400"]
    fields = invalid["x-field-codes"]

    assert fields["/exercises/*/exerciseId"] == ["required", "null", "invalid", "does_not_exist"]
    assert fields["/exercises/*/weight"] == ["invalid", "min_value", "max_value"]
    assert fields["/routineId"] == ["invalid", "does_not_exist"]
    assert fields["/*"] == fields["?*"] == ["unknown"]
    assert "- `/routineId`: `invalid`, `does_not_exist`" in invalid["description"]


def test_a_patch_requires_no_field_of_the_document_but_those_of_its_entries(schema):
    responses = schema["paths"]["/api/routines/{id}"]["patch"]["responses"]
    fields = responses["400"]["x-field-codes"]

    assert "required" not in fields["/name"]
    assert "required" in fields["/exercises/*/sets"]


def test_clients_survive_a_new_error_code(schema):
    problem = schema["components"]["schemas"]["Problem"]["properties"]

    assert set(problem["code"]) == {"type", "description"}
    assert set(problem["errors"]["items"]["properties"]["code"]) == {"type", "description"}


def test_each_code_is_given_by_some_call_and_says_what_to_do(schema):
    responses = [
        response
        for item in schema["paths"].values()
        for operation in item.values()
        for response in operation["responses"].values()
    ]

    given = {code for response in responses for code in response.get("x-codes", ())}
    assert given == {code.name for code in TABLE}
    assert all(code.advice for code in TABLE)
    lists = [each for response in responses for each in response.get("x-field-codes", {}).values()]
    assert {code for each in lists for code in each} == set(FIELD_CODES)


def test_an_error_that_the_schema_lacks_is_found(api):
    operation = described.operation_of("/api/routines/", "HEAD")

    problem = {"code": "merged", "errors": [{"pointer": "?cursor", "code": "min_value"}]}
    assert list(described.undescribed(operation, 400, problem)) == ["merged", "?cursor: min_value"]
    known = {"code": "invalid", "errors": [{"pointer": "?cursor", "code": "repeated"}]}
    assert list(described.undescribed(operation, 400, known)) == []


def test_the_schema_links_to_the_guide_and_the_errors(schema):
    assert {"(/api/docs/guide)", "(/api/docs/errors)"} <= set(
        re.findall(r"\([^)]*\)", schema["info"]["description"])
    )


def test_the_schema_is_compressed_and_sent_once(client):
    sent = client.get("/api/schema", headers={"accept-encoding": "gzip"})
    again = client.get("/api/schema", headers={"if-none-match": sent["ETag"]})

    assert sent["Content-Encoding"] == "gzip"
    assert gzip.decompress(sent.content) == client.get("/api/schema").content
    assert (again.status_code, again.content) == (304, b"")


def test_request_headers_are_described(schema):
    def headers(verb, path):
        parameters = schema["paths"][path][verb].get("parameters", ())
        return {p["name"] for p in parameters if p["in"] == "header"}

    assert headers("post", "/api/history") == {"Idempotency-Key"}
    assert headers("get", "/api/history") == headers("post", "/api/exercises") == set()
    assert headers("get", "/api/exercises") == {"If-None-Match"}
    for path in ("/api/history/{id}", "/api/exercises/{id}", "/api/auth/me"):
        assert headers("get", path) == {"If-None-Match"}
        assert headers("patch", path) == headers("delete", path) == {"If-Match"}
        assert "304" in schema["paths"][path]["get"]["responses"]
        assert "412" in schema["paths"][path]["patch"]["responses"]


def test_the_schema_is_generated_once_for_simultaneous_requests(monkeypatch):
    calls = []

    def generate(self, **_):
        calls.append(1)
        time.sleep(0.1)
        return {"info": {"description": ""}, "paths": {}}

    monkeypatch.setattr(views.SchemaGenerator, "get_schema", generate)
    views._schema_json.cache_clear()
    with ThreadPoolExecutor(4) as threads:
        responses = set(threads.map(lambda _: views.schema_json(), range(4)))
    views._schema_json.cache_clear()

    assert len(calls) == len(responses) == 1
