"""Addresses of on-call below /api/v1/."""

from django.urls import URLPattern, path

from apps.oncall import views
from apps.oncall.api import OncallCoverage, OncallNow, OncallShifts

urlpatterns = [
    path("oncall/now/", OncallNow.as_view(), name="oncall-now"),
    path("oncall/shifts/", OncallShifts.as_view(), name="oncall-shifts"),
    path("oncall/coverage/", OncallCoverage.as_view(), name="oncall-coverage"),
]

pages: list[URLPattern] = [
    path("oncall/", views.week, name="oncall-week"),
    path("oncall/coverage/", views.coverage, name="coverage-page"),
    path("oncall/coverage/accept/", views.accept, name="coverage-accept"),
    path("oncall/coverage/<int:pk>/withdraw/", views.withdraw, name="coverage-withdraw"),
    path("oncall/coverage/cover/", views.cover_hole, name="coverage-cover"),
]
