from django.urls import path

from benchmarks.reference import views

urlpatterns = [
    path("healthz", views.Health.as_view()),
    path("parse", views.Parse.as_view()),
    path("naive/events", views.NaiveEvents.as_view()),
]
