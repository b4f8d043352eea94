from django.apps import AppConfig

from benchmarks.reference import celery


class ReferenceConfig(AppConfig):
    name = "benchmarks.reference"
    label = "reference"

    celery = celery.app
