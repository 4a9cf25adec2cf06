"""Publishing a part, taking all of it back before anybody heard, and what is then as it was."""

from datetime import timedelta

import pytest
from django.urls import reverse

from checkins.models import Watch
from journal.models import Entry
from matching.actions import (
    answer_availability,
    discard,
    end_pairing,
    keep_apart,
    leave_out,
    pair_by_hand,
    plan_of,
    publish,
    release_publications,
    send_now,
    steps,
    withdraw,
)
from matching.actions.publishing import refuse_apart
from matching.models import Pairing, RoundState
from outbox.delivery import deliver_due
from outbox.models import Letter
from outbox.sweeping import never
from programs.errors import Refused
from programs.models import Membership, ProgramFigure
from questions.models import Answer
from tests.world import (
    COORDINATOR,
    NOW,
    RULES,
    add_member,
    make_person,
    make_policy,
    make_program,
    make_proposal,
    make_questionnaire,
    make_round,
    make_sheet,
    signed_in,
)

SOON, HELD = NOW + timedelta(minutes=1), timedelta(minutes=10)


@pytest.fixture
def coordinator(db):
    return make_person("Cora Coordinator")


@pytest.fixture
def draft(coordinator):
    """Four pairs, somebody without a mentor, somebody who waits without one, and a mentor with nobody."""
    form = make_questionnaire()
    program = make_program(mentor_questionnaire=form, mentee_questionnaire=form)
    add_member(program, COORDINATOR, coordinator)
    make_policy(program, RULES)

    def join(role, organisation, state="ready"):
        sheet = make_sheet(form, organisation=organisation)
        return add_member(program, role, make_person(password=None), sheet=sheet, state=state)

    mentors = [join("mentor", "Love", "waiting" if n == 1 else "ready") for n in range(5)]
    mentees = [join("mentee", "Joy", "waiting" if n in (1, 5) else "ready") for n in range(6)]
    round = make_round(program, result={"places_of": {str(mentor.pk): 1 for mentor in mentors}})
    for n, mentee in enumerate(mentees):
        make_proposal(round, mentee, mentors[n] if n < 4 else None, **({"score": 10 + n} if n < 4 else {}))
    return round


def as_it_stands(program):
    return sorted(program.memberships.values_list("pk", "state", "since", "write_again_on"))


def lines_of(draft):
    return list(draft.proposals.pairs().select_related("mentee__user", "mentor__user").order_by("pk"))


def test_what_was_published_is_taken_back_without_a_trace(draft, coordinator):
    before = as_it_stands(draft.program)
    publish(draft, by=coordinator, now=SOON)
    assert Pairing.objects.open().count() == Watch.objects.count() == 4
    assert as_it_stands(draft.program) != before
    line = lines_of(draft)[0]
    assert not Pairing.objects.of_participant(line.mentee.user).exists()
    mentee = signed_in(line.mentee.user)
    for page in ("/home/", reverse("council:leave", args=[line.mentee.public_id])):
        assert str(line.mentor.user) not in mentee.get(page).content.decode()
    publication = draft.publications.get()
    assert withdraw(publication, by=coordinator, now=SOON + HELD / 2) == 4
    draft.refresh_from_db()
    assert (draft.state, draft.settled_at) == (RoundState.DRAFT, None)
    assert as_it_stands(draft.program) == before
    assert not Pairing.objects.exists() and not Watch.objects.exists()
    assert deliver_due(SOON + HELD * 2, never) == 0
    assert set(Letter.objects.values_list("state", flat=True)) == {"dropped"}
    assert Entry.objects.filter(verb="pair.taken_back").count() == 4
    assert "Took back 4 pairs before anybody was written to." in Entry.objects.get(verb="round.withdrawn").words
    with pytest.raises(Refused, match="taken back already"):
        withdraw(publication, by=coordinator, now=SOON + HELD / 2)


def test_after_taking_back_the_next_publishing_writes_to_everybody(draft, coordinator):
    publish(draft, by=coordinator, now=SOON)
    withdraw(draft.publications.get(), by=coordinator, now=SOON)
    publish(draft, by=coordinator, now=SOON)
    assert Letter.objects.filter(state="waiting").count() == 4 + 4 + 2 + 1
    release_publications(SOON + HELD, never)
    assert all(Pairing.objects.of_participant(line.mentee.user).count() == 1 for line in lines_of(draft))
    assert deliver_due(SOON + HELD, never) == 11


