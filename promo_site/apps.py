from django.apps import AppConfig

from promo_site import celery


class SiteConfig(AppConfig):
    name = "promo_site"
    verbose_name = "Promotions"

    # Shared tasks bind to this application, in the web process as in the workers.
    celery = celery.app
