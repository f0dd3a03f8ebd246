"""Addresses of the roll-out below /api/v1/."""

from django.urls import path

from apps.rollouts import api

urlpatterns = [
    path("programmes/", api.Programmes.as_view(), name="programmes"),
    path("products/", api.Products.as_view(), name="products"),
    path("sites/", api.Sites.as_view(), name="sites"),
    path("sites/<str:number>/", api.OneSite.as_view(), name="site"),
    path("sites/<str:number>/phase/", api.SitePhase.as_view(), name="site-phase"),
    path("waves/", api.Waves.as_view(), name="waves"),
    path("go-lives/", api.GoLives.as_view(), name="go-lives"),
]
