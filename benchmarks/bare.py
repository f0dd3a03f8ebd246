"""The limits of this machine: a Django without middleware that says hello, and one that verifies a
signature, parses the body and makes one INSERT. Settings and routes in one module."""

import hashlib
import hmac
import json
import os
from typing import Any

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt


def configure(database: dict[str, Any]) -> None:
    """Settings of the bare project, with the portal's own database options."""
    settings.configure(
        SECRET_KEY="bare",
        DATABASES={"default": database},
        ROOT_URLCONF="benchmarks.bare",
        ALLOWED_HOSTS=["*"],
        USE_TZ=True,
        LOGGING_CONFIG=None,
    )


def hello(request: HttpRequest) -> HttpResponse:
    return HttpResponse("hello", headers={"Content-Length": "5"})


@csrf_exempt
def insert(request: HttpRequest) -> HttpResponse:
    """HMAC over the raw body, parse, one INSERT, nothing else."""
    body = request.body
    base = b"v0:" + request.headers["X-Slack-Request-Timestamp"].encode() + b":" + body
    digest = hmac.new(os.environ["BARE_SECRET"].encode(), base, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(f"v0={digest}", request.headers["X-Slack-Signature"]):
        return HttpResponse(status=401)
    json.loads(body)
    if connection.vendor == "sqlite":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("INSERT INTO bare (body) VALUES (%s)", [body.decode()])
    else:
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO bare (body) VALUES (%s)", [body.decode()])
    return HttpResponse(b"{}", content_type="application/json", headers={"Content-Length": "2"})


urlpatterns = [path("hello", hello), path("insert", insert)]


def make_application() -> Any:
    """The WSGI application; the database is the one of BARE_DATABASE (JSON)."""
    configure(json.loads(os.environ["BARE_DATABASE"]))
    return get_wsgi_application()
