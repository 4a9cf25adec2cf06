"""Addresses of signed links, and of the embedded mailbox."""

from django.urls import path

from outbox import views

app_name = "outbox"
urlpatterns = [
    path("e/<str:token>/", views.link, name="link"),
    path("e/<str:token>/one-click/", views.one_click, name="one_click"),
    path("mailbox/", views.mailbox_list, name="mailbox"),
    path("mailbox/<str:name>/", views.mailbox_one, name="mailbox_one"),
    path("mailbox/<str:name>/html/", views.mailbox_html, name="mailbox_html"),
]
