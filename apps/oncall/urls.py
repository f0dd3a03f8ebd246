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
    path("oncall/mine/", views.mine, name="my-shifts"),
    path("oncall/cover/ask/", views.ask_cover, name="cover-ask"),
    path("oncall/cover/<int:pk>/accept/", views.accept_request, name="cover-page-accept"),
    path("oncall/cover/<int:pk>/decline/", views.decline_request, name="cover-page-decline"),
    path("oncall/cover/<int:pk>/withdraw/", views.withdraw_request, name="cover-page-withdraw"),
    path("oncall/swap/ask/", views.ask_swap, name="swap-ask"),
    path("oncall/swap/arrange/", views.arrange, name="swap-arrange"),
    path("oncall/leave/new/", views.new_leave, name="leave-page"),
    path("oncall/leave/<int:pk>/withdraw/", views.end_leave, name="leave-page-withdraw"),
    path("oncall/override/", views.override, name="override-page"),
    path("oncall/override/<int:pk>/withdraw/", views.end_override, name="override-page-withdraw"),
]
