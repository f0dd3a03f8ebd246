"""`manage.py replay`: dead letters again, or held deliveries released."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.core import clock
from apps.intake import services as inbox
from apps.intake.models import Arrival
from apps.outbox import services as outbox
from apps.outbox.models import Delivery


class Command(BaseCommand):
    help = "Try dead letters of the inbox and the outbox again; without arguments, list them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "ids", nargs="*", metavar="ID", help="a12 for an arrival, d7 for a delivery"
        )
        parser.add_argument("--all", action="store_true", help="every dead letter")
        parser.add_argument(
            "--held", action="store_true", help="release deliveries held after a restored backup"
        )

    def handle(self, *args: Any, ids: list[str], held: bool, **options: Any) -> None:
        if held:
            count = outbox.release_held(actor="command", origin="command", now=clock.now())
            self.stdout.write(f"released {count} held deliveries")
        if options["all"]:
            self._replay(None, None)
        elif ids:
            self._replay(_numbers(ids, "a"), _numbers(ids, "d"))
        elif not held:
            self._list()

    def _replay(self, arrivals: list[int] | None, deliveries: list[int] | None) -> None:
        told: dict[str, Any] = {"actor": "command", "origin": "command", "now": clock.now()}
        again = len(inbox.replay_dead(ids=arrivals, **told))
        sent = len(outbox.replay_dead(ids=deliveries, **told))
        self.stdout.write(f"replayed {again} arrivals and {sent} deliveries")

    def _list(self) -> None:
        for arrival in Arrival.objects.dead().select_related("connection").order_by("pk"):
            self.stdout.write(f"a{arrival.pk}  {arrival.connection.key}: {arrival.last_error}")
        for delivery in Delivery.objects.dead().order_by("pk"):
            self.stdout.write(f"d{delivery.pk}  {delivery}: {delivery.last_error}")


def _numbers(ids: list[str], letter: str) -> list[int]:
    """The numbers behind `letter`. Raises CommandError for an id of neither kind."""
    for one in ids:
        if one[:1] not in {"a", "d"} or not one[1:].isdigit():
            raise CommandError(f"{one!r} is no dead letter's id; they look like a12 or d7")
    return [int(one[1:]) for one in ids if one.startswith(letter)]