def test_once_the_emails_leave_nothing_is_taken_back(draft, coordinator):
    publish(draft, by=coordinator, now=SOON)
    publication = draft.publications.get()
    assert release_publications(SOON + HELD - timedelta(seconds=1), never) == 0
    assert deliver_due(SOON + HELD - timedelta(seconds=1), never) == 0
    assert release_publications(SOON + HELD, never) == 1
    for late in (withdraw, send_now):
        with pytest.raises(Refused, match="The emails have left"):
            late(publication, by=coordinator, now=SOON + HELD)
    assert Pairing.objects.open().count() == 4


def test_an_email_that_is_leaving_stops_the_taking_back(draft, coordinator):
    publish(draft, by=coordinator, now=SOON)
    Letter.objects.filter(pk=Letter.objects.first().pk).update(state="claimed", lease_until=SOON + HELD)
    with pytest.raises(Refused, match="first emails are leaving"):
        withdraw(draft.publications.get(), by=coordinator, now=SOON)
    assert Pairing.objects.open().count() == 4
    assert Letter.objects.filter(state="waiting").count() == 10


def test_emails_may_leave_at_once(draft, coordinator):
    publish(draft, by=coordinator, now=SOON)
    assert send_now(draft.publications.get(), by=coordinator, now=SOON) == 11
    assert deliver_due(SOON, never) == 11
    assert Entry.objects.filter(verb="round.sent_now").exists()


def test_without_a_wait_nothing_is_held(draft, coordinator):
    ProgramFigure.objects.create(program=draft.program, key="hold_minutes", value=0, since=NOW)
    publish(draft, by=coordinator, now=SOON)
    assert deliver_due(SOON, never) == 11
    assert Pairing.objects.of_participant(lines_of(draft)[0].mentee.user).exists()


def test_what_else_happened_meanwhile_stays(draft, coordinator):
    """A pair ended by hand and one opened by hand outlive the taking back, and so do their people's places."""
    publish(draft, by=coordinator, now=SOON)
    first = Pairing.objects.order_by("pk").first()
    end_pairing(first, by=coordinator, now=SOON, why="A mistake.")
    alone = draft.proposals.unmatched().first().mentee
    idle = Membership.objects.get(pk=max(draft.places_then))
    pair_by_hand(draft.program, idle, alone, by=coordinator, now=SOON + timedelta(minutes=1))
    withdraw(draft.publications.get(), by=coordinator, now=SOON + timedelta(minutes=2))
    assert Pairing.objects.open().get().mentor == idle
    assert set(Membership.objects.filter(pk__in=[idle.pk, alone.pk]).values_list("state", flat=True)) == {"active"}
    told = Letter.objects.filter(state="waiting")
    assert set(told.values_list("recipient", flat=True)) == {idle.user_id, alone.user_id}


def test_a_new_round_stands_in_the_way(draft, coordinator):
    publish(draft, by=coordinator, now=SOON)
    make_round(draft.program, state="asked")
    with pytest.raises(Refused, match="Another round has begun"):
        withdraw(draft.publications.get(), by=coordinator, now=SOON)
    assert Pairing.objects.open().count() == 4


def test_who_is_in_the_round_takes_nothing_back(draft):
    publish(draft, by=None, now=SOON)
    with pytest.raises(Refused, match="You are in this round yourself"):
        withdraw(draft.publications.get(), by=lines_of(draft)[0].mentor.user, now=SOON)


def test_some_are_published_and_the_rest_stays_a_draft(draft, coordinator):
    lines = lines_of(draft)
    some = {line.mentee_id for line in lines[:2]}
    plan = publish(draft, by=coordinator, now=SOON, only=some)
    draft.refresh_from_db()
    assert draft.state == RoundState.DRAFT and len(plan.later) == 2
    assert set(Pairing.objects.open().values_list("mentee", flat=True)) == some
    assert not Letter.objects.filter(kind__contains="unmatched").exists()
    with pytest.raises(Refused, match="published already"):
        leave_out(draft, lines[0].mentee, by=coordinator, now=SOON)
    publish(draft, by=coordinator, now=SOON + HELD * 2)
    draft.refresh_from_db()
    assert draft.state == RoundState.PUBLISHED
    assert Pairing.objects.open().count() == 4
    assert Letter.objects.filter(kind="matching.unmatched_mentee").count() == 2
    assert Letter.objects.filter(kind="matching.unmatched_mentor").count() == 1
    first, rest = draft.publications.all()
    withdraw(rest, by=coordinator, now=SOON + HELD * 2)
    draft.refresh_from_db()
    assert draft.state == RoundState.DRAFT
    assert set(Pairing.objects.open().values_list("publication", flat=True)) == {first.pk}


