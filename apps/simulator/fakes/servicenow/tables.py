"""The records of the instance: written through its rules, each write noted in the ledger."""

import hashlib
import threading
import uuid
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from apps.simulator.fakes.ledger import Clock, Ledger
from apps.simulator.fakes.servicenow.fields import JOURNALS, READ_ONLY, REFERENCES, SYSTEM, TABLES
from apps.simulator.fakes.servicenow.incidents import advance, fitting, with_priority

Row = dict[str, str]
FIRST_NUMBER = 10001


class Tables:
    """Every value is text, "" for none; instants are naive UTC with whole seconds.

    A record is never changed, only replaced: what `rows` and `row` give is to be read only.

    `open_` tables take a reference to a name they do not have by making a record of that name;
    in others such a reference is left empty.
    """

    def __init__(self, ledger: Ledger, clock: Clock, open_: Iterable[str]) -> None:
        self.lock = threading.RLock()
        self._ledger = ledger
        self._clock = clock
        self._open = frozenset(open_)
        self._rows: dict[str, dict[str, Row]] = {name: {} for name in TABLES}
        self._last_number = FIRST_NUMBER - 1
        for entry in ledger.effects():
            self._restore(entry.what.partition(".")[2], entry.payload)

    def rows(self, table: str) -> list[Row]:
        """All records, oldest first."""
        with self.lock:
            return list(self._rows[table].values())

    def row(self, table: str, sys_id: str) -> Row | None:
        with self.lock:
            return self._rows.get(table, {}).get(sys_id)

    def insert(
        self, table: str, said: Mapping[str, Any], *, by: str, cause: tuple[str, str] = ("", "")
    ) -> Row:
        """Make a record of what was said; `by` is a user name, `cause` the method and path."""
        with self.lock:
            wanted = self._accepted(table, said)
            journals = {name: wanted.pop(name) for name in JOURNALS if wanted.get(name)}
            row = TABLES[table] | SYSTEM | self._stamps(table, by) | wanted
            if table == "incident":
                row = self._opened(row, by)
            self._keep(table, "created", row, cause)
            self._add_journals(row, journals, by, cause)
            return row

    def update(
        self,
        table: str,
        sys_id: str,
        said: Mapping[str, Any],
        *,
        by: str,
        cause: tuple[str, str] = ("", ""),
    ) -> Row:
        """Change the fields said. What changes nothing writes nothing. Raises KeyError."""
        with self.lock:
            old = self._rows[table][sys_id]
            wanted = self._accepted(table, said)
            journals = {name: wanted.pop(name) for name in JOURNALS if wanted.get(name)}
            new = old | {name: value for name, value in wanted.items() if name not in JOURNALS}
            if new == old and not journals:
                return old
            if table == "incident":
                new = advance(old, new, self.now(), self._user(by))
            count = str(int(old["sys_mod_count"]) + 1)
            new |= {"sys_updated_on": self.now(), "sys_updated_by": by, "sys_mod_count": count}
            self._keep(table, "updated", new, cause)
            self._add_journals(new, journals, by, cause)
            return new

    def delete(self, table: str, sys_id: str, *, cause: tuple[str, str] = ("", "")) -> None:
        """Raises KeyError."""
        with self.lock:
            row = self._rows[table].pop(sys_id)
            self._note(table, "deleted", row, cause)

    def now(self) -> str:
        """This second, as ServiceNow stores it."""
        return datetime.fromtimestamp(self._clock(), UTC).strftime("%Y-%m-%d %H:%M:%S")

    def by_name(self, table: str, name: str) -> str:
        """The sys_id of the record of this name; "" when there is none and none is made."""
        with self.lock:
            for sys_id, row in self._rows[table].items():
                if name.casefold() in {row["name"].casefold(), row.get("user_name", "").casefold()}:
                    return sys_id
            if table not in self._open:
                return ""
            return self.insert(table, {"name": name}, by="system")["sys_id"]

    def _accepted(self, table: str, said: Mapping[str, Any]) -> Row:
        """What of it the table takes: known fields that may be written, as fitting text."""
        allowed = TABLES[table].keys() - READ_ONLY
        wanted = {name: fitting(name, value) for name, value in said.items() if name in allowed}
        for name in wanted.keys() & REFERENCES.get(table, {}).keys():
            wanted[name] = self._reference(REFERENCES[table][name], wanted[name])
        return wanted

    def _reference(self, target: str, text: str) -> str:
        """A reference given as sys_id or as name. A sys_id is taken as it is, even dangling."""
        is_id = len(text) == 32 and set(text) <= set("0123456789abcdef")
        if not text or is_id or target not in self._rows or text in self._rows[target]:
            return text
        return self.by_name(target, text)

    def _stamps(self, table: str, by: str) -> Row:
        now = self.now()
        return {
            "sys_id": uuid.uuid4().hex,
            "sys_created_on": now,
            "sys_created_by": by,
            "sys_updated_on": now,
            "sys_updated_by": by,
            "sys_mod_count": "0",
            "sys_class_name": table,
        }

    def _opened(self, row: Row, by: str) -> Row:
        self._last_number += 1
        basics = {"number": f"INC{self._last_number:07d}", "opened_at": row["sys_created_on"]}
        basics |= {"opened_by": self._user(by)}
        row |= {name: value for name, value in basics.items() if not row[name]}
        row["incident_state"] = row["state"]
        return with_priority(row)

    def _user(self, name: str) -> str:
        """A stable sys_id for a person who works through the API."""
        return hashlib.md5(f"sys_user:{name}".encode(), usedforsecurity=False).hexdigest()

    def _add_journals(
        self, row: Row, journals: Mapping[str, str], by: str, cause: tuple[str, str]
    ) -> None:
        for element, value in journals.items():
            said = {"name": row["sys_class_name"], "element": element, "value": value}
            self.insert(
                "sys_journal_field", said | {"element_id": row["sys_id"]}, by=by, cause=cause
            )

    def _keep(self, table: str, verb: str, row: Row, cause: tuple[str, str]) -> None:
        self._rows[table][row["sys_id"]] = row
        self._note(table, verb, row, cause)

    def _note(self, table: str, verb: str, row: Row, cause: tuple[str, str]) -> None:
        method, path = cause
        payload = {"table": table, "record": row}
        self._ledger.note_effect(f"{table}.{verb}", payload, method, path)

    def _restore(self, verb: str, payload: Mapping[str, Any]) -> None:
        row = payload["record"]
        if verb == "deleted":
            self._rows[payload["table"]].pop(row["sys_id"], None)
        else:
            self._rows[payload["table"]][row["sys_id"]] = dict(row)
        digits = row.get("number", "").removeprefix("INC")
        if digits.isdigit():
            self._last_number = max(self._last_number, int(digits))
