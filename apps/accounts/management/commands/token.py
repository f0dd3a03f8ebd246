"""`manage.py token create --user NAME`: prints an API token, alone, on standard output."""

import difflib
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.accounts.models import Person
from apps.accounts.tokens import MOST_DAYS, Scope, UnableToCreateToken, create_token
from apps.core import clock


class Command(BaseCommand):
    help = "Make an API token for a person. It is shown once; only its hash is kept."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("action", choices=["create"])
        parser.add_argument("--user", required=True, metavar="NAME", help="username of its owner")
        parser.add_argument(
            "--scopes",
            default=",".join(Scope.values),
            help=f"joined by commas: {', '.join(Scope.values)} (default: both)",
        )
        parser.add_argument(
            "--days", type=int, default=90, help=f"how long it works, 1 to {MOST_DAYS} (90)"
        )
        parser.add_argument("--name", default="", help="what it is for, to recognise it later")

    def handle(
        self, *args: Any, user: str, scopes: str, days: int, name: str, **options: Any
    ) -> None:
        try:
            token = create_token(
                person=_person(user),
                scopes=[scope.strip() for scope in scopes.split(",") if scope.strip()],
                days=days,
                name=name[:80],
                actor="system",
                origin="command",
                now=clock.now(),
            )
        except UnableToCreateToken as problem:
            raise CommandError(str(problem)) from problem
        self.stdout.write(token)


def _person(username: str) -> Person:
    person = Person.objects.filter(username=username).first()
    if person is not None:
        return person
    names = Person.objects.values_list("username", flat=True)
    near = difflib.get_close_matches(username, list(names), n=1)
    raise CommandError(
        f"nobody is called {username!r}" + (f"; did you mean {near[0]!r}?" if near else "")
    )
