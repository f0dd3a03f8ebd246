"""Refusals in ServiceNow's envelope, and the faults only it has."""

from dataclasses import replace

from apps.simulator.fakes.exchange import Reply, json_reply
from apps.simulator.fakes.faults import COMMON, Fault
from apps.simulator.fakes.switches import Switch

RULE_SYS_ID = "0a1b2c3d4e5f60718293a4b5c6d7e8f9"
LIMIT = 100
CANCELLED = "Transaction cancelled: maximum execution time exceeded"


def failure(status: int, message: str, detail: str | None, *headers: tuple[str, str]) -> Reply:
    """An error as every API of an instance words it."""
    body = {"error": {"message": message, "detail": detail}, "status": "failure"}
    return json_reply(status, body, *headers)


def no_record() -> Reply:
    """A record that is not there and one that access rules hide look the same."""
    detail = "Record doesn't exist or ACL restricts the record retrieval"
    return failure(404, "No Record found", detail)


def _business_rule(switch: Switch, _: Reply) -> Reply:
    rule = switch.words or "Check assignment group"
    detail = (
        f"Operation against file 'incident' was aborted by Business Rule '{rule}^{RULE_SYS_ID}'. "
        f"Business Rule Stack:{rule}"
    )
    return failure(403, "Operation Failed", detail)


def _forbidden(_: Switch, __: Reply) -> Reply:
    return failure(403, "Insufficient rights to query records", None)


def _unauthorized(_: Switch, __: Reply) -> Reply:
    return failure(401, "User Not Authenticated", "Required to provide Auth information")


def _rate_limited(switch: Switch, _: Reply) -> Reply:
    wait = switch.retry_after
    headers = [("X-RateLimit-Limit", str(LIMIT)), ("X-RateLimit-Rule", RULE_SYS_ID)]
    headers += [("Retry-After", str(wait))] if wait is not None else []
    detail = f"Rate limit of {LIMIT} requests per hour for Table API exceeded"
    return failure(429, "Rate limit exceeded", detail, *headers)


def _failed(_: Switch, __: Reply) -> Reply:
    return failure(500, CANCELLED, f"{CANCELLED}. Check logs for error trace.")


def _truncated(_: Switch, reply: Reply) -> Reply:
    """200 although it broke off: the result stops in its middle and an error follows."""
    half = reply.body[: len(reply.body) // 2]
    error = failure(200, CANCELLED, f"{CANCELLED}. Check logs for error trace.").body
    return replace(reply, status=200, body=half + b'}"",' + error[1:])


FAULTS = COMMON | {
    "business_rule": Fault(spoil=_business_rule),
    "forbidden": Fault(spoil=_forbidden),
    "unauthorized": Fault(spoil=_unauthorized),
    "rate_limited": Fault(spoil=_rate_limited),
    "error_500": Fault(spoil=_failed),
    "commit_then_500": Fault(spoil=_failed, commits=True),
    "truncated": Fault(spoil=_truncated, commits=True),
}
