"""Addresses of on-call below /api/v1/."""

from django.urls import path

from apps.oncall.api import OncallNow, OncallShifts

urlpatterns = [
    path("oncall/now/", OncallNow.as_view(), name="oncall-now"),
    path("oncall/shifts/", OncallShifts.as_view(), name="oncall-shifts"),
]
