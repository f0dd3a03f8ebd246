"""The link of a page's e-mail: signed, for one person and one page, for a day."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.urls import reverse

from apps.paging.models import Notice

GOOD_FOR = timedelta(hours=24)
SALT = "paging.acknowledge"


@dataclass(frozen=True)
class Link:
    """What a link says: whose, and of which page."""

    page_key: str
    username: str


class LinkExpired(Exception):
    """The link was ours, and is too old."""


def link_of(notice: Notice) -> str:
    """The address at which the person of this notice acknowledges its page, without signing in."""
    username = notice.person.username if notice.person else ""
    token = signing.dumps({"page": str(notice.step.page.key), "by": username}, salt=SALT)
    return settings.BASE_URL + reverse("page-link", args=[token])


def read_link(token: str) -> Link | None:
    """What a link says; None for one that is not ours. Raises LinkExpired."""
    try:
        facts = signing.loads(token, salt=SALT, max_age=GOOD_FOR)
        return Link(facts["page"], facts["by"])
    except signing.SignatureExpired as problem:
        raise LinkExpired from problem
    except (signing.BadSignature, KeyError, TypeError, ValueError):
        return None
