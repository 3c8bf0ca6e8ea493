"""A database and workers of its own, to be killed."""

import subprocess
import sys

from fitness_project.database.embedded import lease
from fitness_project.database.embedded.client import LeasedClient
from fitness_project.database.embedded.files import Files
from fitness_project.tasks import queue
from fitness_project.tests.e2e.service import PROJECT, Service
from fitness_project.tests.processes import PATIENCE_SECONDS

SETUP = "import django; django.setup()"
# A takeover must not take longer than the rest of the test.
SHORT_LEASES = """
from datetime import timedelta
from fitness_project.tasks import queue, worker
queue.LEASE = timedelta(seconds=1)
worker.RENEW_SECONDS = 0.2
"""
WORKER = "from fitness_project.tasks.worker import Worker; Worker().run()"
KEPT_WORKER = """
import time
from fitness_project.tasks import process
process.RESTART_SECONDS = 0
with process.WorkerProcess():
    time.sleep(600)
"""


class Place:
    """A database, and the workers that run its tasks."""

    def __init__(self, var_dir):
        self.files = Files(var_dir)
        self.client = LeasedClient(var_dir)
        self.database = self.client["fitness"]
        self.log = var_dir / "workers.log"
        self.environment = {
            **Service(var_dir).environment,
            "DJANGO_SETTINGS_MODULE": "fitness_project.settings",
        }
        self.workers = []

    def run(self, *code):
        subprocess.run(**self._python(SETUP, *code), check=True, timeout=PATIENCE_SECONDS)

    def start(self, *code):
        with self.log.open("ab") as log:
            process = subprocess.Popen(**self._python(SETUP, *code), stderr=log)
        self.workers.append(process)
        return process

    def _python(self, *code):
        args = [sys.executable, "-c", "\n".join(code)]
        return {"args": args, "cwd": PROJECT, "env": self.environment, "stdin": subprocess.DEVNULL}

    def task(self):
        return self.database["tasks"].find_one()

    def has_ended(self):
        return self.task()["status"] in (queue.SUCCESSFUL, queue.FAILED)

    def clear(self):
        for process in self.workers:
            process.kill()
            process.wait()
        self.client.close()
        lease.release(self.files.var_dir)
