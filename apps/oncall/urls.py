"""Addresses of on-call below /api/v1/."""

from django.urls import URLPattern, path

from apps.oncall import api, views

urlpatterns = [
    path("oncall/now/", api.OncallNow.as_view(), name="oncall-now"),
    path("oncall/shifts/", api.OncallShifts.as_view(), name="oncall-shifts"),
    path("oncall/coverage/", api.OncallCoverage.as_view(), name="oncall-coverage"),
    path("oncall/fairness/", api.OncallFairness.as_view(), name="oncall-fairness"),
    path("oncall/overrides/", api.Overrides.as_view(), name="oncall-overrides"),
    path("oncall/overrides/<int:pk>/", api.OneOverride.as_view(), name="oncall-override"),
    path("oncall/swaps/", api.Swaps.as_view(), name="oncall-swaps"),
    path("oncall/covers/", api.Covers.as_view(), name="oncall-covers"),
    path("oncall/covers/<int:pk>/", api.OneCover.as_view(), name="oncall-cover"),
    path("oncall/covers/<int:pk>/accept/", api.AcceptCover.as_view(), name="oncall-cover-accept"),
    path(
        "oncall/covers/<int:pk>/decline/", api.DeclineCover.as_view(), name="oncall-cover-decline"
    ),
    path(
        "oncall/covers/<int:pk>/withdraw/",
        api.WithdrawCover.as_view(),
        name="oncall-cover-withdraw",
    ),
    path("oncall/calendars/", api.Calendars.as_view(), name="oncall-calendars"),
    path("oncall/calendars/<int:pk>/", api.OneCalendar.as_view(), name="oncall-calendar"),
    path("oncall/leave/", api.Leaves.as_view(), name="oncall-leaves"),
    path("handovers/", api.HandOvers.as_view(), name="handovers"),
    path("handovers/<int:pk>/", api.OneHandOver.as_view(), name="handover"),
    path("handovers/<int:pk>/hand-over/", api.GiveHandOver.as_view(), name="handover-give"),
    path(
        "handovers/<int:pk>/acknowledge/",
        api.AcknowledgeHandOver.as_view(),
        name="handover-acknowledge",
    ),
    path("holiday-duties/", api.HolidayDuties.as_view(), name="holiday-duties"),
    path("holiday-duties/<int:pk>/", api.OneHolidayDuty.as_view(), name="holiday-duty"),
    path(
        "holiday-duties/<int:pk>/confirm/",
        api.ConfirmHolidayDuty.as_view(),
        name="holiday-duty-confirm",
    ),
    path(
        "holiday-duties/<int:pk>/withdraw/",
        api.WithdrawHolidayDuty.as_view(),
        name="holiday-duty-withdraw",
    ),
    path(
        "holiday-duties/<int:pk>/reopen/",
        api.ReopenHolidayDuty.as_view(),
        name="holiday-duty-reopen",
    ),
    path("oncall/leave/<int:pk>/", api.OneLeave.as_view(), name="oncall-leave"),
]

pages: list[URLPattern] = [
    path("oncall/", views.week, name="oncall-week"),
    path("oncall/coverage/", views.coverage, name="coverage-page"),
    path("oncall/coverage/accept/", views.accept, name="coverage-accept"),
    path("oncall/coverage/<int:pk>/withdraw/", views.withdraw, name="coverage-withdraw"),
    path("oncall/coverage/cover/", views.cover_hole, name="coverage-cover"),
    path("oncall/rotas/new/", views.new_rota, name="rota-new"),
    path("oncall/rotas/<int:pk>/layers/new/", views.new_layer, name="layer-new"),
    path("oncall/rotas/<int:pk>/layers/end/", views.end_layer, name="layer-end"),
    path("oncall/fairness/", views.fairness, name="fairness-page"),
    path("oncall/fairness/fairness.csv", views.fairness_csv, name="fairness-csv"),
    path("oncall/rotas/<int:pk>/", views.rota, name="rota-page"),
    path("oncall/rotas/<int:pk>/mute/", views.mute, name="rota-mute"),
    path(
        "oncall/rotas/<int:pk>/versions/<int:version>/call-off/",
        views.call_off_version,
        name="version-call-off",
    ),
    path("oncall/rotas/<int:pk>/edit/", views.edit_rota, name="rota-edit"),
    path("oncall/rotas/<int:pk>/calendars/new/", views.add_calendar, name="calendar-add"),
    path("oncall/calendars/<int:pk>/", views.calendar, name="calendar-page"),
    path("oncall/calendars/<int:pk>/file/", views.newer_file, name="calendar-file"),
    path("oncall/calendars/<int:pk>/look/", views.look_at_calendar, name="calendar-look"),
    path("oncall/calendars/<int:pk>/read/", views.read_calendar, name="calendar-read"),
    path("oncall/calendars/<int:pk>/remove/", views.remove_calendar, name="calendar-remove"),
    path("oncall/hand-overs/", views.hand_overs, name="shift-hand-overs"),
    path("oncall/hand-overs/<int:pk>/", views.hand_over, name="shift-hand-over"),
    path(
        "oncall/hand-overs/<int:pk>/acknowledge/",
        views.acknowledge_hand_over,
        name="shift-hand-over-acknowledge",
    ),
    path("oncall/holidays/", views.holidays, name="holiday-duties-page"),
    path("oncall/holidays/<int:pk>/", views.holiday, name="holiday-duty-page"),
    path(
        "oncall/holidays/<int:pk>/confirm/", views.confirm_holiday, name="holiday-duty-page-confirm"
    ),
    path(
        "oncall/holidays/<int:pk>/not-needed/",
        views.withdraw_holiday,
        name="holiday-duty-page-withdraw",
    ),
    path("oncall/holidays/<int:pk>/reopen/", views.reopen_holiday, name="holiday-duty-page-reopen"),
    path("oncall/briefs/<int:pk>/", views.brief, name="shift-brief"),
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
