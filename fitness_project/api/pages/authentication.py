from drf_spectacular.authentication import SessionScheme
from rest_framework.authentication import SessionAuthentication
from rest_framework.request import Request


class BrowserSessionAuthentication(SessionAuthentication):
    """Django's sessions, with the CSRF check for the method that the browser really sent.

    A page's form is a POST, whichever method it stands for.
    """

    def enforce_csrf(self, request: Request) -> None:
        super().enforce_csrf(request._request)  # type: ignore[arg-type]  # Django's is right.


class BrowserSessionScheme(SessionScheme):
    target_class = "fitness_project.api.pages.authentication.BrowserSessionAuthentication"
