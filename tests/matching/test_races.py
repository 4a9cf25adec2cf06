"""Many at once: the last place is given once, a round is published once, a draft has one author."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from matching.actions import (
    drafts,
    pair_by_hand,
    pairs,
    publish,
    release_publications,
    run_rounds,
    withdraw,
    withdrawing,
)
from matching.actions import publishing as publishing_module
from matching.actions.publishing import plan_of
from matching.models import Pairing, Proposal, Publication, Round, RoundState
from outbox.delivery import deliver_due
from outbox.models import Letter
from outbox.sweeping import never
from programs.actions import move
from programs.errors import Refused
from programs.models import Membership
from tests.world import NOW, add_member, make_person, make_policy, make_program, make_proposal, make_round

MANY = 50
pytestmark = pytest.mark.django_db(transaction=True)


def at_once(jobs):
    """Runs all jobs in threads of their own that begin together; each answers, or raises what is returned."""
    start = threading.Barrier(len(jobs))

    def run(job):
        try:
            start.wait(60)
            return job()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


def last_place(publishers=1, mentor_state="ready"):
    """A mentor with one place whom a draft gives to one mentee, and many other mentees who want the same place."""
    program = make_program()
    mentor = add_member(program, "mentor", make_person(password=None), places=1, state=mentor_state)
    mentees = [add_member(program, "mentee", make_person(password=None)) for _ in range(MANY - publishers + 1)]
    make_policy(program)
    round = make_round(program, result={"places_of": {str(mentor.pk): 1}})
    make_proposal(round, mentees[0], mentor)
    publish_jobs = [
        lambda: publish(Round.objects.select_related("program").get(pk=round.pk), by=None, now=NOW)
        for _ in range(publishers)
    ]
    hand_jobs = [
        lambda mentee=mentee: pair_by_hand(program, Membership.objects.get(pk=mentor.pk), mentee, by=None, now=NOW)
        for mentee in mentees[1:]
    ]
    # Publishing stands in the middle, so that either may come first.
    half = len(hand_jobs) // 2
    return mentor, [*hand_jobs[:half], *publish_jobs, *hand_jobs[half:]]


def test_fifty_at_once_into_the_last_place_make_one_pair():
    mentor, jobs = last_place()
    answers = at_once(jobs)
    refused = [answer for answer in answers if isinstance(answer, Refused)]
    errors = [answer for answer in answers if isinstance(answer, Exception) and not isinstance(answer, Refused)]
    assert not errors
    assert Pairing.objects.filter(mentor=mentor).count() == 1
    assert len(refused) == MANY - 1
    assert all("is full" in str(sentence) for sentence in refused), {str(sentence) for sentence in refused}
    pair = Pairing.objects.get(mentor=mentor)
    told = set(Letter.objects.values_list("recipient", flat=True))
    assert told == {pair.mentor.user_id, pair.mentee.user_id}


def test_without_the_guard_the_last_place_is_given_more_than_once(monkeypatch):
    monkeypatch.setattr(pairs, "take_places", lambda *wanted: None)
    mentor, jobs = last_place()
    at_once(jobs)
    assert Pairing.objects.filter(mentor=mentor).count() > 1


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite's transactions lock the whole file.")
def test_counting_without_the_lock_is_not_enough(monkeypatch):
    """The control of the lock: everybody counts, and only then does anybody open a pair."""
    mentor, jobs = last_place(mentor_state="active")
    counted = threading.Barrier(2)
    count = pairs.take_places

    def count_together(*wanted):
        count(*wanted)
        counted.wait(30)

    monkeypatch.setattr(pairs, "hold_open", lambda program: None)
    monkeypatch.setattr(pairs, "lock", lambda pks: Membership.objects.select_related("user").in_bulk(set(pks)))
    monkeypatch.setattr(pairs, "take_places", count_together)
    at_once(jobs[:2])
    assert Pairing.objects.filter(mentor=mentor).count() == 2


def small_round(pairs_count=5):
    program = make_program()
    make_policy(program)
    members = [
        tuple(add_member(program, role, make_person(password=None)) for role in ("mentor", "mentee"))
        for _ in range(pairs_count)
    ]
    round = make_round(program, result={"places_of": {str(mentor.pk): 1 for mentor, _mentee in members}})
    for mentor, mentee in members:
        make_proposal(round, mentee, mentor)
    return round


def test_ten_publishing_at_once_publish_once():
    round = small_round()
    fresh = [Round.objects.select_related("program").get(pk=round.pk) for _ in range(10)]
    answers = at_once([lambda copy=copy: publish(copy, by=None, now=NOW) for copy in fresh])
    refused = [answer for answer in answers if isinstance(answer, Exception)]
    assert len(refused) == 9
    assert {str(each) for each in refused} == {
        "Another coordinator has published this round already. Everybody has been written to once."
    }
    assert Pairing.objects.count() == 5
    assert Letter.objects.count() == 10


def test_two_workers_write_one_draft():
    program = make_program()
    add_member(program, "mentor", make_person(password=None))
    add_member(program, "mentee", make_person(password=None))
    round = make_round(program, state="asked", policy=make_policy(program, {"rules": []}))
    at_once([lambda: run_rounds(NOW, never) for _ in range(8)])
    round.refresh_from_db()
    assert round.state == RoundState.DRAFT, round.failure
    assert Proposal.objects.filter(round=round).count() == 1


def test_a_worker_that_lost_its_lease_writes_nothing(monkeypatch):
    """The first worker is slow, a second one takes the round over; the first one's draft is thrown away."""
    program = make_program()
    add_member(program, "mentor", make_person(password=None))
    add_member(program, "mentee", make_person(password=None))
    round = make_round(program, state="asked", policy=make_policy(program, {"rules": []}))
    compute = drafts.rounds.compute
    later = NOW + drafts.LEASE * 2

    def slow(taken, progress):
        draft = compute(taken)
        if taken.lease_until == NOW + drafts.LEASE:
            assert run_rounds(later, never) == 1
        return draft

    monkeypatch.setattr(drafts.rounds, "compute", slow)
    run_rounds(NOW, never)
    round.refresh_from_db()
    assert round.state == RoundState.DRAFT
    assert Proposal.objects.filter(round=round).count() == 1


