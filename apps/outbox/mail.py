"""The portal's own mail (EMAIL_URL) as a system that promises are made to."""

import smtplib

from django.core.mail import EmailMessage, get_connection

from apps.connections.models import Connection
from apps.connectors.base import ConnectorError
from apps.outbox.handlers import Job

MAIL_KEY = "mail"
MAIL_SECONDS = 15  # for each answer of the mail server; between two the lease is renewed


def mail_connection() -> Connection:
    """The connection mail goes over, with a circuit of its own; made when it is first used."""
    made, _ = Connection.objects.get_or_create(key=MAIL_KEY, defaults={"kind": "email"})
    return made


def send_mail(
    job: Job, *, to: str, subject: str, text: str, headers: dict[str, str] | None = None
) -> dict[str, str]:
    """Send one mail; the key of the delivery names it. Returns what the log keeps. Raises
    ConnectorError."""
    message = EmailMessage(
        subject, text, to=[to],
        headers={"Message-ID": f"<{job.delivery.key}@rollcall>"} | (headers or {}),
        connection=get_connection(timeout=MAIL_SECONDS, alive=job.guard),
    )  # fmt: skip
    job.guard()
    try:
        message.send()
    except (smtplib.SMTPException, OSError) as problem:
        raise _mail_problem(problem) from problem
    return {"message_id": str(job.delivery.key)}


def _mail_problem(problem: Exception) -> ConnectorError:
    """What a mail server's refusal means; never its own words, which may name people."""
    codes = [getattr(problem, "smtp_code", 0)]
    of_one = isinstance(problem, smtplib.SMTPRecipientsRefused)
    if isinstance(problem, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _ in problem.recipients.values()]
    is_permanent = any(500 <= code < 600 for code in codes)
    is_sign_in = isinstance(problem, smtplib.SMTPAuthenticationError)  # ours to mend: try again
    words = f"the mail server: {type(problem).__name__} {codes[0] or ''}".rstrip()
    return ConnectorError(words, permanent=is_permanent and not is_sign_in, of_one=of_one)
