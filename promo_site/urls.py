"""Every address of the product."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from access import urls as access_urls
from backlog import urls as backlog_urls
from campaigns import urls as campaigns_urls
from customers import urls as customers_urls
from designs import urls as designs_urls
from distributions import urls as distributions_urls
from events import urls as events_urls
from exports import urls as exports_urls
from orders import urls as orders_urls
from promo_site import home
from promo_site.health import healthz
from rewards import urls as rewards_urls
from schemas import urls as schemas_urls
from segments import urls as segments_urls
from transfers import urls as transfers_urls
from webhooks import urls as webhooks_urls

APPS = (
    access_urls,
    backlog_urls,
    schemas_urls,
    designs_urls,
    customers_urls,
    events_urls,
    # Before the orders: one of its addresses lies below theirs.
    exports_urls,
    orders_urls,
    segments_urls,
    campaigns_urls,
    rewards_urls,
    distributions_urls,
    transfers_urls,
    webhooks_urls,
)

# Only what serves pages loads them: most of the memory of a worker that need not.
admin.autodiscover()

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index")),
    path("healthz", healthz, name="healthz"),
    *home.urlpatterns,
    path("admin/", admin.site.urls),
    *[path("", include(app.api_patterns)) for app in APPS],
    *[path("", include(app.page_patterns)) for app in APPS if hasattr(app, "page_patterns")],
]

handler404 = "promo_site.answers.not_found"
handler500 = "promo_site.answers.server_error"