def publishing(round, only=None):
    """Somebody publishes it, as it stands when they come to it."""
    return lambda: publish(Round.objects.select_related("program").get(pk=round.pk), by=None, now=NOW, only=only)


def test_two_parts_published_at_once_are_both_published():
    round = small_round(6)
    mentees = list(round.proposals.order_by("pk").values_list("mentee", flat=True))
    parts = [set(mentees[:2]), set(mentees[2:4]), set(mentees[:2])]
    answers = at_once([publishing(round, part) for part in parts])
    refused = [answer for answer in answers if isinstance(answer, Exception)]
    assert len(refused) == 1 and isinstance(refused[0], Refused), refused
    assert Pairing.objects.count() == 4 and Letter.objects.count() == 8
    round.refresh_from_db()
    assert round.state == RoundState.DRAFT


def overlapping(round, monkeypatch):
    """Two coordinators publish the same part, and both have looked before either writes."""
    part = set(round.proposals.order_by("pk").values_list("mentee", flat=True)[:2])
    looked, both = threading.local(), threading.Barrier(2)

    def look(*args):
        plan = plan_of(*args)
        if not getattr(looked, "once", False):
            looked.once = True
            both.wait(30)
        return plan

    monkeypatch.setattr(publishing_module, "plan_of", look)
    return at_once([publishing(round, part), publishing(round, part)])


def test_the_same_part_published_by_two_ends_in_one_clear_message(monkeypatch):
    answers = overlapping(small_round(4), monkeypatch)
    refused = [answer for answer in answers if isinstance(answer, Exception)]
    assert len(refused) == 1 and isinstance(refused[0], Refused), refused
    assert Pairing.objects.count() == 2 and Letter.objects.count() == 4


def test_without_its_guards_the_same_part_published_by_two_ends_in_none(monkeypatch):
    """The control: only the database is left to refuse, and it has no sentence for anybody."""
    monkeypatch.setattr(publishing_module.Plan, "told", property(lambda plan: (frozenset(),) * 3))
    monkeypatch.setattr(
        publishing_module, "write_publication", lambda plan, one, _members: Publication.objects.bulk_create([one])
    )
    for guard in ("check_pair", "refuse_taken", "take_places"):
        monkeypatch.setattr(pairs, guard, lambda *args: None)
    answers = overlapping(small_round(4), monkeypatch)
    refused = [answer for answer in answers if isinstance(answer, Exception)]
    assert len(refused) == 1 and not isinstance(refused[0], Refused), refused


def leaving(round, at):
    """A mentor leaves the program while their round is published."""
    members = Membership.objects.select_related("program", "user")
    mentor = round.proposals.order_by("pk")[at].mentor_id
    return lambda: move(members.get(pk=mentor), "left", by=None, now=NOW)


def test_somebody_who_leaves_during_publishing_is_in_no_pair():
    for at in range(4):
        round = small_round(4)
        answers = at_once([publishing(round), leaving(round, at)])
        refused = [answer for answer in answers if isinstance(answer, Exception)]
        assert len(refused) == 1 and isinstance(refused[0], Refused), refused
        state = Membership.objects.get(pk=round.proposals.order_by("pk")[at].mentor_id).state
        pairs = Pairing.objects.filter(round=round).count()
        assert (state, pairs) in {("left", 0), ("active", 4)}, (state, pairs)


def taken_back_while_sent():
    """One takes a round back at the moment its emails become due and leave."""
    round = small_round(3)
    publish(round, by=None, now=NOW)
    publication, due = round.publications.get(), NOW + timedelta(minutes=10)

    def send():
        release_publications(due, never)
        return deliver_due(due, never)

    return at_once([send, lambda: withdraw(publication, by=None, now=due)])


def test_a_round_is_taken_back_or_told_never_both(smtp_sink):
    for _turn in range(5):
        sent, back = taken_back_while_sent()
        if isinstance(back, Refused):
            assert sent == 6 and Pairing.objects.count() == 3
        else:
            assert (sent, back) == (0, 3) and not Pairing.objects.exists()
        Pairing.objects.all().delete()
        Letter.objects.all().delete()


def test_without_its_guards_a_round_is_told_and_taken_back(smtp_sink, monkeypatch):
    """The control: both guards off, the publication's compare-and-set and the question whether an email has left."""
    round = small_round(3)
    publish(round, by=None, now=NOW)
    publication, due = round.publications.get(), NOW + timedelta(minutes=10)
    monkeypatch.setattr(type(Publication.objects.all()), "held", lambda rows: rows.filter(withdrawn_at=None))
    monkeypatch.setattr(withdrawing, "take_back", lambda letters, why: True)
    assert deliver_due(due, never) == 6
    assert withdraw(publication, by=None, now=due) == 3
