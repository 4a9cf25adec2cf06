"""Publishing: what becomes of whom, who is written to, and what is refused."""

from datetime import timedelta

import pytest

from journal.models import Entry
from matching.actions import ask_round, discard, leave_out, pair_by_hand, plan_of, publish, run_rounds
from matching.letters import KINDS
from matching.models import Pairing, Round, RoundState
from outbox.models import Letter
from outbox.preview import sample
from outbox.sweeping import never
from profiles.models import User
from programs.errors import Refused
from programs.models import Duty, Membership, MembershipState, PointOfContact, Program
from programs.permissions import entries_visible_to, letters_visible_to
from tests.matching import civil_service
from tests.world import NOW, add_member, make_person

LATER = NOW + timedelta(minutes=1)
SOON = NOW + timedelta(minutes=2)


@pytest.fixture
def program(db):
    return civil_service.build()


@pytest.fixture
def draft(program):
    round = ask_round(program, by=None, now=NOW)
    run_rounds(LATER, never)
    round.refresh_from_db()
    return round


@pytest.fixture
def coordinator(program):
    return civil_service.coordinator_of(program)


def kinds_of(letters):
    found = {}
    for kind in letters.values_list("kind", flat=True):
        found[kind] = found.get(kind, 0) + 1
    return found


def test_everybody_hears_from_us_once(program, draft, coordinator, django_assert_max_num_queries):
    plan = plan_of(draft, SOON)
    with django_assert_max_num_queries(78):
        publish(draft, by=coordinator, now=SOON)
    assert Pairing.objects.open().of(program).count() == 35
    assert kinds_of(Letter.objects) == {
        "matching.matched_mentee": 35,
        "matching.matched_mentor": 35,
        "matching.unmatched_mentee": 15,
        "matching.unmatched_mentor": 15,
    }
    assert Letter.objects.count() == plan.emails
    waiting = Membership.objects.of(program).filter(state=MembershipState.WAITING)
    assert waiting.count() == 30
    assert set(waiting.values_list("write_again_on", flat=True)) == {plan.write_again_on}
    assert Membership.objects.of(program).participants().filter(state=MembershipState.ACTIVE).count() == 70
    assert Entry.objects.filter(verb="pair.opened").count() == 35
    assert Entry.objects.filter(verb="participant.waits").count() == 30


def test_letters_never_say_what_the_other_may_not_see(program, draft, coordinator):
    publish(draft, by=coordinator, now=SOON)
    secret = set()
    for role, column in (("mentor", "characteristics"), ("mentee", "identity to match")):
        secret |= {row[column] for row in civil_service.rows_of(role) if len(row[column]) > 3}
    for letter in Letter.objects.all():
        assert not any(word in letter.body for word in secret), letter.body
        assert "points" not in letter.body
        assert "Not used to evaluate you." in letter.body
        assert letter.subject == "About your mentoring"
        assert "cora@example.org" in letter.reply_to
    told = Letter.objects.filter(kind="matching.matched_mentee", body__contains="You have the same profession:")
    assert told.exists()


def test_addresses_stand_in_letters_only_where_the_program_says_so(db):
    for shown in (False, True):
        program = civil_service.build(show_addresses=shown) if not Program.objects.exists() else Program.objects.get()
        if shown:
            Program.objects.filter(pk=program.pk).update(show_addresses=True)
            program.refresh_from_db()
        mentors = Membership.objects.of(program).mentors()
        mentor, mentee = mentors[1 if shown else 0], None
        for candidate in Membership.objects.of(program).mentees().filter(state=MembershipState.READY):
            try:
                pair_by_hand(program, mentor, candidate, by=None, now=NOW)
            except Refused:
                continue
            mentee = candidate
            break
        letter = Letter.objects.get(recipient=mentee.user)
        assert (mentor.user.email in letter.body) is shown
        assert ("We do not pass on addresses" in letter.body) is not shown


def test_one_letter_to_a_mentor_for_all_their_mentees(db):
    program = civil_service.build(places=3)
    round = ask_round(program, by=None, now=NOW)
    run_rounds(LATER, never)
    round.refresh_from_db()
    publish(round, by=None, now=SOON)
    mentors = set(round.proposals.pairs().values_list("mentor", flat=True))
    letters = Letter.objects.filter(kind="matching.matched_mentor")
    assert letters.count() == len(mentors) < round.proposals.pairs().count()
    for letter in letters:
        for pairing in Pairing.objects.filter(mentor__user=letter.recipient):
            assert str(pairing.mentee.user) in letter.body


def test_publishing_twice_ends_in_one_clear_sentence(draft, coordinator):
    copy = Round.objects.get(pk=draft.pk)
    publish(draft, by=coordinator, now=SOON)
    before = Letter.objects.count()
    with pytest.raises(Refused, match="published this round already"):
        publish(copy, by=None, now=SOON)
    assert Letter.objects.count() == before


def test_who_is_in_the_round_does_not_publish_it(program, draft):
    someone = draft.proposals.first().mentee.user
    with pytest.raises(Refused, match="You are in this round yourself"):
        publish(draft, by=someone, now=SOON)
    assert not Pairing.objects.exists()


