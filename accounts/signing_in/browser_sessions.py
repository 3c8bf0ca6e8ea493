"""Django's database-backed sessions, extended by the user's id as its documentation describes.

Without it, only a session's encoded data would name its user, and ending a user's sessions would
mean decoding everybody's.
"""

from typing import TYPE_CHECKING, Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db
from django.utils import timezone

from fitness_project.documents.ids import parse_object_id

if TYPE_CHECKING:
    from ..models import BrowserSession


class SessionStore(db.SessionStore):
    @classmethod
    def get_model_class(cls) -> "type[BrowserSession]":
        from ..models import BrowserSession  # The model itself names this class.

        return BrowserSession

    def create_model_instance(self, data: dict[str, Any]) -> "BrowserSession":
        session: Any = super().create_model_instance(data)
        session.user_id = parse_object_id(data.get(SESSION_KEY))
        return session

    def _get_session_from_db(self) -> "BrowserSession | None":
        """Finds the session by its key alone, as any database can, and compares its expiry here."""
        try:
            session: Any = self.model.objects.get(pk=self.session_key)
            if session.expire_date > timezone.now():
                return session
        except self.model.DoesNotExist:
            pass
        self._session_key = None
        return None
