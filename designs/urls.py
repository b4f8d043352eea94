"""The addresses of pictures."""

from django.urls import URLPattern, path, re_path

from designs import views

api_patterns: list[URLPattern] = []
page_patterns = [
    re_path(r"^images/(?P<digest>[0-9a-f]{64})\.(?P<kind>png|jpg|gif)$", views.image, name="image"),
    path("designs/images/", views.uploads, name="image-uploads"),
]
