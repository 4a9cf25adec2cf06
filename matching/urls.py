"""The matching workbench of one program; lists are the admin's own."""

from django.urls import path

from matching.views import (
    apart,
    asking,
    bench,
    first,
    introducing,
    pairs,
    publishing,
    reports,
    rounds,
    rules,
    versions,
    weights,
)

app_name = "matching"

urlpatterns = [
    path("<slug:slug>/matching/", rules.home, name="home"),
    path("<slug:slug>/matching/rules/new/<slug:kind>/", rules.rule_new, name="rule_new"),
    path("<slug:slug>/matching/rules/weighing/", rules.weighing, name="weighing"),
    path("<slug:slug>/matching/rules/file/", rules.take_along, name="rules_file"),
    path("<slug:slug>/matching/rules/from-file/", rules.bring, name="rules_from_file"),
    path("<slug:slug>/matching/apart/", apart.apart, name="apart"),
    path("<slug:slug>/matching/apart/<uuid:row>/remove/", apart.remove, name="apart_remove"),
    path("<slug:slug>/matching/first/", first.first, name="first"),
    path("<slug:slug>/matching/rules/versions/", versions.versions, name="versions"),
    path("<slug:slug>/matching/rules/versions/<int:version>/again/", versions.again, name="version_again"),
    path("<slug:slug>/matching/rules/weights/", weights.weights, name="weights"),
    path("<slug:slug>/matching/rules/<int:place>/", rules.rule, name="rule"),
    path("<slug:slug>/matching/rules/<int:place>/remove/", rules.rule_remove, name="rule_remove"),
    path("<slug:slug>/matching/mentors/", asking.mentors, name="asking"),
    path("<slug:slug>/matching/mentors/ask/", asking.ask, name="ask_mentors"),
    path("<slug:slug>/matching/mentors/<uuid:mentor>/", asking.note, name="note_availability"),
    path("<slug:slug>/matching/mentors/<uuid:mentor>/early/", asking.back_early, name="back_early"),
    path("<slug:slug>/matching/ask/", rounds.ask, name="ask"),
    path("<slug:slug>/matching/rounds/<uuid:round>/", rounds.round, name="round"),
    path("<slug:slug>/matching/rounds/<uuid:round>/progress/", rounds.progress, name="progress"),
    path("<slug:slug>/matching/rounds/<uuid:round>/mentees/<uuid:mentee>/", bench.change, name="change"),
    path("<slug:slug>/matching/rounds/<uuid:round>/mentors/<uuid:mentor>/", bench.places, name="places"),
    path("<slug:slug>/matching/rounds/<uuid:round>/undo/", bench.undo, name="undo"),
    path("<slug:slug>/matching/rounds/<uuid:round>/let-go/", bench.let_all_go, name="let_all_go"),
    path("<slug:slug>/matching/rounds/<uuid:round>/publish/", publishing.publish, name="publish"),
    path("<slug:slug>/matching/rounds/<uuid:round>/discard/", publishing.discard, name="discard"),
    path("<slug:slug>/matching/rounds/<uuid:round>/fairness/", reports.fairness, name="fairness"),
    path("<slug:slug>/matching/rounds/<uuid:round>/compare/", reports.compare, name="compare"),
    path("<slug:slug>/matching/published/<uuid:publication>/withdraw/", publishing.withdraw, name="withdraw"),
    path("<slug:slug>/matching/published/<uuid:publication>/send/", publishing.send_now, name="send_now"),
    path("<slug:slug>/matching/asked/<uuid:introduction>/", introducing.introduction, name="introduction"),
    path("<slug:slug>/matching/pair/<uuid:mentee>/", pairs.by_hand, name="by_hand"),
    path("<slug:slug>/matching/pairs/<uuid:pairing>/", pairs.pair, name="pair"),
    path("<slug:slug>/matching/pairs/<uuid:pairing>/end/", pairs.end, name="end"),
]
