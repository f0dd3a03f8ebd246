"""What a request brings along: types it must have, fields it holds."""

from collections.abc import Mapping
from typing import Any

from apps.simulator.fakes.exchange import Reply, Request
from apps.simulator.fakes.servicenow.errors import failure

JSON = "application/json"


def wrong_content(request: Request) -> Reply | None:
    """The refusal of types other than JSON; None when they are right."""
    accepted = request.headers.get("accept", "*/*")
    if not any(each in accepted for each in (JSON, "*/*", "application/*")):
        return failure(406, "Not Acceptable", f"{accepted} is not offered")
    if request.method in {"GET", "DELETE"} or request.media_type == JSON:
        return None
    if not request.media_type:
        return failure(400, "Bad Request", "Content-Type is missing")
    return failure(415, "Unsupported Media Type", f"{request.media_type} is not supported")


def fields_in(request: Request) -> Mapping[str, Any] | Reply:
    """The fields of the first record in the body, or the refusal of what is none."""
    said = parsed(request, None)
    if isinstance(said, dict) and isinstance(said.get("records"), list):
        said = said["records"]
    if isinstance(said, list):
        said = said[0] if said else None
    if isinstance(said, dict):
        return said
    return failure(400, "Exception while reading request", "The payload is not valid JSON.")


def parsed(request: Request, otherwise: Any) -> Any:
    try:
        return request.json()
    except (ValueError, RecursionError):
        return otherwise
