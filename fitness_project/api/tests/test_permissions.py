"""IsOwner is a second safeguard, in case a view finds a document that its user may not see."""

from types import SimpleNamespace

import pytest

from fitness_project.api.permissions import IsOwner
from fitness_project.errors import Missing


@pytest.mark.parametrize("is_staff", [False, True])
def test_only_the_owner_reaches_a_document(is_staff):
    request = SimpleNamespace(user=SimpleNamespace(pk=1, is_staff=is_staff))

    assert IsOwner().has_object_permission(request, None, {"userId": 1})
    with pytest.raises(Missing):
        IsOwner().has_object_permission(request, None, {"userId": 2})
