"""The first administrator of an empty portal, and who may sign in to the demonstration."""

import secrets
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.utils.module_loading import import_string

FIRST = "admin"


def make_first_administrator(var_dir: Path, *, now: datetime) -> str:
    """Make the administrator when there is nobody yet; returns the password made, else "".

    The password is also kept in VAR_DIR/first-sign-in.txt, which only its owner may read.
    """
    if get_user_model().objects.exists():
        return ""
    password = secrets.token_urlsafe(15)
    kept = var_dir / "first-sign-in.txt"
    kept.touch(mode=0o600)
    kept.write_text(f"{FIRST}\n{password}\n", encoding="utf-8")
    create = import_string(settings.FIRST_ADMINISTRATOR)
    create(username=FIRST, name="Administrator", password=password, actor="system", now=now)
    return password


def usernames(limit: int = 12) -> list[str]:
    """Who may sign in, administrators first."""
    people = get_user_model().objects.filter(is_active=True)
    rows = people.order_by("-is_superuser", "username").values_list("username", flat=True)
    return [str(name) for name in rows[:limit]]
