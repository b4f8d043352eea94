"""A small Django project as many would write it; Django's and Celery's own defaults wherever possible."""

import os

from promo_site.settings import environment

SECRET_KEY = "reference"
ALLOWED_HOSTS = ["*"]
INSTALLED_APPS = ["rest_framework", "benchmarks.reference.apps.ReferenceConfig"]
MIDDLEWARE = ["django.middleware.common.CommonMiddleware"]
ROOT_URLCONF = "benchmarks.reference.urls"
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = {"default": {**environment.database("DATABASE_URL"), "CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": False}}
REST_FRAMEWORK = {"UNAUTHENTICATED_USER": None, "DEFAULT_AUTHENTICATION_CLASSES": [], "DEFAULT_PERMISSION_CLASSES": []}
REDIS_URL = os.environ["REDIS_URL"]
CELERY_BROKER_URL = environment.broker("CELERY_BROKER_URL", REDIS_URL)
CELERY_TASK_IGNORE_RESULT = True
WEBHOOK_URL = os.environ.get("REFERENCE_WEBHOOK", "")
