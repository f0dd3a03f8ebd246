"""Query parameters: instants and dates, or a problem in words."""

from datetime import date, datetime

from rest_framework.exceptions import ValidationError
from rest_framework.fields import DateField
from rest_framework.request import Request

from apps.core.api.fields import InstantField
from apps.core.api.problems import Problem


def instant(request: Request, name: str) -> datetime | None:
    """The instant (UTC) of a query parameter, None when it is left out. Raises Problem 400."""
    text = request.query_params.get(name)
    if not text:
        return None
    try:
        # "+" of an offset that was not escaped arrives as a space.
        found: datetime = InstantField().run_validation(text.replace(" ", "+"))
    except ValidationError as problem:
        raise Problem(400, f"{name} is not an instant.", errors={name: problem.detail}) from problem  # type: ignore[dict-item]  # words are texts
    return found


def day(request: Request, name: str) -> date | None:
    """The date of a query parameter, None when it is left out. Raises Problem 400."""
    text = request.query_params.get(name)
    if not text:
        return None
    try:
        found: date = DateField().run_validation(text)
    except ValidationError as problem:
        words = "Not a date; write it as 2022-05-02."
        raise Problem(400, f"{name} is not a date.", errors={name: [words]}) from problem
    return found
