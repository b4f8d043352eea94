"""The addresses of distributions."""

from django.urls import path

from distributions import api, links, listening
from distributions.views import hearing, leaving, texting, watching

_ONE = "v1/distributions/<str:public_id>"

api_patterns = [
    path("v1/distributions", api.Distributions.as_view()),
    path(_ONE, api.OneDistribution.as_view()),
    path(f"{_ONE}/live", api.Live.as_view()),
    path(f"{_ONE}/pause", api.Pause.as_view()),
    path(f"{_ONE}/resume", api.Resume.as_view()),
    path(f"{_ONE}/stop", api.Stop.as_view()),
    path(f"{_ONE}/test", api.Test.as_view()),
    path(f"{_ONE}/backtest", api.Backtest.as_view()),
    path(f"{_ONE}/messages", api.Messages.as_view()),
    path(f"{_ONE}/statistics", api.Statistics.as_view()),
    path(f"{_ONE}/explain", api.Explain.as_view()),
    path("v1/connections", api.Connections.as_view()),
    path("v1/connections/<str:public_id>", api.OneConnection.as_view()),
    path("v1/connections/<str:public_id>/test", api.TestConnection.as_view()),
]
page_patterns = [
    path("hooks/twilio/messages/<str:message_id>", texting.status, name="twilio_status"),
    path("hooks/twilio/<str:public_id>/replies", texting.reply, name="twilio_replies"),
    path("unsubscribe/<str:token>", leaving.unsubscribe, name="unsubscribe"),
    path(f"{listening.PATH}<str:token>", hearing.hear),
    path(f"{links.OPEN_PATH}<str:token>.gif", watching.picture),
    path(f"{links.CLICK_PATH}<str:token>", watching.click),
]
