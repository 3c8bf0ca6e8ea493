"""Clients that generators make from the schema go through an app's whole life.

It is the same life in each file of `lives/`: register, read the catalogue, keep a routine and
sessions, write conditionally and too late, page, sync, export, delete the account.
"""

import pytest

from .programs import (
    MADE,
    NODE_TOOLS,
    TOOLS,
    generate_by_openapi_generator,
    generate_by_openapi_python_client,
    run,
)

OPTIONS = {
    "python": {"packageName": "fitness_og"},
    "typescript-fetch": {},
    "kotlin": {},
    "swift6": {},
    "dart": {},
}

pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def openapi_generator(schema):
    generate_by_openapi_generator(schema, OPTIONS)


@pytest.fixture(scope="module")
def typescript(schema, openapi_generator):
    """Compiled in strict mode."""
    run(NODE_TOOLS / "openapi-typescript", schema, "--output", MADE / "schema.ts")
    run(NODE_TOOLS / "tsc")
    return MADE / "js/lives"


def live(script, service):
    python = TOOLS / "python"
    run(python, MADE / "lives" / script, service.url, PYTHONPATH=str(MADE / "python"))


def test_a_client_by_openapi_python_client_lives(schema, openapi_generator, service):
    generate_by_openapi_python_client(schema)

    live("openapi_python_client.py", service)


def test_a_python_client_by_openapi_generator_lives(openapi_generator, service):
    live("openapi_generator.py", service)


@pytest.mark.parametrize(
    ("file", "nullable", "code"),
    [
        ("kotlin/**/{}.kt", "val gifUrl: kotlin.String?,", "val code: kotlin.String,"),
        ("swift6/**/{}.swift", "public var gifUrl: String?", "public var code: String"),
        ("dart/lib/**/{}.dart", "String? gifUrl;", "String code;"),
    ],
)
def test_clients_for_phones_have_simple_types(openapi_generator, file, nullable, code):
    def text_of(model):
        name = model.lower() if file.startswith("dart") else model
        (found,) = MADE.glob(file.format(name))
        return found.read_text()

    assert nullable in text_of("Exercise")
    assert code in text_of("Problem")


@pytest.mark.parametrize("script", ["openapi_typescript.js", "openapi_generator.js"])
def test_typescript_lives(typescript, service, script):
    run("node", typescript / script, service.url)
