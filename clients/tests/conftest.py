from fitness_project.tests.browser.conftest import chromium
from fitness_project.tests.e2e.conftest import service

__all__ = ["chromium", "service"]
