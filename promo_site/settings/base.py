"""Every setting of the product. Values that differ between installations come from the environment."""

from pathlib import Path

from django.urls import reverse_lazy

from promo_site.settings import environment
from promo_site.settings.frame import CAMPAIGN_PANELS as CAMPAIGN_PANELS
from promo_site.settings.frame import CUSTOMER_PANELS as CUSTOMER_PANELS
from promo_site.settings.frame import DATE_FORMAT as DATE_FORMAT
from promo_site.settings.frame import DATETIME_FORMAT as DATETIME_FORMAT
from promo_site.settings.frame import UNFOLD as UNFOLD
from promo_site.settings.seams import REWARD_DESK as REWARD_DESK
from promo_site.settings.seams import RULE_SUBJECTS as RULE_SUBJECTS

BASE_DIR = Path(__file__).resolve().parents[2]
DATA_DIR = Path(environment.text("PROMO_DATA", str(BASE_DIR / ".data")))

SECRET_KEY = environment.text("PROMO_SECRET_KEY")
PROMO_ENCRYPTION_KEY = environment.encryption_keys("PROMO_ENCRYPTION_KEY")[0]
# Keys of the past that still open what they sealed, until `./run manage rotate_secrets` has sealed it anew.
PROMO_ENCRYPTION_KEYS_BEFORE = environment.encryption_keys("PROMO_ENCRYPTION_KEYS_BEFORE", "")
DEBUG = False
ALLOWED_HOSTS = environment.text("PROMO_ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]").split(",")
PROMO_DEMO = environment.flag("PROMO_DEMO", True)
PROMO_MESSAGE_ID_DAYS = environment.days("PROMO_MESSAGE_ID_DAYS", 90)
PROMO_PUBLIC_URL = environment.text("PROMO_PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/")
PROMO_EGRESS_ALLOW = environment.networks("PROMO_EGRESS_ALLOW")
PROMO_PHONE_REGION = environment.text("PROMO_PHONE_REGION", "US").upper()
PROMO_MAIL_SERVER = environment.mail_server("EMAIL_URL")
PROMO_MAIL_FROM = environment.text("PROMO_MAIL_FROM", "promotions@localhost.localdomain")

INSTALLED_APPS = [
    "unfold",
    "unfold.contrib.filters",
    # Found by the addresses: what serves no page, as workers and beat, need not load them.
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_filters",
    "rest_framework",
    "access",
    "backlog",
    "schemas",
    "designs",
    "customers",
    "events",
    "orders",
    "segments",
    "campaigns",
    "rewards",
    "distributions",
    "exports",
    "transfers",
    "webhooks",
    "promo_site",
]

MIDDLEWARE = [
    "access.metering.ToldLimits",
    "promo_site.ingest.ShortWayIn",
    "promo_site.answers.NoZeroBytes",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "promo_site.urls"
WSGI_APPLICATION = "promo_site.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "promo_site.admin_frame.context",
            ],
        },
    },
]

DATABASES = {"default": environment.database("DATABASE_URL")}
REDIS_URL = environment.text("REDIS_URL")

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = reverse_lazy("admin:login")
LOGIN_REDIRECT_URL = reverse_lazy("admin:index")

LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = False

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = environment.flag("PROMO_HTTPS", False)
CSRF_TRUSTED_ORIGINS = [PROMO_PUBLIC_URL]
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "SAMEORIGIN"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        # Unfold's bundled Alpine evaluates the expressions in its attributes.
        "script-src": ["'self'", "'unsafe-eval'"],
        "style-src": ["'self'", "'unsafe-inline'"],
        "img-src": ["'self'", "data:"],
        "frame-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'self'"],
    },
}

