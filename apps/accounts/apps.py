"""Django's entry for this app."""

import time
from typing import Any

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.http import HttpRequest

SEEN = "seen"  # in a session: when a person last did something, seconds since 1970


def note_sign_in(request: HttpRequest, **_: Any) -> None:
    """The idle lock counts from the sign-in, whichever way somebody came in."""
    request.session[SEEN] = int(time.time())


class AccountsConfig(AppConfig):
    name = "apps.accounts"
    label = "accounts"

    def ready(self) -> None:
        user_logged_in.connect(note_sign_in, dispatch_uid="accounts.seen")
