"""The pages of this app, for participants and in the admin."""

from django.urls import path

from council.views import asks, board, case, concerns, help, leaves, reassigning, requests

# A follow-up of one program.
ONE = "admin/p/<slug:slug>/follow-ups/<uuid:case>/"

app_name = "council"

urlpatterns = [
    path("help/", help.page, name="help"),
    path("requests/", requests.page, name="requests"),
    path("concerns/", concerns.listed, name="concerns"),
    path("concerns/new/<slug:slug>/", concerns.concern_new, name="concern_new"),
    path("concerns/<uuid:concern>/", concerns.concern, name="concern"),
    path("concerns/<uuid:concern>/close/", concerns.close, name="concern_close"),
    path("asks/<uuid:ask>/", asks.page, name="ask"),
    path("places/<uuid:membership>/leave/", leaves.leave, name="leave"),
    path("places/<uuid:membership>/withdraw/", leaves.withdraw, name="withdraw"),
    path("pairs/<uuid:pairing>/pause/", leaves.pause, name="pause"),
    path("admin/p/<slug:slug>/follow-ups/", board.board, name="board"),
    path(ONE, case.case, name="case"),
    path(f"{ONE}note/", case.note, name="note"),
    path(f"{ONE}answered/", case.answered, name="answered"),
    path(f"{ONE}put-off/", case.snooze, name="snooze"),
    path(f"{ONE}hand-on/", case.hand_on, name="hand_on"),
    path(f"{ONE}another-mentor/", reassigning.reassign, name="reassign"),
    path(f"{ONE}another-mentor/<uuid:pairing>/", reassigning.reassign, name="reassign_pair"),
    path(f"{ONE}end/<uuid:pairing>/", case.end_pair, name="end_pair"),
    path(f"{ONE}decide/<slug:decision>/", case.decide, name="decide"),
    path("admin/p/<slug:slug>/people/<uuid:member>/remove/", leaves.remove, name="remove"),
]
