from fitness_project.tests.e2e.conftest import own_service

__all__ = ["own_service"]