def test_the_rest_of_a_draft_is_thrown_away(draft, coordinator):
    publish(draft, by=coordinator, now=SOON, only={lines_of(draft)[0].mentee_id})
    discard(draft, by=coordinator, now=SOON)
    draft.refresh_from_db()
    assert draft.state == RoundState.PUBLISHED
    assert Pairing.objects.open().count() == 1


def test_an_answer_changed_since_the_draft_forbids_its_pair(draft, coordinator):
    line = lines_of(draft)[0]
    Answer.objects.filter(sheet=line.mentor.sheet, question__key="organisation").update(value="Joy")
    with pytest.raises(Refused) as said:
        publish(draft, by=coordinator, now=SOON)
    sentence = str(said.value)
    assert f"{line.mentor.user} can no longer be the mentor of {line.mentee.user}." in sentence
    assert not Pairing.objects.exists()


def test_a_mentor_who_said_no_since_is_given_nobody(draft, coordinator):
    line = lines_of(draft)[0]
    answer_availability(line.mentor, "not_now", by=line.mentor.user, now=SOON)
    shown = signed_in(coordinator).get(reverse("matching:publish", args=[draft.program.slug, draft.public_id]))
    assert f"{line.mentor.user} has said since that they take nobody." in shown.content.decode()
    with pytest.raises(Refused, match="has said since that they take nobody"):
        publish(draft, by=coordinator, now=SOON)
    assert len(publish(draft, by=coordinator, now=SOON, only={lines_of(draft)[1].mentee_id}).pairs) == 1


def test_two_kept_apart_since_are_no_pair(draft, coordinator):
    line = lines_of(draft)[0]
    keep_apart(draft.program, line.mentee, line.mentor, by=coordinator, now=SOON)
    # Asked before the transaction by the rules, and in it once more.
    for refused in (lambda: publish(draft, by=coordinator, now=SOON), lambda: refuse_apart(plan_of(draft, SOON))):
        with pytest.raises(Refused, match=str(line.mentor.user)):
            refused()
    assert not Pairing.objects.exists()


def test_two_who_publish_the_same_part_end_in_one_sentence(draft, coordinator):
    some = {lines_of(draft)[0].mentee_id}
    seen = plan_of(draft, SOON, some).fingerprint
    publish(draft, by=coordinator, now=SOON, only=some, confirmed=seen)
    with pytest.raises(Refused, match="has changed since you looked"):
        publish(draft, by=None, now=SOON, only=some, confirmed=seen)
    with pytest.raises(Refused, match="at least one pair"):
        publish(draft, by=None, now=SOON, only=some)


def test_over_http_some_are_left_sent_and_taken_back(draft, coordinator):
    client, slug = signed_in(coordinator), draft.program.slug
    page, where = (reverse(f"matching:{name}", args=[slug, draft.public_id]) for name in ("publish", "round"))
    lines = lines_of(draft)
    shown = client.post(page, {"look": "1", "below": "11", "leave": [str(lines[3].mentee.public_id), "no\x00id"]})
    assert len(shown.context["plan"].pairs) == 2 and not Pairing.objects.exists()
    assert "2 pairs stay a draft" in " ".join(shown.content.decode().split())
    said = {}
    for key, value in shown.context["hidden"]:
        said.setdefault(key, []).append(value)
    assert client.post(page, said).url == where
    assert set(Pairing.objects.values_list("mentee", flat=True)) == {lines[1].mentee_id, lines[2].mentee_id}
    held = client.get(where).content.decode()
    assert "Take it all back" in held and "published" in held
    publication = draft.publications.get()
    assert client.post(reverse("matching:withdraw", args=[slug, publication.public_id])).url == where
    assert not Pairing.objects.exists()
    again = client.post(reverse("matching:send_now", args=[slug, publication.public_id]), follow=True)
    assert "taken back already" in again.content.decode()


def test_a_step_taken_back_while_its_pairs_are_published_changes_nothing(draft, coordinator, monkeypatch):
    line = lines_of(draft)[0]
    steps.hold_pair(draft, line.mentee, Membership.objects.get(pk=max(draft.places_then)), by=coordinator, now=SOON)
    move_on = steps.move_on

    def publish_first(round, result):
        publish(draft, by=coordinator, now=SOON, only={line.mentee_id})
        return move_on(round, result)

    monkeypatch.setattr(steps, "move_on", publish_first)
    with pytest.raises(Refused, match="Somebody else changed this draft meanwhile"):
        steps.undo(draft, by=coordinator, now=SOON)
