"""The world a path is killed in: fakes with ledgers, seeded rows, and what must hold afterwards."""

import json
import shutil
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import connection, connections
from django.test import Client
from django.utils import timezone

from apps.incidents.models import Incident
from apps.intake import webhooks
from apps.intake.models import Arrival, Message
from apps.intake.services import LogForm, log_message
from apps.intake.work import process_due
from apps.ledger.models import Change
from apps.ledger.services import seal, verify
from apps.outbox.models import Delivery
from apps.outbox.work import deliver_due
from apps.simulator.fakes.servicenow import FakeServiceNow
from apps.simulator.fakes.slack import FakeSlack
from tests import build, slack
from tests.emptying import emptied

SEEDED = {"accounts", "rollouts", "oncall", "connections", "contenttypes", "auth"}
MINUTE = timedelta(minutes=1)
TEXT = "636 Omaha: check-in link gives an error"


@dataclass
class Arena:
    """One world. `start` is when its path begins; after a kill the world goes on a minute later."""

    servicenow: FakeServiceNow
    slack: FakeSlack
    start: datetime = field(default_factory=timezone.now)
    _copy: Path | None = None
    _kept: dict[str, Any] = field(default_factory=dict)

    def seed(self) -> None:
        """The rows every run starts from."""
        programme = build.programme()
        product = build.product(programme)
        build.go_live(build.site(), product, date(2022, 6, 27))
        build.rota(
            programme,
            primary=[build.person("ana", programme)],
            backup=[build.person("ben", programme)],
        )
        secrets = {"signing_secret": slack.SECRET, "bot_token": self.slack.token}
        build.slack(programme, self.slack.api_url, key="dsva", secrets=secrets)
        build.servicenow(
            programme,
            self.servicenow.url,
            key="snow",
            settings={"auth": "basic", "username": self.servicenow.username},
            secrets={"password": self.servicenow.password},
        )
        self._save()

    def reset(self) -> None:
        """Back to the seeded rows, with a new message in the fake channel."""
        webhooks.known.clear()
        self.start = timezone.now()
        self._restore()
        self.message = self.slack.add_message(slack.CHANNEL, TEXT, user="U0SITE")
        self.envelope = slack.event(TEXT, ts=self.message["ts"], event_id=f"Ev{self.message['ts']}")

    # --- the path -------------------------------------------------------------------------------

    def post(self, **headers: str) -> int:
        body = slack.body_of(self.envelope)
        answer = Client().post(
            "/hooks/dsva/",
            body,
            content_type="application/json",
            headers={**slack.signed(body), **headers},
        )
        return answer.status_code

    def log(self, now: datetime) -> None:
        for message in Message.objects.inbox():
            log_message(message_id=message.pk, form=LogForm(), actor="ana", origin="api", now=now)

    def path(self) -> None:
        """All of it, as web and workers do it."""
        assert self.post() == 200
        assert process_due(now=timezone.now()) == 1
        self.log(timezone.now())
        assert deliver_due(now=timezone.now()) == 2
        seal(now=timezone.now())

    def goes_on(self) -> None:
        """Slack sends again, the engineer logs again, the workers find what is due."""
        assert self.post(**{"X-Slack-Retry-Num": "1"}) == 200
        for minutes in (1, 2, 3):
            later = self.start + minutes * MINUTE
            process_due(now=later)
            self.log(later)
            deliver_due(now=later)
        seal(now=self.start)

    # --- what must hold -------------------------------------------------------------------------

    def problems(self) -> list[str]:
        """Everything that is not as promised, in words; the fakes' own ledgers are the truth."""
        assert self.servicenow.quiet()
        assert self.slack.quiet()
        thread = self.slack.posts(slack.CHANNEL, self.message["ts"])
        counts = {
            "arrivals": Arrival.objects.count(),
            "messages": Message.objects.count(),
            "incidents": Incident.objects.count(),
            "records in ServiceNow": len(self._records()),
            "answers in the thread": len(thread),
        }
        wrong = [f"{count} {what}" for what, count in counts.items() if count != 1]
        waiting = Arrival.objects.waiting().count() + Delivery.objects.waiting().count()
        wrong += [f"{waiting} rows still wait"] if waiting else []
        wrong += [f"dead: {row.last_error}" for row in Delivery.objects.dead()]
        opened = Change.objects.filter(subject="incident", verb="opened").count()
        wrong += [f"{opened} ledger entries for one ticket"] if opened != 1 else []
        wrong += verify()
        return wrong + self._unlinked()

    def _records(self) -> list[Any]:
        keys = {str(key) for key in Incident.objects.values_list("key", flat=True)}
        return [row for row in self.servicenow.records() if row["correlation_id"] in keys]

    def _unlinked(self) -> list[str]:
        numbers = {row["number"] for row in self._records()}
        linked = {
            incident.servicenow_link.record.number
            for incident in Incident.objects.select_related("servicenow_link__record")
            if hasattr(incident, "servicenow_link")
        }
        return [] if linked == numbers else [f"linked {linked}, in ServiceNow {numbers}"]

    # --- rows back to where they were -----------------------------------------------------------

    def _save(self) -> None:
        if connection.vendor == "sqlite":
            connections.close_all()
            file = Path(str(connection.settings_dict["NAME"]))
            self._copy = file.with_suffix(".seeded")
            shutil.copy(file, self._copy)

    def _restore(self) -> None:
        if self._copy is not None:
            connections.close_all()
            file = Path(str(connection.settings_dict["NAME"]))
            for suffix in ("-wal", "-shm"):
                file.with_name(file.name + suffix).unlink(missing_ok=True)
            shutil.copy(self._copy, file)
            return
        tables = [m._meta.db_table for m in apps.get_models() if m._meta.app_label not in SEEDED]
        with connection.cursor() as cursor:
            for statement in emptied(tables):
                cursor.execute(statement)
            cursor.execute("UPDATE connections_connection SET failures = 0, quiet_until = NULL")


def spoken(problems: list[str], point: int) -> str:
    return json.dumps({"point": point, "problems": problems})
