"""The walk in Python, followed as a reader would."""

import re
import subprocess
import sys
from pathlib import Path

WALK = Path(__file__).resolve().parents[1] / "python/walkthrough.py"
PRINTED = """
Signed in as <id>@example.com
Read 21 barbell exercises, in pages of 10
Recorded Barbell Back Squat on 2026-11-21T18:30:00.000Z
Wrong fields: /date /exercises/0/sets
Copied 138 exercises, 1 routines, 1 history
Refused: 412 precondition_failed
Changed to Pull day with the notes From the phone
Deleted the session, with a new access token
Copied 138 exercises, 1 routines, 0 history
Deleted the account
"""


def test_the_walk_reaches_its_end(service):
    walk = subprocess.run(
        [sys.executable, WALK, service.url], capture_output=True, text=True, check=False
    )

    assert walk.stderr == ""
    assert re.sub(r"\b[0-9a-f]{32}\b", "<id>", walk.stdout) == PRINTED.lstrip()
