"""The addresses of customers."""

from django.urls import URLPattern, path

from customers.api import CustomersView, CustomerView

api_patterns: list[URLPattern] = [
    path("v1/customers", CustomersView.as_view()),
    path("v1/customers/<str:named>", CustomerView.as_view()),
]
