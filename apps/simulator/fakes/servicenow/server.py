"""The instance as a running server: sign-in, the Table API behind it, records for tests."""

import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from apps.simulator.fakes.exchange import Reply, Request
from apps.simulator.fakes.ledger import Clock
from apps.simulator.fakes.servicenow.api import Behaviour, TableApi
from apps.simulator.fakes.servicenow.content import JSON, parsed
from apps.simulator.fakes.servicenow.door import Door, unauthorized
from apps.simulator.fakes.servicenow.errors import FAULTS
from apps.simulator.fakes.servicenow.fields import TABLES
from apps.simulator.fakes.servicenow.tables import Row, Tables
from apps.simulator.fakes.switches import Switch
from apps.simulator.fakes.system import FakeSystem

TOKEN_PATH = "/oauth_token.do"  # noqa: S105 - a path, not a secret


class FakeServiceNow(FakeSystem):
    """A ServiceNow instance. Faults: FAULTS; set-up: `behaviour`; records: `records()`."""

    name = "servicenow"
    faults = FAULTS
    tables: Tables

    def __init__(
        self,
        *,
        port: int = 0,
        folder: Path | None = None,
        username: str = "rollcall",
        password: str = "fake-password",  # noqa: S107 - the fake's own, good for nothing else
        client_id: str = "fake-client",
        client_secret: str = "fake-client-secret",  # noqa: S107 - as above
        groups: Iterable[str] | None = None,
        clock: Clock = time.time,
    ) -> None:
        """With `groups` only these exist; without, and for callers, any name is one.

        An empty username, password, client_id or client_secret accepts any that is not empty.
        Raises OSError when the port is taken, LedgerDamaged.
        """
        self.username, self.password = username, password
        self.client_id, self.client_secret = client_id, client_secret
        self.behaviour = Behaviour(hidden=set(), rewrites={})
        self.door = Door(
            username=username,
            password=password,
            client_id=client_id,
            client_secret=client_secret,
            clock=clock,
        )
        self._groups = groups if groups is None else tuple(groups)
        super().__init__(port=port, folder=folder, clock=clock)

    def restore(self) -> None:
        open_ = {"sys_user"} if self._groups is not None else {"sys_user", "sys_user_group"}
        self.tables = Tables(self.ledger, self.clock, open_)
        here = {row["name"] for row in self.tables.rows("sys_user_group")}
        for name in self._groups or ():
            if name not in here:
                self.tables.insert("sys_user_group", {"name": name}, by="system")

    def records(self, table: str = "incident", **where: str) -> list[Row]:
        """Copies of the records whose stored fields are these, oldest first."""
        found = self.tables.rows(table)
        for name, value in where.items():
            found = [row for row in found if row[name] == value]
        return [dict(row) for row in found]

    def insert(self, table: str = "incident", **fields: str) -> Row:
        """Somebody in ServiceNow makes a record."""
        return dict(self.tables.insert(table, fields, by="admin"))

    def update(self, sys_id: str, table: str = "incident", **fields: str) -> Row:
        """Somebody in ServiceNow changes a record. Raises KeyError."""
        return dict(self.tables.update(table, sys_id, fields, by="admin"))

    def delete(self, sys_id: str, table: str = "incident") -> None:
        """Somebody in ServiceNow deletes a record. Raises KeyError."""
        self.tables.delete(table, sys_id)

    def everything(self) -> Any:
        return {table: self.tables.rows(table) for table in TABLES}

    def loggable(self, request: Request) -> Any:
        if request.path == TOKEN_PATH:
            return {"grant_type": request.form().get("grant_type", "")}
        body = request.body.decode("utf-8", "replace")
        if request.media_type == JSON:
            body = parsed(request, body)
        return {"query": dict(request.query), "body": body}

    def take_switch(self, request: Request) -> Switch | None:
        """Asking for a token does not use up a fault, unless that is limited to its path."""
        named = request.path == TOKEN_PATH
        return self.switches.take(request.method, request.path, named=named)

    def handle(self, request: Request) -> Reply:
        if request.path == TOKEN_PATH:
            return self.door.issue(request)
        user = self.door.user(request)
        if not user:
            return unauthorized()
        return TableApi(self.tables, self.behaviour, self.url).answer(request, user)
