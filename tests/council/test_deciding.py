"""What a person decides: the pair goes on, rests or ends, or the mentee has a new mentor in one step, all told."""

from datetime import timedelta

import pytest

from checkins.models import Pause, Restart, Watch
from council.actions import deciding, requests
from council.models import Case, CaseState, Decision
from journal.models import Entry
from matching.models import Pairing
from outbox.models import Letter, LetterState
from programs.actions import set_places
from programs.errors import Refused
from programs.models import Membership
from tests import world as w

pytestmark = pytest.mark.django_db
D = Decision
LATER = w.NOW + timedelta(days=20)


class Town:
    """A pair that has fallen quiet, a follow-up of it, and two mentors with a free place."""

    def __init__(self):
        self.program = w.make_program("Harbour", opened_at=w.NOW)
        self.farida = w.make_person("Farida Haddad")
        w.add_member(self.program, w.COORDINATOR, self.farida)
        self.elif_ = w.make_person("Elif Kaya")
        w.add_member(self.program, w.COUNCIL, self.elif_)
        self.chitra = self.mentor("Chitra Menon", state="active", places=2)
        self.amara = w.add_member(self.program, w.MENTEE, w.make_person("Amara Okafor"), state="active")
        self.dafydd = self.mentor("Dafydd Rees")
        self.rosa = self.mentor("Rosa Bianchi", places=2)
        self.pair = w.make_pairing(self.chitra, self.amara)
        w.make_watch(self.pair, standing="quiet")
        self.case = w.make_case(self.pair, owner=self.farida)

    def mentor(self, name, **fields):
        return w.add_member(self.program, w.MENTOR, w.make_person(name), **fields)

    def also(self, name="Nadia Petrova"):
        """Another mentee of Chitra's."""
        pair = w.make_pairing(self.chitra, w.add_member(self.program, w.MENTEE, w.make_person(name), state="active"))
        w.make_watch(pair)
        return pair

    def decide(self, decision, case=None, **fields):
        deciding.decide(case or self.case, decision, **{"by": self.farida, "now": LATER, **fields})

    def reassign(self, mentor=None, case=None, pair=None, **fields):
        given = {"by": self.farida, "now": LATER, **fields}
        return deciding.reassign(case or self.case, pair or self.pair, mentor or self.dafydd, **given)


@pytest.fixture
def town():
    return Town()


def fresh(row):
    return type(row).objects.get(pk=row.pk)


def letters_to(person):
    return list(Letter.objects.filter(recipient=person).exclude(state=LetterState.DROPPED).order_by("pk"))


def snapshot() -> tuple:
    """Everything a decision could have left behind."""
    return (
        list(Case.objects.order_by("pk").values_list("pk", "state", "decision", "first_answer_at")),
        list(Pairing.objects.order_by("pk").values_list("pk", "state", "rhythm_days")),
        list(Membership.objects.order_by("pk").values_list("pk", "state", "places")),
        Letter.objects.count(), Entry.objects.count(), Restart.objects.count(), Pause.objects.count(),
    )  # fmt: skip


@pytest.mark.parametrize("decision", [D.TALK, D.ANSWERED])
def test_the_pair_goes_on_and_its_days_are_counted_anew(town, decision):
    town.decide(decision, words="  They just forgot. ")
    case = fresh(town.case)
    assert (case.state, case.decision, case.decision_words) == (CaseState.CLOSED, decision, "They just forgot.")
    assert (case.decided_by, case.closed_at) == (town.farida, LATER)
    assert Restart.objects.get().pairing == town.pair and Restart.objects.get().on == town.program.today(LATER)
    assert Watch.objects.get(pairing=town.pair).look_at == LATER
    assert fresh(town.pair).state == "open" and not Letter.objects.exists()


def test_a_request_that_was_answered_leaves_the_days_of_the_pair_as_they_are(town):
    case = w.make_case(town.pair, kind="no_mentor", owner=town.farida, asked_by=town.amara.user)
    town.decide(D.ANSWERED, case)
    assert fresh(case).decision == D.ANSWERED and not Restart.objects.exists()
    assert Watch.objects.get(pairing=town.pair).look_at != LATER


def test_easier_changes_places_and_rhythm_and_says_so_to_both(town):
    town.decide(D.EASIER, places=1, rhythm_days=42)
    assert fresh(town.pair).rhythm_days == 42 and fresh(town.chitra).places == 1
    (to_chitra,), (to_amara,) = letters_to(town.chitra.user), letters_to(town.amara.user)
    assert "You offer one place from now on." in to_chitra.body and "every 6 weeks" in to_chitra.body
    assert "You and Chitra Menon are in touch every 6 weeks" in to_amara.body and "place" not in to_amara.body
    assert to_amara.subject == "About your mentoring" and Restart.objects.count() == 1
    assert set(Entry.objects.values_list("verb", flat=True)) >= {"pair.rhythm", "member.places", "case.closed"}


