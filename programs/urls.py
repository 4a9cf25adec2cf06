"""The pages of one program; lists are the admin's own."""

from django.urls import include, path

from programs.import_urls import import_urls
from programs.views import emails, people, program

app_name = "programs"

urlpatterns = [
    path("new/", program.create, name="new"),
    path("<slug:slug>/open/", program.open_program, name="open"),
    path("<slug:slug>/end/", program.end_program, name="end"),
    path("<slug:slug>/settings/", program.settings, name="settings"),
    path("<slug:slug>/settings/team/", program.team, name="team"),
    path("<slug:slug>/settings/team/<uuid:member>/remove/", program.team_remove, name="team_remove"),
    path("<slug:slug>/settings/<slug:section>/", program.section, name="section"),
    path("<slug:slug>/import/", include(import_urls)),
    path("<slug:slug>/people/<uuid:member>/", people.participant, name="participant"),
    path("<slug:slug>/people/<uuid:member>/address/", people.address, name="address"),
    path("<slug:slug>/people/<uuid:member>/reach/", people.reach, name="reach"),
    path("<slug:slug>/people/<uuid:member>/places/", people.places, name="places"),
    path("<slug:slug>/people/<uuid:member>/move/<slug:to>/", people.move, name="move"),
    path("<slug:slug>/emails/<uuid:letter>/", emails.email, name="email"),
]
