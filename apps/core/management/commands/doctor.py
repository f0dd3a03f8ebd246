"""`manage.py doctor`: every part of the portal: ok, or the cause and the fix in words."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.core import clock
from apps.core.health import all_checks

MARKS = {"ok": "ok      ", "degraded": "look    ", "broken": "BROKEN  "}


class Command(BaseCommand):
    help = "Check settings, database, migrations, broker, workers, queues and connections."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        checks = all_checks(clock.now())
        for check in checks:
            self.stdout.write(f"{MARKS[check.state]}{check.name}: {check.words}")
            if check.fix:
                self.stdout.write(f"        {check.fix}")
        broken = [check.name for check in checks if check.state == "broken"]
        if broken:
            raise CommandError(f"broken: {', '.join(broken)}")
