"""The addresses of transfers."""

from django.urls import path

from transfers import api

_ALL = "v1/campaigns/<str:campaign>/mailchimp-exports"

api_patterns = [
    path(_ALL, api.MailchimpExports.as_view()),
    path(f"{_ALL}/<str:public_id>", api.OneMailchimpExport.as_view()),
]
