"""Addresses of the inbox: the API below /api/v1/, and its pages."""

from django.urls import URLPattern, path

from apps.intake import api, views

urlpatterns = [
    path("messages/", api.Messages.as_view(), name="messages"),
    path("messages/<int:pk>/", api.OneMessage.as_view(), name="message"),
    path("messages/<int:pk>/log/", api.LogMessage.as_view(), name="message-log"),
    path("messages/<int:pk>/attach/", api.AttachMessage.as_view(), name="message-attach"),
    path("messages/<int:pk>/dismiss/", api.DismissMessage.as_view(), name="message-dismiss"),
    path("messages/<int:pk>/ask/", api.AskBack.as_view(), name="message-ask"),
    path("messages/<int:pk>/restore/", api.RestoreMessage.as_view(), name="message-restore"),
    path("arrivals/", api.Arrivals.as_view(), name="arrivals"),
    path("arrivals/<int:pk>/replay/", api.ReplayArrival.as_view(), name="arrival-replay"),
]

pages: list[URLPattern] = [
    path("inbox/", views.inbox, name="inbox"),
    path("inbox/done/", views.done, name="inbox-done"),
    path("inbox/<int:pk>/", views.inbox, name="inbox-message"),
    path("inbox/<int:pk>/log/", views.log_page, name="inbox-log"),
    path("inbox/<int:pk>/attach/", views.attach_page, name="inbox-attach"),
    path("inbox/<int:pk>/dismiss/", views.dismiss_page, name="inbox-dismiss"),
    path("inbox/<int:pk>/ask/", views.ask_page, name="inbox-ask"),
    path("inbox/<int:pk>/restore/", views.restore_page, name="inbox-restore"),
    path("inbox/<int:pk>/reveal/", views.reveal_page, name="inbox-reveal"),
    path("inbox/channels/<int:pk>/bind/", views.bind_page, name="channel-bind"),
    path("incidents/<str:number>/reply/", views.reply_page, name="ticket-reply"),
]
