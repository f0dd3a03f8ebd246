"""`manage.py export`: writes the configuration as a programme.yaml."""

import difflib
from argparse import ArgumentParser
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError

from apps.core.config.run import config_sections
from apps.core.config.writing import export_text


class Command(BaseCommand):
    help = "Write the configuration of a programme as YAML; secrets stand as ${NAME}."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--programme", default="", metavar="KEY", help="which one, when there are several"
        )

    def handle(self, *args: Any, programme: str, **options: Any) -> None:
        self.stdout.write(export_text(_programme(programme), config_sections()), ending="")


def _programme(key: str) -> Any:
    """The programme asked for, or the only one. Core is below rollouts, hence by its name."""
    rows: Any = apps.get_model("rollouts", "Programme").objects.order_by("key")
    keys = [row.key for row in rows.all()]
    if not keys:
        raise CommandError("there is no programme yet; `manage.py apply FILE.yaml` makes one")
    if not key and len(keys) > 1:
        raise CommandError(f"say which with --programme KEY: {', '.join(keys)}")
    if key and key not in keys:
        near = difflib.get_close_matches(key, keys, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else f"; there are {', '.join(keys)}"
        raise CommandError(f"no programme {key!r}{hint}")
    return rows.get(key=key or keys[0])
