"""Addresses of the demonstration: playing events, one-click sign-in."""

from django.urls import URLPattern, path

from apps.simulator import views

pages: list[URLPattern] = [
    path("demo/sign-in/", views.sign_in, name="demo-sign-in"),
    path("demo/play/<slug:what>/", views.play_one, name="demo-play"),
]
