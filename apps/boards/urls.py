"""Addresses of the boards: `urlpatterns` below /api/v1/, `pages` at the root."""

from django.urls import URLPattern, path

from apps.boards import api, views

urlpatterns = [
    path("work-items/", api.WorkItems.as_view(), name="work-items"),
    path("work-items/<str:key>/", api.OneWorkItem.as_view(), name="work-item"),
    path("work-items/<str:key>/move/", api.MoveWorkItem.as_view(), name="work-item-move"),
    path("boards/product/", api.ProductBoard.as_view(), name="board-product"),
    path("boards/delivery/", api.DeliveryBoard.as_view(), name="board-delivery"),
]

pages: list[URLPattern] = [
    path("boards/product/", views.board, {"board": "product"}, name="product-board"),
    path("boards/delivery/", views.board, {"board": "delivery"}, name="delivery-board"),
    path("boards/cards/<str:key>/", views.card, name="board-card"),
    path("boards/items/new/", views.new_item, name="new-work-item"),
    path("boards/items/<str:key>/", views.item, name="work-item-page"),
    path("boards/items/<str:key>/move/", views.move, name="work-item-page-move"),
    path("boards/items/<str:key>/link/", views.link, name="work-item-link"),
    path("boards/items/<str:key>/unlink/", views.unlink, name="work-item-unlink"),
]
