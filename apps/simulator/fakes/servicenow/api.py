"""The Table API: one method for each verb, on any table."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from apps.simulator.fakes.exchange import Reply, Request, json_reply
from apps.simulator.fakes.servicenow.content import fields_in, wrong_content
from apps.simulator.fakes.servicenow.errors import failure, no_record
from apps.simulator.fakes.servicenow.fields import TABLES
from apps.simulator.fakes.servicenow.listing import Page
from apps.simulator.fakes.servicenow.shape import Shape
from apps.simulator.fakes.servicenow.tables import Row, Tables

ROUTE = re.compile(r"/api/now/(?:(v1|v2)/)?table/([A-Za-z0-9_]+)(?:/([^/]+))?/?")


@dataclass(slots=True)
class Behaviour:
    """How this instance is set up; change it at any time.

    `hidden`: sys_ids that access rules take out of answers, after the limit has been applied.
    `journal_hidden`: sys_journal_field answers with nothing, as to most integration users.
    `strict_queries`: glide.invalid_query.returns_no_rows. `rewrites`: fields that a business rule
    sets after each insert, which counts as another change.
    """

    hidden: set[str]
    rewrites: dict[str, str]
    journal_hidden: bool = False
    strict_queries: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """A request that may come in and names a table."""

    request: Request
    version: str
    table: str
    sys_id: str
    user: str

    @property
    def cause(self) -> tuple[str, str]:
        return self.request.method, self.request.path


class TableApi:
    """Answers requests that may come in. `url` is where the instance is."""

    def __init__(self, tables: Tables, behaviour: Behaviour, url: str) -> None:
        self.tables, self.behaviour, self.url = tables, behaviour, url

    def answer(self, request: Request, user: str) -> Reply:
        """The reply to a request of this user."""
        route = ROUTE.fullmatch(request.path)
        if route is None:
            return failure(400, "Requested URI does not represent any resource", None)
        version, table, sys_id = route.groups(default="")
        return self._table(Call(request, version, table, sys_id, user))

    def _table(self, call: Call) -> Reply:
        if call.table not in TABLES:
            detail = f"Table {call.table} does not exist"
            return failure(400, f"Invalid table {call.table}", detail)
        verb = self._verb(call)
        if verb is None:
            return failure(405, "Method not supported", f"{call.request.method} is not supported")
        refused = wrong_content(call.request)
        if refused:
            return refused
        with self.tables.lock:
            reply = verb(call)
        bare = call.request.headers.get("x-no-response-body", "").lower() == "true"
        return replace(reply, body=b"") if bare and reply.status < 400 else reply

    def _verb(self, call: Call) -> Callable[[Call], Reply] | None:
        method = call.request.headers.get("x-http-method-override", call.request.method).upper()
        if not call.sys_id:
            return {"GET": self._list, "POST": self._create}.get(method)
        one = {"GET": self._get, "PUT": self._change, "PATCH": self._change, "DELETE": self._delete}
        return one.get(method)

    def _shape(self, call: Call) -> Shape:
        return Shape(self.tables, self.url, call.request.query)

    def _list(self, call: Call) -> Reply:
        params, behaviour = call.request.query, self.behaviour
        page = Page(self.tables, call.table, params, strict=behaviour.strict_queries)
        if behaviour.journal_hidden and call.table == "sys_journal_field":
            page.rows, page.total = [], 0
        rows = [row for row in page.rows if row["sys_id"] not in behaviour.hidden]
        if not rows and call.version == "v1":
            return no_record()
        shape = self._shape(call)
        headers = page.headers(self.url + call.request.path, params)
        return json_reply(200, {"result": [shape.show(call.table, row) for row in rows]}, *headers)

    def _get(self, call: Call) -> Reply:
        row = self._visible(call)
        return self._result(call, row) if row else no_record()

    def _create(self, call: Call) -> Reply:
        said = fields_in(call.request)
        if isinstance(said, Reply):
            return said
        row = self.tables.insert(call.table, said, by=call.user, cause=call.cause)
        if self.behaviour.rewrites and call.table == "incident":
            changes = self.behaviour.rewrites
            row = self.tables.update(
                call.table, row["sys_id"], changes, by="system", cause=call.cause
            )
        place = f"{self.url}/api/now/table/{call.table}/{row['sys_id']}"
        return self._result(call, row, 201, ("Location", place))

    def _change(self, call: Call) -> Reply:
        if not self._visible(call):
            return no_record()
        said = fields_in(call.request)
        if isinstance(said, Reply):
            return said
        row = self.tables.update(call.table, call.sys_id, said, by=call.user, cause=call.cause)
        return self._result(call, row)

    def _delete(self, call: Call) -> Reply:
        if not self._visible(call):
            return no_record()
        self.tables.delete(call.table, call.sys_id, cause=call.cause)
        return Reply(status=204)

    def _visible(self, call: Call) -> Row | None:
        if call.sys_id in self.behaviour.hidden:
            return None
        return self.tables.row(call.table, call.sys_id)

    def _result(self, call: Call, row: Row, status: int = 200, *headers: tuple[str, str]) -> Reply:
        return json_reply(status, {"result": self._shape(call).show(call.table, row)}, *headers)
