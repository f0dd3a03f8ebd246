"""Options of Celery: broker, queues, beat table. Work is rows; Celery only wakes who does it."""

from typing import Any

from django.conf import settings

QUEUES = ("intake", "sync", "page", "report")
BROKER_FOLDER = settings.VAR_DIR / "broker"


def _local_folders() -> dict[str, Any]:
    """kombu's folders of messages: nobody but the portal's own user may look in."""
    for folder in (BROKER_FOLDER, BROKER_FOLDER / "messages", BROKER_FOLDER / "control"):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return {
        "data_folder_in": str(BROKER_FOLDER / "messages"),
        "data_folder_out": str(BROKER_FOLDER / "messages"),
        "control_folder": str(BROKER_FOLDER / "control"),
        "polling_interval": 0.1,
    }


# A message of a killed worker comes back after some 13 s instead of 98 s.
_REDIS = {
    "visibility_timeout": 10,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "socket_connect_timeout": 0.2,
    "socket_timeout": 5,
}
_NO_RETRY = {
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0,
    "interval_max": 0,
}

broker_url = settings.REDIS_URL or "filesystem://"
broker_transport = None if settings.REDIS_URL else "portal.broker:Transport"
broker_transport_options = (_REDIS if settings.REDIS_URL else _local_folders()) | _NO_RETRY
broker_connection_timeout = 0.2
broker_connection_retry_on_startup = True
broker_connection_max_retries = None
broker_pool_limit = 4

task_serializer = "json"
accept_content = ["json"]
task_ignore_result = True
task_default_queue = "intake"
task_create_missing_queues = True
task_publish_retry = False
task_publish_retry_policy = _NO_RETRY
task_routes = {
    "intake.*": {"queue": "intake"},
    "ledger.*": {"queue": "intake"},
    "oncall.look": {"queue": "page"},
    "oncall.read_calendars": {"queue": "sync"},
    "outbox.*": {"queue": "sync"},
    "paging.*": {"queue": "page"},
}

timezone = "UTC"
enable_utc = True

worker_pool = "threads"
worker_prefetch_multiplier = 1
worker_hijack_root_logger = False
worker_redirect_stdouts = False
worker_send_task_events = False
worker_cancel_long_running_tasks_on_connection_loss = False

beat_schedule_filename = str(settings.VAR_DIR / "beat-schedule")
beat_schedule = {
    f"tick-{queue}": {
        "task": "core.tick",
        "schedule": settings.TICK_SECONDS,
        "args": [queue],
        # A tick nobody took in time is worth nothing: the next one does the same.
        "options": {"queue": queue, "expires": settings.TICK_SECONDS, "ignore_result": True},
    }
    for queue in sorted({queue for _, queue in settings.BELLS.values()})
} | {
    name: {
        "task": task,
        "schedule": 3600.0,
        "options": {"queue": "report", "expires": 3600.0, "ignore_result": True},
    }
    for name, task in {"purge": "core.purge", "purge-imports": "rollouts.purge_imports"}.items()
}
