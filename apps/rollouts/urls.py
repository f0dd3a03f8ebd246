"""Addresses of the roll-out below /api/v1/."""

from django.urls import URLPattern, path

from apps.rollouts import api, views

urlpatterns = [
    path("programmes/", api.Programmes.as_view(), name="programmes"),
    path("programmes/<slug:key>/", api.OneProgramme.as_view(), name="programme"),
    path("products/", api.Products.as_view(), name="products"),
    path("products/<int:pk>/", api.OneProduct.as_view(), name="product"),
    path("sites/", api.Sites.as_view(), name="sites"),
    path("sites/<str:number>/", api.OneSite.as_view(), name="site"),
    path("sites/<str:number>/phase/", api.SitePhase.as_view(), name="site-phase"),
    path("waves/", api.Waves.as_view(), name="waves"),
    path("waves/<int:pk>/", api.OneWave.as_view(), name="wave"),
    path("go-lives/", api.GoLives.as_view(), name="go-lives"),
    path("go-lives/<int:pk>/", api.OneGoLive.as_view(), name="go-live"),
    path("go-lives/<int:pk>/changes/", api.GoLiveChanges.as_view(), name="go-live-changes"),
    path("schedule-changes/", api.ScheduleChanges.as_view(), name="schedule-changes"),
    path("schedule-changes/<int:pk>/", api.OneScheduleChange.as_view(), name="schedule-change"),
    path("schedule-changes/<int:pk>/undo/", api.UndoChange.as_view(), name="schedule-undo"),
    path(
        "schedule-changes/<int:pk>/announce/",
        api.AnnounceChange.as_view(),
        name="schedule-announce",
    ),
    path("readiness/", api.ReadinessItems.as_view(), name="readiness"),
    path("readiness/tick/", api.TickReadiness.as_view(), name="readiness-tick"),
    path("readiness/<int:pk>/", api.OneReadinessItem.as_view(), name="readiness-one"),
    path(
        "readiness/batches/<int:pk>/undo/",
        api.UndoReadiness.as_view(),
        name="readiness-batch-undo",
    ),
    path("readiness-templates/", api.ReadinessTemplates.as_view(), name="readiness-templates"),
    path("waves/<slug:programme>/<int:number>/go-no-go/", api.GoNoGo.as_view(), name="go-no-go"),
    path("sign-offs/", api.SignOffs.as_view(), name="sign-offs"),
    path("sign-offs/<int:pk>/withdraw/", api.WithdrawSignOff.as_view(), name="sign-off-withdraw"),
    path("waivers/", api.Waivers.as_view(), name="waivers"),
    path("waivers/<int:pk>/withdraw/", api.WithdrawWaiver.as_view(), name="waiver-withdraw"),
    path("deputies/", api.Deputies.as_view(), name="deputies"),
    path("deputies/<int:pk>/end/", api.EndDeputy.as_view(), name="deputy-end"),
]

pages: list[URLPattern] = [
    path("sites/", views.sites, name="sites-page"),
    path("sites/<str:number>/", views.site, name="site-page"),
    path("schedule/", views.schedule, name="schedule"),
    path("schedule/change/", views.change, name="schedule-change-page"),
    path("schedule/changes/", views.changes, name="schedule-changes-page"),
    path("schedule/changes/<int:pk>/undo/", views.undo, name="schedule-change-undo"),
    path("schedule/changes/<int:pk>/announce/", views.announce, name="schedule-change-announce"),
    path("schedule/hand-overs/", views.hand_overs, name="hand-overs"),
    path("schedule/hand-overs/hold/", views.hold, name="hand-over-hold"),
    path("schedule/plan/", views.planner, name="planner"),
    path("schedule/plan/accept/", views.accept_plan, name="planner-accept"),
    path("waves/", views.waves, name="waves-page"),
    path("waves/<slug:programme>/<int:number>/", views.wave, name="wave-page"),
    path("waves/<slug:programme>/<int:number>/sign/", views.sign_wave, name="wave-sign"),
    path("waves/<slug:programme>/<int:number>/waive/", views.waive_finding, name="wave-waive"),
    path("waves/<slug:programme>/<int:number>/tick/", views.tick_cells, name="readiness-cells"),
    path(
        "waves/<slug:programme>/<int:number>/readiness/<slug:key>/",
        views.column,
        name="readiness-column",
    ),
    path("readiness/<int:pk>/", views.item, name="readiness-item"),
    path("readiness/batches/<int:pk>/undo/", views.undo_tick, name="readiness-undo"),
    path("sign-offs/<int:pk>/withdraw/", views.withdraw_signature, name="sign-off-page-withdraw"),
    path("waivers/<int:pk>/withdraw/", views.withdraw_waiver_of, name="waiver-page-withdraw"),
    path("deputies/", views.deputies, name="deputies-page"),
    path("deputies/<int:pk>/end/", views.end_deputy, name="deputy-page-end"),
]
