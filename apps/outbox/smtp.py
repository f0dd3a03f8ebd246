"""A mail server may take minutes for one mail: whoever sends it says so all along."""

import smtplib
import time
from collections.abc import Callable
from typing import Any

from django.core.mail.backends.smtp import EmailBackend

EVERY = 5.0  # seconds; with one answer (MAIL_SECONDS) well below a lease


def _nothing() -> None:
    """For who holds no lease."""


class Backend(EmailBackend):
    """Django's, calling `alive` between the server's answers. A lease that ended in the middle of
    an exchange would let another worker send the same mail, and so on. `alive` may raise."""

    def __init__(self, *args: Any, alive: Callable[[], None] = _nothing, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._alive = alive
        self._said_at = time.monotonic()

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        """smtplib's, made for this backend."""
        say = self._say

        class Saying(smtplib.SMTP_SSL if self.use_ssl else smtplib.SMTP):  # type: ignore[misc]
            def getreply(self) -> tuple[int, bytes]:
                say()
                return super().getreply()  # type: ignore[no-any-return]

        return Saying

    def _say(self) -> None:
        if time.monotonic() - self._said_at >= EVERY:
            self._alive()
            self._said_at = time.monotonic()