@pytest.mark.parametrize(
    "fields", [{}, {"places": 2}, {"rhythm_days": 30}, {"rhythm_days": 0}, {"rhythm_days": 4000}, {"places": -1}]
)
def test_easier_has_to_say_what_gets_easier_within_bounds(town, fields):
    before = snapshot()
    with pytest.raises(Refused):
        town.decide(D.EASIER, **fields)
    assert snapshot() == before


def test_whoever_asked_for_less_gets_one_email_that_says_it_all(town):
    town.also()
    case = requests.too_much(town.chitra, words="Three jobs.", by=town.chitra.user, now=w.NOW)
    Letter.objects.all().delete()
    town.decide(D.EASIER, case, places=1, rhythm_days=60)
    (letter,) = letters_to(town.chitra.user)
    assert letter.kind == "council.settled" and letter.body.count("every 60 days") == 2 and "one place" in letter.body
    assert len(letters_to(town.amara.user)) == 1 and set(Pairing.objects.values_list("rhythm_days", flat=True)) == {60}


def test_a_pause_the_mentee_agreed_to(town):
    until = town.program.today(LATER) + timedelta(days=42)
    town.decide(D.PAUSE, until=until)
    assert Pause.objects.get().ends_on == until and fresh(town.case).decision == D.PAUSE
    assert len(letters_to(town.chitra.user)) == len(letters_to(town.amara.user)) == 1


@pytest.mark.parametrize("days", [None, 0, 43])
def test_a_pause_is_six_weeks_at_most_and_nothing_is_left_of_a_longer_one(town, days):
    before = snapshot()
    with pytest.raises(Refused):
        town.decide(D.PAUSE, until=None if days is None else town.program.today(LATER) + timedelta(days=days))
    assert snapshot() == before


def test_a_pause_takes_the_place_of_the_one_they_are_in(town):
    today = town.program.today(LATER)
    Pause.objects.create(pairing=town.pair, starts_on=today - timedelta(days=2), ends_on=today + timedelta(days=5),
                         agreed_by=town.amara.user, agreed_at=w.NOW)  # fmt: skip
    town.decide(D.PAUSE, until=today + timedelta(days=20))
    assert Pause.objects.filter(ended_at=None).get().ends_on == today + timedelta(days=20)


def test_ended_the_mentee_waits_with_a_date_and_the_silent_mentor_gets_nobody_new(town):
    town.decide(D.WAITING, words="No answer to four calls.")
    amara = fresh(town.amara)
    assert fresh(town.pair).state == "ended" and amara.state == "waiting" and amara.write_again_on
    assert fresh(town.chitra).places == 0
    (to_chitra,) = letters_to(town.chitra.user)
    assert "nobody new for now" in to_chitra.body and "four calls" not in to_chitra.body


def test_whom_our_emails_did_not_reach_is_not_the_silent_one(town):
    case = w.make_case(town.pair, kind="unreached", owner=town.farida)
    town.reassign(case=case)
    assert fresh(town.chitra).places == 2
    (to_chitra,) = letters_to(town.chitra.user)
    assert "nobody new" not in to_chitra.body


def test_a_wish_says_nothing_against_the_mentor(town):
    case = w.make_case(town.pair, kind="wish", owner=town.farida, asked_by=town.amara.user, addressed="coordinator")
    town.reassign(case=case)
    assert fresh(town.chitra).places == 2
    (to_chitra,) = letters_to(town.chitra.user)
    assert "nobody new" not in to_chitra.body


def test_another_mentor_in_one_step(town):
    also = w.make_case(town.pair, kind="missed", owner=town.farida)
    new = town.reassign(words="Chitra has not answered since May.")
    assert (new.mentor, new.mentee, new.state) == (town.dafydd, town.amara, "open")
    assert fresh(town.pair).state == "ended" and fresh(town.amara).state == "active"
    assert fresh(town.chitra).places == 0 and fresh(town.dafydd).state == "active"
    assert Watch.objects.get(pairing=new).standing == "new" and Watch.objects.get(pairing=town.pair).standing == "ended"
    assert fresh(town.case).decision == D.REASSIGNED
    # What else was open about the pair is pointless now.
    assert fresh(also).decision == D.BY_ITSELF
    for person, name in ((town.amara, "Dafydd Rees"), (town.chitra, "Amara Okafor"), (town.dafydd, "Amara Okafor")):
        (letter,) = letters_to(person.user)
        assert name in letter.body and letter.subject == "About your mentoring" and "since May" not in letter.body
    assert "Thank you" in letters_to(town.chitra.user)[0].body


def test_a_place_that_is_gone_meanwhile_leaves_everything_as_it_was(town):
    w.make_pairing(town.dafydd, w.add_member(town.program, w.MENTEE, state="active"))
    before = snapshot()
    with pytest.raises(Refused, match="Choose another mentor"):
        town.reassign()
    assert snapshot() == before
    town.reassign(town.rosa)


def test_decided_twice_is_decided_once(town):
    stale = fresh(town.case)
    town.decide(D.TALK)
    before = snapshot()
    for again in (lambda: town.decide(D.WAITING, stale), lambda: town.reassign(case=stale)):
        with pytest.raises(Refused):
            again()
        assert snapshot() == before


