"""`manage.py sync CONNECTION`: one pull and push now, with counts."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.connections.models import Connection
from apps.connectors.base import ConnectorError
from apps.core import clock
from apps.outbox.work import deliver_due
from apps.servicenow.pull import pull_linked


class Command(BaseCommand):
    help = "Push what waits for one connection, and read back what it says of our records."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("connection", metavar="CONNECTION", help="its key in programme.yaml")
        parser.add_argument("--full", action="store_true", help="also records of closed tickets")

    def handle(self, *args: Any, connection: str, full: bool, **options: Any) -> None:
        row = Connection.objects.filter(key=connection).first()
        if row is None:
            known = ", ".join(Connection.objects.values_list("key", flat=True)) or "none"
            raise CommandError(f"there is no connection {connection!r}; there are: {known}")
        pushed = deliver_due(now=clock.now(), connection_id=row.pk)
        if row.kind != "servicenow":
            self.stdout.write(f"{row.key}: pushed {pushed}; kind {row.kind} is not pulled")
            return
        try:
            pulled = pull_linked(connection=row, full=full, now=clock.now())
        except ConnectorError as problem:
            raise CommandError(
                f"{row.key}: pushed {pushed}; the pull failed: {problem}"
            ) from problem
        self.stdout.write(f"{row.key}: pushed {pushed}, pulled {pulled}")
