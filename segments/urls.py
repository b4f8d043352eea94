"""The addresses of segments."""

from django.urls import URLPattern, path

from segments.api import (
    ActivitiesView,
    CustomerSegmentsView,
    ExplainView,
    ImpactView,
    PreviewView,
    SegmentsView,
    SegmentView,
)

api_patterns: list[URLPattern] = [
    path("v1/segments", SegmentsView.as_view()),
    path("v1/segments/preview", PreviewView.as_view()),
    path("v1/segments/<str:public_id>", SegmentView.as_view()),
    path("v1/segments/<str:public_id>/impact", ImpactView.as_view()),
    path("v1/segments/<str:public_id>/explain", ExplainView.as_view()),
    path("v1/segments/<str:public_id>/activities", ActivitiesView.as_view()),
    path("v1/customers/<str:named>/segments", CustomerSegmentsView.as_view()),
]
