"""`manage.py apply FILE.yaml`: configuration as code, idempotent, in one transaction."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from apps.core import clock
from apps.core.config.problems import Refused
from apps.core.config.run import Request, apply_file
from apps.core.config.showing import lines


class Command(BaseCommand):
    help = (
        "Apply a programme.yaml. Prints what changes; refuses the whole file if anything is wrong."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.yaml")
        parser.add_argument("--dry-run", action="store_true", help="print the diff, write nothing")
        parser.add_argument(
            "--shift-to-today",
            action="store_true",
            help="move the programme by whole weeks, once, so that this is its ninth week",
        )
        parser.add_argument("--reason", default="", help="why dates move; kept with the changes")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        request = Request(
            path=file,
            now=clock.now(),
            actor="system",
            is_dry=options["dry_run"],
            shift_to_today=options["shift_to_today"],
            reason=options["reason"],
        )
        try:
            outcome = apply_file(request)
        except Refused as refused:
            self.stderr.write(str(refused))
            self.stderr.write("Nothing was changed.")
            sys.exit(1)
        for line in lines(outcome, all_of_them=options["verbosity"] > 1):
            self.stdout.write(line)
        if request.is_dry:
            self.stdout.write("Dry run: nothing was changed.")
