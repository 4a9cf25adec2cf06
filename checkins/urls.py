"""The pages of this app, for participants and in the admin."""

from django.urls import path

from checkins.views import check_ins, meetings, pair

app_name = "checkins"

urlpatterns = [
    path("pairs/<uuid:pairing>/", pair.pair, name="pair"),
    path("pairs/<uuid:pairing>/meetings/new/", meetings.propose, name="propose"),
    path("meetings/<uuid:meeting>/", meetings.meeting, name="meeting"),
    path("meetings/<uuid:meeting>/calendar.ics", meetings.calendar, name="calendar"),
    path("check-ins/<uuid:check_in>/", check_ins.check_in, name="check_in"),
]
