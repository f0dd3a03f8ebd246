"""Incidents of one ServiceNow instance through its Table API, nothing in an answer trusted."""

from collections.abc import Callable, Sequence
from typing import Any

from apps.connectors.base import ConnectorError, Ticket, TicketDraft
from apps.connectors.problems import from_reading, from_writing
from apps.connectors.servicenow.auth import auth_for
from apps.connectors.servicenow.config import ServiceNowConfig
from apps.connectors.servicenow.errors import broken, is_empty_set, redirected, refusal
from apps.connectors.servicenow.mapping import (
    FIELDS,
    names_references,
    query_value,
    record,
    sys_ids_query,
    ticket,
)
from apps.core.http import Answer, Http, HttpProblem

PATH = "api/now/table/incident"
FIND_LIMIT = 100
CHUNK = 40  # sys_ids in one query: keeps the URL below 2,048 characters
SHAPE = {
    "sysparm_fields": ",".join(FIELDS),
    "sysparm_display_value": "all",  # value and name of references in one answer
    "sysparm_exclude_reference_link": "true",
}


class ServiceNowDesk:
    """A TicketDesk on the incident table."""

    def __init__(self, config: ServiceNowConfig, http: Http) -> None:
        """Raises ConnectorError (permanent) when the user name is not one."""
        self._http = http
        self._auth = auth_for(config, http)

    def find(self, correlation_key: str) -> list[Ticket]:
        """The incidents that carry our key, oldest first. Raises ConnectorError.

        correlation_id is neither unique nor indexed at ServiceNow, so there may be several.
        An instance drops conditions it does not know and then answers with everything: rows of
        other keys alone are an error, not a result. So is a row that matched but that access
        rules took out of the answer: it must not pass for one that does not exist.
        """
        query = f"correlation_id={query_value(correlation_key)}^ORDERBYsys_created_on"
        tickets, matched = self._list(query, FIND_LIMIT)
        ours = [each for each in tickets if each.correlation_key == correlation_key]
        if ours:
            return sorted(ours, key=_age)
        if tickets:
            words = "ServiceNow ignored the search by correlation_id or hides that field from us."
            raise ConnectorError(words, permanent=True)
        if matched:
            words = "ServiceNow has a record with this key that its access rules hide from us."
            raise ConnectorError(words, permanent=True)
        return []

    def create(self, draft: TicketDraft) -> Ticket:
        """Makes one incident and returns it as stored (business rules may have changed it).

        Sent at most once. Raises ConnectorError; `ambiguous` when it may have been made.
        """
        fields = record(draft)
        params = dict(SHAPE)
        if names_references(fields):
            params["sysparm_input_display_value"] = "true"
        answer = self._authorised(lambda headers: self._post(fields, params, headers))
        if answer.status >= 400:
            raise refusal(answer, _json(answer))
        return _made(answer)

    def read(self, refs: Sequence[str]) -> list[Ticket]:
        """The incidents with these sys_ids; deleted and hidden ones are left out.

        Raises ConnectorError.
        """
        asked = list(dict.fromkeys(refs))
        chunks = (asked[start : start + CHUNK] for start in range(0, len(asked), CHUNK))
        return [each for chunk in chunks for each in self._read_chunk(chunk)]

    def _read_chunk(self, refs: list[str]) -> list[Ticket]:
        tickets, _ = self._list(sys_ids_query(refs), len(refs))
        if not {each.ref for each in tickets} <= set(refs):
            raise ConnectorError("ServiceNow ignored the search by sys_id.", permanent=True)
        return tickets

    def _list(self, query: str, limit: int) -> tuple[list[Ticket], int]:
        """The rows we may see and how many matched (as far as the instance counts them)."""
        params = SHAPE | {"sysparm_query": query, "sysparm_limit": str(limit)}
        answer = self._authorised(lambda headers: self._get(params, headers))
        if answer.status >= 400:
            return _nothing_or_refusal(answer), 0
        total = answer.headers.get("X-Total-Count", "")
        matched = int(total) if total.isascii() and total.isdigit() and len(total) < 12 else 0
        return [ticket(row) for row in _rows(answer)], matched

    def _authorised(self, call: Callable[[dict[str, str]], Answer]) -> Answer:
        """The answer to `call`, made again with a new sign-in after one 401."""
        answer = call(self._auth.headers())
        if answer.status == 401 and self._auth.renew():
            answer = call(self._auth.headers())
        return answer

    def _get(self, params: dict[str, str], headers: dict[str, str]) -> Answer:
        try:
            return self._http.get(PATH, params=params, headers=_accepting(headers))
        except HttpProblem as problem:
            raise redirected(problem) or from_reading(problem) from problem

    def _post(
        self, fields: dict[str, str], params: dict[str, str], headers: dict[str, str]
    ) -> Answer:
        try:
            return self._http.post_json(
                PATH, payload=fields, params=params, headers=_accepting(headers)
            )
        except HttpProblem as problem:
            raise redirected(problem) or from_writing(problem) from problem


def _accepting(headers: dict[str, str]) -> dict[str, str]:
    return {**headers, "Accept": "application/json"}


def _age(found: Ticket) -> tuple[str, str]:
    return (found.created_at.isoformat() if found.created_at else "", found.ref)


def _json(answer: Answer) -> Any:
    """The body, or None when it is not complete JSON."""
    try:
        return answer.json()
    except ValueError:
        return None


def _nothing_or_refusal(answer: Answer) -> list[Ticket]:
    """[] for version 1's 404 of an empty set; else raises ConnectorError, never ambiguous."""
    body = _json(answer)
    if is_empty_set(answer.status, body):
        return []
    raise _as_reading(refusal(answer, body))


def _rows(answer: Answer) -> list[Any]:
    """The rows of a list, only when it is whole. Raises ConnectorError.

    A 200 may hold a sign-in page, JSON cut in the middle or an `error` beside the result.
    """
    body = _json(answer)
    rows = body.get("result") if isinstance(body, dict) and "error" not in body else None
    if answer.media_type != "application/json" or not isinstance(rows, list):
        raise _as_reading(broken(answer, body))
    return rows


def _as_reading(error: ConnectorError) -> ConnectorError:
    return ConnectorError(str(error), permanent=error.permanent, retry_after=error.retry_after)


def _made(answer: Answer) -> Ticket:
    """The record in the answer to a POST. Raises ConnectorError (ambiguous) when it has none."""
    body = _json(answer)
    row = body.get("result") if isinstance(body, dict) and "error" not in body else None
    if answer.media_type != "application/json" or not isinstance(row, dict):
        raise broken(answer, body)
    try:
        return ticket(row)
    except ConnectorError as error:
        raise ConnectorError(str(error), ambiguous=True) from error
