"""Changes of an account."""

from collections.abc import Callable

from bson import ObjectId

from fitness_project.api.email_addresses import canonical
from fitness_project.database.transactions import transactional
from fitness_project.documents.collection import Document
from fitness_project.errors import FieldRefused, PreconditionFailed

from .documents import UserDocument
from .models import User

NOT_CHANGEABLE = (
    "not_changeable",
    "This call doesn't change the e-mail address. POST /api/auth/email does.",
)
Condition = Callable[[UserDocument], bool]


@transactional
def change_account(user_id: ObjectId, changes: Document, only_if: Condition) -> UserDocument:
    """Sets fields and returns the user afterwards. `routines` can only be put in another order.

    Raises FieldRefused if `routines` has other ids than the stored user or `email` is another
    address, and PreconditionFailed if the stored user doesn't satisfy `only_if`.
    """
    users = User.objects.documents
    stored = users.get(user_id)
    if not only_if(stored):
        raise PreconditionFailed
    if sorted(changes.get("routines", stored["routines"])) != sorted(stored["routines"]):
        raise FieldRefused(
            "routines", ("not_the_same", "Send the ids of all your routines, each of them once.")
        )
    if canonical(changes.get("email", stored["email"])) != canonical(stored["email"]):
        raise FieldRefused("email", NOT_CHANGEABLE)
    writable = {name: value for name, value in changes.items() if name != "email"}
    differences = {name: value for name, value in writable.items() if value != stored.get(name)}
    return users.update(stored, differences) if differences else stored
