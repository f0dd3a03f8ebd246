"""What views of pages ask about who asks."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from apps.accounts.models import Person


class SignedIn(HttpRequest):
    """A request the policy let through: somebody is signed in."""

    user: Person
    needed_roles: frozenset[str]


def need_role(request: SignedIn, programme_id: int | None) -> None:
    """Raise PermissionDenied unless the person has, in this programme, a role the route asks for.

    The policy has let them in for a role anywhere; `needed_roles` is what it asked.
    """
    if not (request.needed_roles & request.user.roles_in(programme_id)):
        raise PermissionDenied("Your roles in this programme do not allow this.")
