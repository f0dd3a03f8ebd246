"""Addresses of the inbox below /api/v1/."""

from django.urls import path

from apps.intake.api import Arrivals, LogMessage, Messages, OneMessage, ReplayArrival

urlpatterns = [
    path("messages/", Messages.as_view(), name="messages"),
    path("messages/<int:pk>/", OneMessage.as_view(), name="message"),
    path("messages/<int:pk>/log/", LogMessage.as_view(), name="message-log"),
    path("arrivals/", Arrivals.as_view(), name="arrivals"),
    path("arrivals/<int:pk>/replay/", ReplayArrival.as_view(), name="arrival-replay"),
]
