"""Django settings; everything that differs between places comes from `portal.environment`."""

from datetime import timedelta
from typing import Any

from portal.environment import ROOT, read_environment

ENV = read_environment()
VERSION = "0.1.0"

SECRET_KEY = ENV.secret_key
FIELD_KEYS = ENV.field_keys
DEBUG = ENV.debug
ALLOWED_HOSTS = ENV.allowed_hosts
BASE_URL = ENV.base_url
VAR_DIR = ENV.var_dir
DEMO = ENV.demo
CLOCK_OFFSET = ENV.clock_offset  # seconds; a demonstration started at night opens in the morning
CALENDAR_HOSTS = ENV.calendar_hosts  # inside our network, asked for calendars all the same
SITE_NUMBER_PATTERN = ENV.site_number_pattern  # what a site's number looks like, whole
IDLE_MINUTES = ENV.idle_minutes  # a session locks after this long without a person
STREAMS = ENV.streams  # live streams of one web process with threads; None: nobody said
REDIS_URL = ENV.redis_url

INSTALLED_APPS = [
    "portal.admin.PortalAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "knox",
    "axes",
    "apps.core",
    "apps.ledger",
    "apps.accounts",
    "apps.connections",
    "apps.outbox",
    "apps.rollouts",
    "apps.oncall",
    "apps.incidents",
    "apps.servicenow",
    "apps.paging",
    "apps.intake",
    "apps.boards",
    "apps.duty",
    "apps.simulator",
]

MIDDLEWARE = [
    "portal.requests.RequestLog",
    "portal.doors.Doors",
    "apps.core.readonly.ReadOnlyPortal",
    "portal.squeeze.Squeeze",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "apps.core.readonly.LenientSessions",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "apps.accounts.middleware.OwnTimeZone",
    "apps.accounts.middleware.IdleLock",
    "portal.plain.PlainText",
    "portal.guards.PolicyMiddleware",
    "axes.middleware.AxesMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "apps.core.context.shell",
            ]
        },
    }
]

# --- data -----------------------------------------------------------------------------------

SQLITE_OPTIONS: dict[str, Any] = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    # FULL: a 2xx to a webhook promises that the row survives a power cut.
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; "
    "PRAGMA temp_store=MEMORY; PRAGMA cache_size=-16000",
}
DATABASES: dict[str, dict[str, Any]] = {"default": {**ENV.database}}
if ENV.is_sqlite:
    DATABASES["default"] |= {
        "ENGINE": "apps.core.sqlite",
        "OPTIONS": SQLITE_OPTIONS,
        "CONN_MAX_AGE": None,
    }
else:
    DATABASES["default"] |= {"CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": True}
MIGRATION_MODULES = {"knox": None}  # its only table is swapped for accounts.Token
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "accounts.Person"
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "console"
LOGOUT_REDIRECT_URL = "sign-in"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_SAMESITE = "Lax"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "apps.accounts.views.too_many"
AXES_VERBOSE = False
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

# --- time, words, files ---------------------------------------------------------------------

USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en-us"
STATIC_URL = "/static/"
STATIC_ROOT = None  # whitenoise serves what the apps ship; there is nothing to collect
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
EMAIL_CONFIG = ENV.email
vars().update(EMAIL_CONFIG)

# --- guarding the door ----------------------------------------------------------------------

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
IS_HTTPS = BASE_URL.startswith("https://")
SECURE_SSL_REDIRECT = False  # the proxy in front redirects (deploy/nginx.conf)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if IS_HTTPS else None
SECURE_HSTS_SECONDS = 31536000 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = IS_HTTPS
SECURE_HSTS_PRELOAD = IS_HTTPS
SESSION_COOKIE_SECURE = IS_HTTPS
CSRF_COOKIE_SECURE = IS_HTTPS
CSRF_FAILURE_VIEW = "apps.core.refusals.no_csrf"
SESSION_COOKIE_HTTPONLY = True
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}
SILENCED_SYSTEM_CHECKS = [
    "security.W004",  # HSTS is on when BASE_URL is https; one box on the loopback has no TLS
    "security.W008",  # the redirect to https is the proxy's
    "security.W012",  # secure cookies are on when BASE_URL is https
    "security.W016",  # the same for the CSRF cookie
]

