"""The actions of support. Each is logged in the transaction that carries it out, but for an e-mail,
which is logged just before it is sent in the background."""

from bson import ObjectId
from django.db.models import TextChoices

from fitness_project.database.transactions import transactional
from fitness_project.errors import Busy, LimitReached

from ..mail import may_get_reset, send_reset_by_staff
from ..models import User
from ..signing_in.lockout import locked_until, unlock
from ..signing_in.sign_ins import BEING_CHANGED, sign_out
from . import log


class Action(TextChoices):
    """The labels are what the log says."""

    UNLOCK = "unlock", "Unlocked"
    SIGN_OUT = "sign-out", "Signed out everywhere"
    SEND_RESET = "send-reset", "Sent a password reset"
    DEACTIVATE = "deactivate", "Deactivated"
    REACTIVATE = "reactivate", "Reactivated"


def possible(user: User) -> list[Action]:
    """The actions that make sense for an account as it is. A closed account is being deleted."""
    if user.closed_at is not None:
        return []
    lockout = [Action.UNLOCK] if locked_until(user.email) else []
    if not user.is_active:
        return [*lockout, Action.REACTIVATE]
    return [*lockout, Action.SIGN_OUT, Action.SEND_RESET, Action.DEACTIVATE]


def send_reset(user: User, staff_id: ObjectId, site: str) -> None:
    """Raises LimitReached if the user has got as many such e-mails as one may."""
    if not may_get_reset(user):
        raise LimitReached(f"Five of these e-mails were just sent to {user.email}. Wait a while.")
    log.record(Action.SEND_RESET, user.pk, staff_id)
    send_reset_by_staff(user, site)


@transactional
def carry_out(action: Action, user: User, staff_id: ObjectId) -> None:
    """Carries out any action but SEND_RESET. Raises Busy if the account has just been closed."""
    match action:
        case Action.UNLOCK:
            unlock(user.email)
        case Action.SIGN_OUT:
            sign_out([user.pk])
        case Action.DEACTIVATE:
            _set_active(user, False)
            sign_out([user.pk])
        case Action.REACTIVATE:
            _set_active(user, True)
    log.record(action, user.pk, staff_id)


def _set_active(user: User, is_active: bool) -> None:
    users = User.objects.documents
    open_account = {"_id": user.pk, "closedAt": None}
    changes = {"$set": {"isActive": is_active}}
    if not users.collection.update_one(open_account, changes, session=users.session).matched_count:
        raise Busy(BEING_CHANGED)
