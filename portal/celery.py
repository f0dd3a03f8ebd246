"""The Celery app; its options are read from `portal.queues` when first needed."""

import os
import warnings

from celery import Celery
from celery.exceptions import SecurityWarning
from celery.signals import setup_logging

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
app = Celery("rollcall")
app.config_from_object("portal.queues")
app.autodiscover_tasks()
# `manage.py up` says it in one line of its own.
warnings.filterwarnings("ignore", category=SecurityWarning)


@setup_logging.connect
def keep_logging(**_: object) -> None:
    """Celery must not set up logging of its own: settings.LOGGING holds for every process."""