# --- API ------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "apps.core.api.tokens.BearerToken",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["portal.guards.RoutePermission"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["apps.core.api.parsers.BoundedJSONParser"],
    "DEFAULT_SCHEMA_CLASS": "apps.core.api.schema.ProblemSchema",
    "DEFAULT_PAGINATION_CLASS": "apps.core.api.paging.KeysetPagination",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "EXCEPTION_HANDLER": "apps.core.api.problems.answer_problem",
    "DEFAULT_THROTTLE_CLASSES": ["apps.core.api.limits.CallerLimit"],
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "DATETIME_FORMAT": "iso-8601",
}
REST_KNOX = {
    "TOKEN_TTL": timedelta(days=90),
    "AUTH_HEADER_PREFIX": "Bearer",
    "AUTO_REFRESH": False,
    "TOKEN_MODEL": "accounts.Token",
}
KNOX_TOKEN_MODEL = "accounts.Token"  # noqa: S105 - the name of a model
SPECTACULAR_SETTINGS = {
    "TITLE": "Rollcall API",
    "DESCRIPTION": "Sites, on-call, messages and tickets of a staggered roll-out.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["portal.guards.RoutePermission"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "WorkItemKindEnum": "apps.boards.choices.Kind",
        "ScheduleChangeKindEnum": "apps.rollouts.choices.ChangeKind",
        "NewScheduleChangeKindEnum": "apps.rollouts.serializers.changes.MAKEABLE",
        "ReadinessStateEnum": "apps.rollouts.choices.Readiness",
        "PartEnum": "apps.rollouts.choices.Part",
    },
}

# --- work in the background -----------------------------------------------------------------

BELLS = {  # what may be rung for: name of the task, Celery queue it runs on
    "intake": ("intake.process", "intake"),
    "outbox": ("outbox.deliver", "sync"),
    "ledger": ("ledger.seal", "intake"),
    "paging": ("paging.take", "page"),
    "calendars": ("oncall.read_calendars", "sync"),
    "oncall": ("oncall.look", "page"),
}
INBOX_HANDLERS = {"slack": "apps.intake.slack.SlackInbox"}
OUTBOX_HANDLERS = {
    "servicenow.create": "apps.servicenow.deliveries.CreateRecord",
    "slack.reply": "apps.intake.deliveries.PostReply",
    "slack.post": "apps.intake.deliveries.PostText",
    "page.email": "apps.paging.deliveries.ByMail",
    "page.slack": "apps.paging.deliveries.BySlack",
    "page.channel": "apps.paging.deliveries.ToChannel",
    "page.thread": "apps.paging.deliveries.InThread",
    "page.other": "apps.paging.deliveries.ByOther",
    "brief.email": "apps.oncall.deliveries.BriefByMail",
    "cover.email": "apps.oncall.deliveries.CoverByMail",
    "holiday.email": "apps.oncall.deliveries.HolidayByMail",
}
DRAINS = {  # one pass over what is due; used by `manage.py drain`, by the tasks and by the tick
    "intake": "apps.intake.work.process_due",
    "outbox": "apps.outbox.work.deliver_due",
    "ledger": "apps.ledger.services.seal",
    "paging": "apps.paging.work.take_due",
    "calendars": "apps.oncall.reading.read_due",
    "oncall": "apps.oncall.work.pass_due",
}
TICK_SECONDS = 2
FIRST_ADMINISTRATOR = "apps.accounts.services.create_administrator"  # of an empty portal
CONFIG_SECTIONS = "portal.tables.CONFIG_SECTIONS"
NAVIGATION = "portal.tables.NAVIGATION"
SEARCHES = "portal.tables.SEARCHES"
MORE_PAGES = "portal.tables.MORE_PAGES"
HEAD_SEQ = "apps.ledger.services.head_seq"  # where the live updates of a page begin
TELL_REPORTERS = "apps.intake.services.tell_reporters"
HAND_OVER_FACTS = "portal.tables.HAND_OVER_FACTS"
FAIRNESS_COUNTS = "portal.tables.FAIRNESS_COUNTS"
HAND_OVER_FOLLOWERS = "portal.tables.HAND_OVER_FOLLOWERS"
INCIDENT_FOLLOWERS = "portal.tables.INCIDENT_FOLLOWERS"
PAGE_PANELS = "portal.tables.PAGE_PANELS"
HAND_OVER_EFFECTS = "portal.tables.HAND_OVER_EFFECTS"
GO_NO_GO_CHECKS = "portal.tables.GO_NO_GO_CHECKS"
PURGES = "portal.tables.PURGES"
FEEDS = "portal.tables.FEEDS"
SCHEDULE_EFFECTS = "portal.tables.SCHEDULE_EFFECTS"
HEALTH_CHECKS = "portal.tables.HEALTH_CHECKS"
READY_CHECKS = "portal.tables.READY_CHECKS"

# --- logs -----------------------------------------------------------------------------------

LOG_LEVEL = ENV.log_level
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "portal.logs.line_formatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {
        "django.request": {"level": "CRITICAL"},  # portal.requests writes one line per request
        "django.server": {"level": "WARNING"},
        "kombu": {"level": "ERROR"},
        "celery.redirected": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},  # else a line for every tick
        "celery.beat": {"level": "WARNING"},
        "apprise": {"level": "CRITICAL"},  # its lines may hold addresses
    },
}