def test_nobody_decides_what_is_about_themselves(town):
    for person in (town.chitra.user, town.amara.user):
        with pytest.raises(Refused):
            town.decide(D.TALK, by=person)
        with pytest.raises(Refused):
            town.reassign(by=person)
    # Nor gives a mentee to themselves.
    own = w.add_member(town.program, w.MENTOR, town.farida)
    with pytest.raises(Refused):
        town.reassign(own)
    assert fresh(town.case).state == CaseState.OPEN


def test_the_best_free_mentor_comes_first_and_nobody_who_cannot(town):
    form = w.make_questionnaire()
    town.program.mentee_questionnaire = town.program.mentor_questionnaire = form
    type(town.program).objects.filter(pk=town.program.pk).update(mentee_questionnaire=form, mentor_questionnaire=form)
    w.make_policy(town.program, w.RULES, by=town.farida)
    answers = {
        town.amara: ("Joy", "Policy"), town.chitra: ("Love", "Policy"), town.dafydd: ("Love", "Law"),
        town.rosa: ("Love", "Policy"), town.mentor("Same Department"): ("Joy", "Policy"),
        town.mentor("No Place", places=0): ("Love", "Policy"), town.mentor("On Leave"): ("Love", "Policy"),
    }  # fmt: skip
    for member, (organisation, profession) in answers.items():
        sheet = w.make_sheet(form, organisation=organisation, profession=profession, grade="HEO")
        Membership.objects.filter(pk=member.pk).update(sheet=sheet)
    w.make_leave(Membership.objects.get(user__name="On Leave"), now=LATER)
    found = deciding.candidates(town.case, town.pair, LATER)
    assert [str(one.mentor.user) for one in found] == ["Rosa Bianchi", "Dafydd Rees"]
    assert found[0].score > found[1].score and found[0].pair_words
    names = [str(one.mentor.user) for one in deciding.suitable(town.case, town.pair, LATER)]
    assert "No Place" in names and "Chitra Menon" not in names and "Same Department" not in names


def test_too_much_is_decided_pair_by_pair_and_closes_with_the_last(town):
    nadia = town.also()
    case = requests.too_much(town.chitra, by=town.chitra.user, now=w.NOW)
    assert {D.REASSIGNED, D.WAITING} < set(deciding.choices(case)) and D.PAUSE not in deciding.choices(case)
    with pytest.raises(Refused):
        town.decide(D.WAITING, case)
    town.reassign(case=case)
    case = fresh(case)
    assert case.state == CaseState.OPEN and case.first_answer_at == LATER
    assert "Amara Okafor has a new mentor." in case.lines.values_list("words", flat=True)
    assert fresh(nadia).state == "open" and fresh(town.chitra).places == 1
    town.decide(D.WAITING, case, pairing=nadia)
    assert fresh(case).decision == D.WAITING and fresh(nadia).state == "ended" and fresh(town.chitra).places == 0
    assert fresh(nadia.mentee).state == "waiting"


def test_what_the_council_was_told_alone_stands_in_no_reason_and_no_history(town):
    case = w.make_case(town.pair, kind="no_mentor", tier="council", owner=town.elif_, asked_by=town.amara.user,
                       addressed="council", words="Farida knows and does nothing.")  # fmt: skip
    town.reassign(case=case, by=town.elif_, words="She told us about Farida.")
    assert fresh(town.pair).end_reason == "Decided by the council."
    told = Entry.objects.filter(topic=town.program.slug)
    assert not any("Farida" in text for pair in told.values_list("words", "why") for text in pair)
    assert not told.filter(model="case", object_id=str(case.pk)).exists()
    assert case not in Case.objects.visible_to(town.farida)


def test_deciding_is_a_first_answer_too(town):
    case = requests.no_mentor(town.pair, words="Help.", by=town.amara.user, now=w.NOW)
    Letter.objects.all().delete()
    town.decide(D.TALK, case)
    assert fresh(case).first_answer_at == LATER
    (letter,) = letters_to(town.amara.user)
    assert letter.kind == "council.settled" and "the two of you go on" in letter.body


def test_a_mentee_whose_mentor_has_left_gets_another_one(town):
    case = w.make_case(town.pair, kind="left", owner=town.farida)
    Pairing.objects.filter(pk=town.pair.pk).update(state="ended", ended_at=w.NOW)
    Membership.objects.filter(pk=town.amara.pk).update(state="waiting", write_again_on=town.program.today(LATER))
    case = Case.objects.select_related("pairing", "membership__user", "program").get(pk=case.pk)
    assert deciding.choices(case) == [D.REASSIGNED, D.ANSWERED]
    set_places(town.chitra, 2, by=None, now=w.NOW)
    assert town.chitra.pk not in [one.mentor.pk for one in deciding.candidates(case, None, LATER)]
    new = deciding.reassign(case, None, town.rosa, by=town.farida, now=LATER)
    assert new.mentee == town.amara and fresh(case).decision == D.REASSIGNED and not letters_to(town.chitra.user)


def test_words_have_an_end(town):
    with pytest.raises(Refused):
        town.decide(D.TALK, words="a" * 2001)
