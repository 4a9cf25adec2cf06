"""The pages of this app, for participants and in the admin."""

from django.urls import path

from council.views import asks, help, leaves, requests

app_name = "council"

urlpatterns = [
    path("help/", help.page, name="help"),
    path("requests/", requests.page, name="requests"),
    path("asks/<uuid:ask>/", asks.page, name="ask"),
    path("places/<uuid:membership>/leave/", leaves.leave, name="leave"),
    path("places/<uuid:membership>/withdraw/", leaves.withdraw, name="withdraw"),
    path("pairs/<uuid:pairing>/pause/", leaves.pause, name="pause"),
    path("admin/p/<slug:slug>/people/<uuid:member>/remove/", leaves.remove, name="remove"),
]
