"""Choosing a mentor, for mentees, and answering, for mentors."""

from django.urls import path

from matching.views import answering, choosing, introducing

app_name = "choosing"

urlpatterns = [
    path("choose/<slug:slug>/", choosing.choose, name="choose"),
    path("choose/<slug:slug>/<uuid:mentor>/", choosing.mentor, name="mentor"),
    path("wanted/<uuid:offer>/", choosing.listed, name="listed"),
    path("asked/<uuid:offer>/", answering.asked, name="asked"),
    path("introduced/<uuid:member>/", introducing.introduced, name="introduced"),
    path("ask-me-again/<uuid:member>/", answering.again, name="again"),
]
