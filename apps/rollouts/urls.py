"""Addresses of the roll-out below /api/v1/."""

from django.urls import URLPattern, path

from apps.rollouts import api, views

urlpatterns = [
    path("schedule-imports/", api.ScheduleImports.as_view(), name="schedule-imports"),
    path("programmes/", api.Programmes.as_view(), name="programmes"),
    path("products/", api.Products.as_view(), name="products"),
    path("sites/", api.Sites.as_view(), name="sites"),
    path("sites/<str:number>/", api.OneSite.as_view(), name="site"),
    path("sites/<str:number>/phase/", api.SitePhase.as_view(), name="site-phase"),
    path("waves/", api.Waves.as_view(), name="waves"),
    path("go-lives/", api.GoLives.as_view(), name="go-lives"),
    path("go-lives/<int:pk>/changes/", api.GoLiveChanges.as_view(), name="go-live-changes"),
    path("schedule-changes/", api.ScheduleChanges.as_view(), name="schedule-changes"),
    path("schedule-changes/<int:pk>/", api.OneScheduleChange.as_view(), name="schedule-change"),
    path("schedule-changes/<int:pk>/undo/", api.UndoChange.as_view(), name="schedule-undo"),
    path(
        "schedule-changes/<int:pk>/announce/",
        api.AnnounceChange.as_view(),
        name="schedule-announce",
    ),
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
    path("schedule/import/", views.upload, name="schedule-import"),
    path("schedule/import/<int:pk>/", views.look, name="schedule-import-look"),
    path("schedule/import/<int:pk>/read-as/", views.read_as, name="schedule-import-read-as"),
    path("schedule/import/<int:pk>/errors.csv", views.errors, name="schedule-import-errors"),
    path("schedule/import/<int:pk>/undo/", views.undo_whole, name="schedule-import-undo"),
    path("schedule/export/<slug:kind>.<slug:form>", views.export, name="schedule-export"),
    path("schedule/plan/", views.planner, name="planner"),
    path("schedule/plan/accept/", views.accept_plan, name="planner-accept"),
    path("waves/", views.waves, name="waves-page"),
    path("waves/<slug:programme>/<int:number>/", views.wave, name="wave-page"),
]