# An event is answered from its own parser and limits; these bound everything else.
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["access.authentication.ServerKeyAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["access.authentication.HasScope"],
    "DEFAULT_PARSER_CLASSES": ["access.strict_json.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["access.strict_json.FastJSONRenderer"],
    "EXCEPTION_HANDLER": "access.problems.answer",
    "UNAUTHENTICATED_USER": None,
}

# Who reacts to events, in order; events/pipeline.py hands each the same batch.
EVENT_PIPELINE = [
    "segments.reactions.reevaluate",
    "rewards.reactions.reward",
    "distributions.reactions.enrol",
    "distributions.reactions.wake_waiting",
    "distributions.reactions.credit",
    "webhooks.reactions.tell",
]

# What apps above customers tell of them in their JSON, set-wise: function(customer ids) -> {id: parts}.
CUSTOMER_FACTS = ["orders.summaries.facts", "campaigns.redeeming.facts.of_customers", "rewards.facts.of_customers"]

# Who looks at customers again when facts of theirs changed without an event: function(customer ids, name of the facts).
CUSTOMER_FOLLOWERS = ["segments.membership.wakeups.look_again"]

# Which redemptions orders came to, told by the app that knows: function(ids of orders) -> {id: {redemption: facts}}.
ORDER_FACTS = ["campaigns.redeeming.facts.of_orders"]

# What is to be forgotten of a customer who is deleted or erased, from the top down: function(departure) -> counts.
CUSTOMER_ERASERS = [
    "exports.forgetting.forget",
    "webhooks.forgetting.forget",
    "transfers.forgetting.forget",
    "distributions.forgetting.forget",
    "campaigns.forgetting.forget",
    "segments.forgetting.forget",
    "orders.forgetting.forget",
    "events.forgetting.forget",
    "backlog.forgetting.forget",
]

# Query parameters of GET /v1/customers that an app above customers answers: parameter -> function(customers, value).
CUSTOMER_LIST_FILTERS = {"segment_id": "segments.membership.belonging.customers_in"}

# Validation rules ask for segments by these, and segments ask by the last who needs them: neither imports the other.
SEGMENT_MEMBERSHIP = "segments.membership.belonging.among"
SEGMENT_NAMES = "segments.references.names"
SEGMENT_HOLD = "segments.references.hold"
SEGMENT_USERS = ["campaigns.rules.references.rules_about", "rewards.references.rules_about"]

# Who does the slices of bulk calls: type -> function(action, rows) of backlog.working.
ASYNC_PERFORMERS = {
    "CAMPAIGN.VOUCHERS_GENERATE": "campaigns.growing.perform",
    "CAMPAIGN.VOUCHERS_IMPORT": "campaigns.importing.perform",
    "CAMPAIGN.VOUCHERS_IMPORT_CSV": "campaigns.importing.perform",
    "VOUCHERS.IMPORT": "campaigns.importing.perform",
    "VOUCHERS.IMPORT_CSV": "campaigns.importing.perform",
    "VOUCHERS.BULK_UPDATE": "campaigns.bulk.perform",
    "VOUCHERS.METADATA_UPDATE": "campaigns.bulk.perform",
    "CUSTOMERS.IMPORT_CSV": "events.welcoming.import_rows",
    "CUSTOMERS.BULK_UPDATE": "events.welcoming.update_many",
    "CUSTOMERS.METADATA_UPDATE": "events.welcoming.update_metadata",
    "PRODUCTS.BULK_UPDATE": "orders.performing.update_products",
    "PRODUCTS.METADATA_UPDATE": "orders.performing.update_product_metadata",
    "PRODUCTS.IMPORT_CSV": "orders.performing.import_products",
    "SKUS.IMPORT_CSV": "orders.performing.import_skus",
    "ORDERS.IMPORT": "orders.performing.import_orders",
}

CELERY_BROKER_URL = environment.broker("CELERY_BROKER_URL", REDIS_URL)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_DEFAULT_QUEUE = "bulk"
CELERY_TASK_ROUTES = {
    "events.tasks.apply_pending": {"queue": "evaluate"},
    "events.tasks.prune_message_ids": {"queue": "bulk"},
    "segments.tasks.wake_members": {"queue": "evaluate"},
    "distributions.tasks.send_due": {"queue": "send"},
    "webhooks.tasks.send_webhooks": {"queue": "send"},
    "webhooks.tasks.prune_sendouts": {"queue": "bulk"},
    "segments.tasks.fill_segments": {"queue": "bulk"},
    "campaigns.tasks.*": {"queue": "bulk"},
    "rewards.tasks.*": {"queue": "bulk"},
    "backlog.tasks.*": {"queue": "bulk"},
    "customers.tasks.*": {"queue": "bulk"},
    "promo_site.tasks.sweep": {"queue": "evaluate"},
}
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# In tasks; promo_site.celery says who closes connections instead.
CELERY_DB_REUSE_MAX = 1_000_000_000
CELERY_TASK_REJECT_ON_WORKER_LOST = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_connect_timeout": 1, "socket_timeout": 10, "visibility_timeout": 3600}
CELERY_TASK_PUBLISH_RETRY = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "promo_site.tasks.sweep", "schedule": 0.4, "options": {"expires": 2}},
}
CELERY_BEAT_MAX_LOOP_INTERVAL = 0.4

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": environment.text("PROMO_LOG_LEVEL", "WARNING")},
}
