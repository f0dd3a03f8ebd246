"""The arguments of a Web API call, however the client sent them."""

import json
from typing import Any

from apps.simulator.fakes.exchange import FORM_TYPE, Request


def arguments_of(request: Request) -> dict[str, str]:
    """Query, form and JSON as one form: what is not text in JSON becomes JSON text.

    A body that cannot be read counts as none; a multipart one (files) is not for these methods.
    """
    arguments = dict(request.query)
    if request.media_type == FORM_TYPE:
        arguments |= request.form()
    elif request.media_type == "application/json":
        arguments |= _from_json(request)
    return arguments


def _from_json(request: Request) -> dict[str, str]:
    try:
        said = request.json()
    except (ValueError, RecursionError):
        return {}
    if not isinstance(said, dict):
        return {}
    return {name: _text(value) for name, value in said.items() if value is not None}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
