"""Addresses of on-call below /api/v1/."""

from django.urls import URLPattern, path

from apps.oncall import views
from apps.oncall.api import OncallNow, OncallShifts

urlpatterns = [
    path("oncall/now/", OncallNow.as_view(), name="oncall-now"),
    path("oncall/shifts/", OncallShifts.as_view(), name="oncall-shifts"),
]

pages: list[URLPattern] = [path("oncall/", views.week, name="oncall-week")]
