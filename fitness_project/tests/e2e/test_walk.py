"""The guide's walk, followed as a reader would."""

import re
import shutil
import subprocess

import pytest

from .service import PROJECT

TOOLS = ("bash", "curl", "python3")
MISSING = [tool for tool in TOOLS if shutil.which(tool) is None]
STEP = re.compile(r"```bash\n(.*?)```\n(?:```json\n(.*?)\n```)?", re.DOTALL)
END_OF_STEP = "end of step"
VARYING = {
    r"eyJ(…|[\w-]+\.[\w-]+\.[\w-]+)": "<token>",
    r"\bcursor=[\w-]+": "cursor=<cursor>",
    r'("(?:createdAt|updatedAt|dateJoined)"):"[^"]+"': r"\1:<instant>",
    r'"requestId":"[\w-]+"': '"requestId":<request id>',
}

pytestmark = [
    pytest.mark.skipif(MISSING != [], reason=f"not installed: {', '.join(MISSING)}"),
    pytest.mark.timeout(600),
]


def steps_of_guide(url) -> list[tuple[str, str]]:
    """Each step's commands and the response that the guide prints, "" where it prints none."""
    guide = (PROJECT / "docs/clients.md").read_text()
    walk = guide.partition("## First call in two minutes\n")[2].partition("\n## ")[0]
    return STEP.findall(walk.replace("http://127.0.0.1:8000", url))


def take(steps) -> list[str]:
    """What each step prints; one shell runs all of them."""
    script = "".join(f"{commands}\necho '{END_OF_STEP}'\n" for commands, _ in steps)
    shell = subprocess.run(
        ["bash", "-u"], input=script, capture_output=True, text=True, timeout=300, check=False
    )
    assert shell.stderr == ""
    return shell.stdout.split(f"{END_OF_STEP}\n")[:-1]


def without_what_varies(responses) -> list[str]:
    """Each id becomes a number, in order of appearance, and stays that number everywhere."""
    text = "\0".join(responses)
    for pattern, name in VARYING.items():
        text = re.sub(pattern, name, text)
    ids: dict[str, int] = {}
    number = lambda found: f"id {ids.setdefault(found[0], len(ids))}"  # noqa: E731
    return re.sub(r"\b[0-9a-f]{24}\b", number, text).split("\0")


def test_the_walk_goes_as_the_guide_says_and_its_data_outlives_a_restart(own_service):
    steps = steps_of_guide(own_service.url)

    printed = take(steps)

    assert len(steps) > 10
    assert without_what_varies(printed) == without_what_varies(wanted for _, wanted in steps)

    before = what_ann_has(own_service)
    own_service.stop()
    own_service.start()

    assert what_ann_has(own_service) == before
    assert all(before.values())


def what_ann_has(service):
    ann = service.sign_in("ann@example.com")
    lists = ("/api/routines", "/api/history", "/api/exercises")
    return {"user": ann.user, **{path: ann.everything(path) for path in lists}}
