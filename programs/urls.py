"""The pages of one program; lists are the admin's own."""

from django.urls import include, path

from programs.import_urls import import_urls
from programs.views import automatic, emails, mailing, people, program, wording

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
    path("<slug:slug>/emails/write/", mailing.written, name="written"),
    path("<slug:slug>/emails/write/new/", mailing.begin, name="mailing_begin"),
    path("<slug:slug>/emails/write/<uuid:mailing>/", mailing.mailing, name="mailing"),
    path("<slug:slug>/emails/write/<uuid:mailing>/check/", mailing.check, name="mailing_check"),
    path("<slug:slug>/emails/write/<uuid:mailing>/progress/", mailing.progress, name="mailing_progress"),
    path("<slug:slug>/emails/write/<uuid:mailing>/rest/", mailing.rest, name="mailing_rest"),
    path("<slug:slug>/emails/write/<uuid:mailing>/take-back/", mailing.take_back, name="mailing_take_back"),
    path("<slug:slug>/emails/write/<uuid:mailing>/discard/", mailing.discard, name="mailing_discard"),
    path("<slug:slug>/people/filters/", mailing.filters, name="filters"),
    path("<slug:slug>/people/filters/<int:row>/remove/", mailing.filter_remove, name="filter_remove"),
    path("<slug:slug>/emails/automatic/", automatic.every, name="automatic"),
    path("<slug:slug>/emails/automatic/around/", wording.around, name="automatic_around"),
    path("<slug:slug>/emails/automatic/<str:kind>/", automatic.one, name="automatic_one"),
    path("<slug:slug>/emails/automatic/<str:kind>/switch/", automatic.switch, name="automatic_switch"),
    path("<slug:slug>/emails/automatic/<str:kind>/test/", automatic.test, name="automatic_test"),
    path("<slug:slug>/emails/automatic/<str:kind>/text/", wording.text, name="automatic_text"),
    path("<slug:slug>/emails/automatic/<str:kind>/text/back/", wording.back, name="automatic_back"),
    path("<slug:slug>/emails/<uuid:letter>/", emails.email, name="email"),
    path("<slug:slug>/emails/<uuid:letter>/<slug:verb>/", emails.change, name="email_change"),
]