def test_a_mentor_who_left_stops_publishing_by_name(program, draft, coordinator):
    line = draft.proposals.pairs().first()
    Membership.objects.filter(pk=line.mentor_id).update(state=MembershipState.LEFT)
    with pytest.raises(Refused, match=str(line.mentor.user)):
        publish(draft, by=coordinator, now=SOON)
    assert not Pairing.objects.exists() and not Letter.objects.exists()
    draft.refresh_from_db()
    assert draft.state == RoundState.DRAFT


def test_a_mentor_with_fewer_places_stops_publishing(program, draft, coordinator):
    line = draft.proposals.pairs().first()
    Membership.objects.filter(pk=line.mentor_id).update(places=0)
    with pytest.raises(Refused, match="is full"):
        publish(draft, by=coordinator, now=SOON)
    assert not Pairing.objects.exists()


def test_a_program_that_is_not_open_publishes_nothing(program, draft, coordinator):
    Program.objects.filter(pk=program.pk).update(state="ended")
    with pytest.raises(Refused, match="not open"):
        publish(draft, by=coordinator, now=SOON)
    assert not Pairing.objects.exists()


def test_a_mentee_who_left_unmatched_is_told_nothing(program, draft, coordinator):
    line = draft.proposals.unmatched().first()
    Membership.objects.filter(pk=line.mentee_id).update(state=MembershipState.LEFT)
    publish(draft, by=coordinator, now=SOON)
    assert not Letter.objects.filter(recipient=line.mentee.user).exists()
    line.mentee.refresh_from_db()
    assert line.mentee.state == MembershipState.LEFT


def test_a_discarded_draft_tells_nobody(program, draft, coordinator):
    discard(draft, by=coordinator, now=SOON)
    with pytest.raises(Refused, match="no draft any more"):
        publish(draft, by=coordinator, now=SOON)
    assert not Letter.objects.exists()


def test_one_person_in_both_roles_is_never_their_own_mentor(program):
    person = make_person("Both Roles")
    sheet = Membership.objects.of(program).mentees()[0].sheet
    mentee = add_member(program, "mentee", person, sheet=sheet)
    mentor = add_member(program, "mentor", person, sheet=Membership.objects.of(program).mentors()[0].sheet)
    with pytest.raises(Refused, match="their own mentor"):
        pair_by_hand(program, mentor, mentee, by=None, now=NOW)


@pytest.mark.parametrize("kind", [kind.name for kind in KINDS])
def test_every_email_has_a_preview(program, kind):
    for topic in ("", program.slug):
        shown = sample(kind, topic)
        assert shown.subject == "About your mentoring" and "Not used to evaluate you." in shown.text
        assert "{" not in shown.text and "None" not in shown.text and "!" not in shown.text


def test_pronouns_and_the_others_clock_stand_in_the_letters(program, draft, coordinator):
    line = draft.proposals.pairs().select_related("mentor__user", "mentee__user").first()
    User.objects.filter(pk=line.mentor.user_id).update(time_zone="America/New_York", pronouns="they/them")
    publish(draft, by=coordinator, now=SOON)
    to_mentee = Letter.objects.get(recipient=line.mentee.user).body
    assert f"{line.mentor.user} (they/them)" in to_mentee
    assert "When it is 12:00 where you are, it is 07:00 there (America/New York)." in to_mentee
    to_mentor = Letter.objects.get(recipient=line.mentor.user).body
    assert "When it is 12:00 where you are, it is 17:00 there (Europe/London)." in to_mentor


def test_answers_go_to_whoever_is_named_and_never_to_the_pair_itself(program, draft, coordinator):
    line = draft.proposals.pairs().select_related("mentor__user", "mentee__user").first()
    PointOfContact.objects.create(program=program, duty=Duty.MENTEES, person=line.mentor.user)
    publish(draft, by=coordinator, now=SOON)
    assert "cora@example.org" in Letter.objects.get(recipient=line.mentee.user).reply_to
    others = Letter.objects.filter(kind="matching.matched_mentee").exclude(recipient=line.mentee.user)
    assert all(line.mentor.user.email in letter.reply_to for letter in others)


def test_a_coordinator_sees_no_letter_about_themselves(program, draft, coordinator):
    line = draft.proposals.pairs().select_related("mentor__user", "mentee__user").first()
    add_member(program, "coordinator", line.mentor.user)
    publish(draft, by=coordinator, now=SOON)
    seen = letters_visible_to(line.mentor.user)
    assert seen.count() == Letter.objects.count() - 2
    assert letters_visible_to(coordinator).count() == Letter.objects.count()
    entries = entries_visible_to(line.mentor.user)
    assert not any(str(line.mentee.user) in entry.words for entry in entries)


def test_what_was_confirmed_is_what_is_published(draft, coordinator):
    seen = plan_of(draft, SOON).fingerprint
    line = draft.proposals.pairs().first()
    leave_out(draft, line.mentee, by=coordinator, now=SOON)
    with pytest.raises(Refused, match="has changed since you looked"):
        publish(draft, by=coordinator, now=SOON, confirmed=seen)
    assert not Pairing.objects.exists()
    publish(draft, by=coordinator, now=SOON, confirmed=plan_of(draft, SOON).fingerprint)
    assert Pairing.objects.count() == 35 and not Pairing.objects.filter(mentee=line.mentee).exists()


def test_a_coordinator_may_have_the_longest_name(draft, coordinator):
    User.objects.filter(pk=coordinator.pk).update(name="Ж" * 150)
    publish(draft, by=coordinator, now=SOON)
    assert all(len(answers) > 254 for answers in Letter.objects.values_list("reply_to", flat=True))
