"""The addresses of customers."""

from django.urls import URLPattern, path

from customers.api import browser
from customers.api.bulk import BulkView, ImportView, MetadataView
from customers.api.consents import ConsentsView, CustomerConsentsView
from customers.api.people import CustomersView, CustomerView, PermanentDeletionView
from customers.views import preferences

api_patterns: list[URLPattern] = [
    path("v1/customers", CustomersView.as_view()),
    path("v1/customers/importCSV", ImportView.as_view()),
    path("v1/customers/bulk/async", BulkView.as_view()),
    path("v1/customers/metadata/async", MetadataView.as_view()),
    path("v1/customers/<str:named>", CustomerView.as_view()),
    path("v1/customers/<str:named>/permanent-deletion", PermanentDeletionView.as_view()),
    path("v1/customers/<str:named>/consents", CustomerConsentsView.as_view()),
    path("v1/consents", ConsentsView.as_view()),
    path("client/v1/customers", browser.create_customer),
    path("client/v1/consents", browser.consents),
    path("client/v1/customers/<str:named>/consents", browser.customer_consents),
]
page_patterns: list[URLPattern] = [
    path("preferences/<str:token>", preferences.preferences, name="preferences"),
]
