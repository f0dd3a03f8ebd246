"""Ways of telling: what each promises the outbox, and over which connection."""

from apps.connections.models import Connection
from apps.connectors.apprise.client import scheme_of
from apps.outbox.mail import mail_connection
from apps.paging.choices import Means
from apps.paging.models import Page

CHANNEL = "channel"


def connection_for(page: Page, way: str, *, address: str) -> Connection:
    """The connection a way goes over. The portal's own mail and each kind of other service get a
    row when they are first used: each has its own circuit, none holds up another."""
    if way == CHANNEL:
        found: Connection = page.programme.connections.get(key=address.partition(":")[0])
        return found
    if way == Means.SLACK:
        slack: Connection = page.programme.connections.of_kind("slack")[0]
        return slack
    if way == Means.EMAIL:
        return mail_connection()
    return _own(f"notify-{scheme_of(address) or 'unknown'}")


def action_of(way: str) -> str:
    """The outbox action of a way ("email", "slack", "other:7", "channel")."""
    return f"page.{way.partition(':')[0]}"


def _own(key: str) -> Connection:
    made, _ = Connection.objects.get_or_create(key=key, defaults={"kind": "generic"})
    return made
