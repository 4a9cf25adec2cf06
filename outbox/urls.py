"""Addresses of signed links, and of the embedded mailbox."""

from django.urls import path

from outbox.views import doors

app_name = "outbox"
urlpatterns = [
    path("e/<str:token>/", doors.link, name="link"),
    path("e/<str:token>/one-click/", doors.one_click, name="one_click"),
    path("mailbox/", doors.mailbox_list, name="mailbox"),
    path("mailbox/<str:name>/", doors.mailbox_one, name="mailbox_one"),
    path("mailbox/<str:name>/html/", doors.mailbox_html, name="mailbox_html"),
]
