"""Addresses of the outbox below /api/v1/."""

from django.urls import path

from apps.outbox.api import Deliveries, ReplayDelivery

urlpatterns = [
    path("deliveries/", Deliveries.as_view(), name="deliveries"),
    path("deliveries/<int:pk>/replay/", ReplayDelivery.as_view(), name="delivery-replay"),
]
