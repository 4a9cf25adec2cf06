"""Something is wrong: from every page and every email, without signing in, to whom they choose, and nothing by GET."""

import re
from datetime import date, timedelta

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.urls import reverse

from council.actions import requests
from council.models import Ask, Case, CaseKind, Tier
from council.views import help as help_page
from matching.actions import pair_by_hand
from outbox import delivery, kinds, letters, links
from outbox.models import Letter
from outbox.sweeping import never
from programs.models import Leave, Membership
from tests.surface import forms
from tests.world import (
    COORDINATOR,
    COUNCIL,
    MENTEE,
    MENTOR,
    NOW,
    add_member,
    make_pairing,
    make_person,
    make_program,
    signed_in,
)

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 16)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def program():
    program = make_program("Careers", time_zone="Europe/London", help_text="Samaritans: 116 123")
    add_member(program, COORDINATOR, make_person("Cora Coordinator"))
    add_member(program, COUNCIL, make_person("Carl Council"))
    return program


@pytest.fixture
def pairing(program):
    mentor = add_member(program, MENTOR, make_person("Mo Mentor"), state="active", places=3)
    mentee = add_member(program, MENTEE, make_person("Mia Mentee"), state="active")
    return make_pairing(mentor, mentee)


def link(purpose, person, thing, ends=NOW + 30 * DAY):
    return reverse("outbox:link", args=[links.sign(purpose, person.public_id, thing, ends)])


def wrong(pairing, person):
    return link("wrong", person, pairing.program.slug, NOW + help_page.LONG)


def read(response, status=200) -> str:
    assert response.status_code == status, response.content.decode()[-2000:]
    return response.content.decode()


def show(client, url, status=200) -> str:
    return read(client.get(url, follow=True), status)


def post_form(client, url, **changes):
    """Sends the page's own form, as a browser does."""
    page = show(client, url)
    (form,) = [form for form in forms(page) if form.method == "post" and not form.action]
    return client.post(url, form.data(**changes), follow=True)


def test_help_stands_first_and_then_what_each_may_say(pairing):
    page = show(signed_in(pairing.mentee.user), reverse("council:help"))
    assert page.index("+44 20 7946 0000") < page.index("I cannot reach Mo Mentor")
    for words in ("Samaritans: 116 123", "at night", "another mentor than Mo Mentor", "I need a pause", "not safe"):
        assert words in page, words
    page = show(signed_in(pairing.mentor.user), reverse("council:help"))
    for words in ("I cannot reach Mia Mentee", "This is too much for me", "I will be away", "not safe"):
        assert words in page, words
    assert "another mentor" not in page
    assert page.count("btn-primary") == 1


def test_who_runs_a_program_may_say_what_is_not_safe_and_who_is_in_none_is_not_left_alone(program):
    cora = Membership.objects.get(role=COORDINATOR).user
    page = show(signed_in(cora), reverse("council:help"))
    assert "not safe" in page and "I will be away" in page and "too much" not in page
    page = show(signed_in(make_person()), reverse("council:help"))
    assert "Answer any of our emails" in page


def test_it_stands_on_every_page_of_whoever_is_signed_in(pairing):
    for name in ("home", "profile", "council:requests"):
        assert f'href="{reverse("council:help")}"' in show(signed_in(pairing.mentee.user), reverse(name))
    assert f'href="{reverse("council:help")}"' not in show(Client(), reverse("front"))


def test_in_several_programs_each_way_names_its_own(pairing):
    other = make_program("Riverside")
    add_member(other, MENTOR, pairing.mentee.user, state="ready")
    page = show(signed_in(pairing.mentee.user), reverse("council:help"))
    assert "I cannot reach Mo Mentor (Careers)" in page and "I will be away for a while (Riverside)" in page
    page = show(signed_in(pairing.mentee.user), f"{reverse('council:help')}?program={other.slug}")
    assert "Mo Mentor" not in page


@pytest.mark.parametrize("told", [Tier.COORDINATOR, Tier.COUNCIL])
def test_a_mentee_says_from_an_email_without_signing_in_that_they_cannot_reach_their_mentor(pairing, told):
    url = f"{wrong(pairing, pairing.mentee.user)}?way=no_mentor:{pairing.public_id}"
    page = show(Client(), url)
    assert "Cora Coordinator" in page and "The council of Careers" in page and not Case.objects.exists()
    page = read(post_form(Client(), url, addressed=told, words="Twice I wrote."))
    case = Case.objects.get()
    assert case.kind == CaseKind.NO_MENTOR and case.addressed == told and case.words == "Twice I wrote."
    assert "answers you by Thursday 19 November" in page
    letter = Letter.objects.get(recipient=pairing.mentee.user)
    assert letter.kind == ("council.asked" if told == Tier.COORDINATOR else "council.asked_apart")
    assert "Twice" not in letter.body and "reach" not in letter.subject


def test_the_whole_way_from_a_letter_to_a_person(program, mailoutbox):
    mentor = add_member(program, MENTOR, make_person("Mo Mentor"))
    mentee = add_member(program, MENTEE, make_person("Mia Mentee"))
    cora = Membership.objects.get(role=COORDINATOR).user
    pairing = pair_by_hand(program, mentor, mentee, by=cora, now=NOW)
    delivery.deliver_due(NOW, never)
    (mail,) = [mail for mail in mailoutbox if mail.to == [mentee.user.email]]
    address = re.search(r"cannot reach your mentor\? (\S+)", mail.body)[1]
    path = address.removeprefix(settings.PUBLIC_URL)
    client = Client()
    assert "I cannot reach Mo Mentor" in show(client, path)
    post_form(client, f"{path}?way=no_mentor:{pairing.public_id}", addressed="coordinator", words="Since Monday.")
    delivery.deliver_due(NOW, never)
    assert Case.objects.get().owner == cora
    to_cora = [mail for mail in mailoutbox if mail.to == [cora.email]][-1]
    to_mia = [mail for mail in mailoutbox if mail.to == [mentee.user.email]][-1]
    assert "cannot reach their mentor" in to_cora.body and "Since Monday." not in to_cora.body
    assert "Thursday 19 November 2026" in to_mia.body and to_mia.subject == "About your mentoring"
    assert not [mail for mail in mailoutbox if mail.to == [mentor.user.email]][1:]


def test_a_second_time_it_says_where_it_stands(pairing):
    url = f"{reverse('council:help')}?way=no_mentor:{pairing.public_id}"
    client = signed_in(pairing.mentee.user)
    post_form(client, url, addressed="coordinator")
    page = show(client, url)
    assert "You said so on Monday 16 November" in page and "textarea" not in page
    client.post(url, {"addressed": "coordinator"})
    assert Case.objects.count() == 1
    assert "You cannot reach Mo Mentor" in show(client, reverse("council:requests"))


def test_nothing_chosen_is_said_at_the_field(pairing):
    url = f"{reverse('council:help')}?way=no_mentor:{pairing.public_id}"
    page = read(signed_in(pairing.mentee.user).post(url, {"words": "Hello"}), 400)
    assert "Please answer this." in page and "Hello" in page and not Case.objects.exists()


def test_nobody_is_offered_whom_it_is_about_and_the_council_takes_the_place_of_coordinators(program):
    cora = Membership.objects.get(role=COORDINATOR).user
    carl = Membership.objects.get(role=COUNCIL).user
    mentor = add_member(program, MENTOR, cora, state="active")
    pairing = make_pairing(mentor, add_member(program, MENTEE, state="active"))
    url = f"{reverse('council:help')}?way=no_mentor:{pairing.public_id}"
    page = show(signed_in(pairing.mentee.user), url)
    assert "for the coordinators" not in page and "The council of Careers" in page
    post_form(signed_in(pairing.mentee.user), url)
    case = Case.objects.get()
    assert case.addressed == Tier.COUNCIL and case.owner == carl and case not in Case.objects.visible_to(cora)


@pytest.mark.parametrize(
    ("way", "by", "said", "kind"),
    [
        ("other", "mentee", {"addressed": "coordinator"}, CaseKind.WISH),
        ("talk", "mentee", {"addressed": "coordinator", "how": "call", "words": "07700 900000"}, CaseKind.WISH),
        ("talk", "mentor", {"addressed": "council", "how": "write"}, CaseKind.WISH),
        ("too_much", "mentor", {"words": "Three jobs."}, CaseKind.TOO_MUCH),
    ],
)
def test_each_thing_to_say_finds_a_person(pairing, way, by, said, kind):
    member = getattr(pairing, by)
    thing = pairing if way == "other" else member
    page = read(post_form(Client(), f"{wrong(pairing, member.user)}?way={way}:{thing.public_id}", **said))
    assert "We have what you sent" in page
    case = Case.objects.get()
    assert case.kind == kind and case.asked_by == member.user and case.owner


def test_a_mentor_who_cannot_reach_a_mentee_has_them_asked(pairing):
    url = f"{wrong(pairing, pairing.mentor.user)}?way=no_mentee:{pairing.public_id}"
    page = read(post_form(Client(), url))
    assert "We asked Mia Mentee on Monday 16 November" in page and Ask.objects.get().pairing == pairing


def test_what_is_somebody_elses_to_say_is_not_found(pairing, program):
    stranger = add_member(program, MENTEE, state="active").user
    for way in (f"no_mentor:{pairing.public_id}", f"too_much:{pairing.mentor.public_id}", "no_mentor:", "x"):
        show(signed_in(stranger), f"{reverse('council:help')}?way={way}", 404)
    show(Client(), f"{wrong(pairing, stranger)}?way=no_mentor:{pairing.public_id}", 404)
    # The mentor does not say what is the mentee's.
    show(signed_in(pairing.mentor.user), f"{reverse('council:help')}?way=no_mentor:{pairing.public_id}", 404)


def test_what_is_not_safe_leads_to_its_own_page_signed_in_or_not(pairing):
    mentee = pairing.mentee
    way = f"?way=unsafe:{mentee.public_id}"
    response = signed_in(mentee.user).get(reverse("council:help") + way)
    assert response.status_code == 302 and response["Location"] == reverse(
        "council:concern_new", args=[mentee.program.slug]
    )
    response = Client().get(wrong(pairing, mentee.user) + way)
    token = response["Location"].split("/")[2]
    signed = links.read(token, NOW)
    assert (signed.purpose, signed.person, signed.thing) == ("concern", str(mentee.user.public_id), mentee.program.slug)


def test_being_away_and_stopping_have_pages_of_their_own(pairing):
    client, mentee = signed_in(pairing.mentee.user), pairing.mentee
    for way, name in (("away", "leave"), ("stop", "withdraw")):
        response = client.get(f"{reverse('council:help')}?way={way}:{mentee.public_id}")
        assert response["Location"] == reverse(f"council:{name}", args=[mentee.public_id])
    response = client.get(f"{reverse('council:help')}?way=pause:{pairing.public_id}")
    assert response["Location"] == reverse("council:pause", args=[pairing.public_id])


def test_a_link_to_help_holds_as_long_as_the_pair_and_then_sends_a_fresh_one(pairing):
    url = wrong(pairing, pairing.mentee.user)
    with time_machine.travel(NOW + 400 * DAY, tick=False):
        assert "I cannot reach Mo Mentor" in show(Client(), url)
        type(pairing).objects.update(state="ended", ended_at=NOW + 399 * DAY)
        assert "This link has run out" in show(Client(), url)
        assert "on its way" in read(Client().post(url))
    assert Letter.objects.get().about["purpose"] == "wrong"


def test_a_link_in_a_letter_is_made_for_as_long_as_its_pair(pairing):
    letter = letters.write(
        "matching.pair_ended", pairing.mentee.user, key="x", context={}, topic=pairing.program.slug, now=NOW
    )
    assert links.read(links.token_for(letter, "wrong", NOW), NOW).ends == NOW + help_page.LONG
    type(pairing).objects.update(state="ended", ended_at=NOW)
    assert links.read(links.token_for(letter, "wrong", NOW), NOW).ends == NOW + links.LASTS


@pytest.mark.parametrize("kind", kinds.every(), ids=lambda kind: kind.name)
def test_the_way_to_help_stands_in_every_email_but_those_to_staff(kind):
    person = make_person("Robin Reader")
    _subject, body, _language = letters.text_of(kind, person, context=kind.sample(""), topic="")
    assert ("Something is wrong" in body and "[link: wrong]" in body) is not kind.to_staff
    if kind.to_mentees:
        assert "you cannot reach your mentor? [link: wrong]" in body


# From a nudge.


def nudge(pairing, person, *others):
    return link("reach", person, ",".join(str(one.public_id) for one in (pairing, *others)), NOW + help_page.LONG)


@pytest.mark.parametrize("role", ["mentee", "mentor"])
def test_somebody_nudged_says_that_they_were_in_touch(pairing, role):
    url = nudge(pairing, getattr(pairing, role).user)
    assert not pairing.contacts.exists()
    page = read(post_form(Client(), url, reach="touch", on="2026-11-16"))
    assert "were in touch" in page
    assert getattr(pairing.contacts.get(), f"by_{role}")


def test_in_touch_needs_a_day_that_can_be(pairing):
    url = nudge(pairing, pairing.mentee.user)
    for day in ("", "2026-11-17", "2026-11-01", "nonsense"):
        read(Client().post(url, {"reach": "touch", "on": day}), 400)
    assert not pairing.contacts.exists()


def test_not_yet_is_an_answer_and_i_cannot_leads_to_whom_we_tell(pairing):
    url = nudge(pairing, pairing.mentee.user)
    assert "Good." in read(post_form(Client(), url, reach="can"))
    assert not Case.objects.exists()
    client = Client()
    response = client.post(url, {"reach": "cannot"})
    page = show(client, response["Location"])
    assert "Who should hear of it?" in page and not Case.objects.exists()
    page = read(post_form(client, response["Location"], addressed="coordinator"))
    assert "We have what you sent" in page and Case.objects.get().kind == CaseKind.NO_MENTOR


def test_several_mentees_in_one_email_are_asked_about_one_by_one(pairing, program):
    other = make_pairing(pairing.mentor, add_member(program, MENTEE, make_person("Max Mentee"), state="active"))
    url = nudge(pairing, pairing.mentor.user, other)
    page = show(Client(), url)
    assert "Mia Mentee" in page and "Max Mentee" in page
    assert "I cannot reach Max Mentee" in show(Client(), f"{url}?pair={other.public_id}")
    type(other).objects.filter(pk=other.pk).update(state="ended", ended_at=NOW)
    assert "I cannot reach Mia Mentee" in show(Client(), url)
    type(pairing).objects.update(state="ended", ended_at=NOW)
    assert "has ended" in show(Client(), url)


def test_nobody_answers_for_a_pair_that_is_not_theirs(pairing):
    show(Client(), nudge(pairing, make_person()), 404)
    show(Client(), link("reach", pairing.mentee.user, "nonsense"), 404)


# Questions to a mentee.


def test_a_mentee_answers_from_the_email_or_the_page(pairing):
    ask = requests.no_mentee(pairing, by=pairing.mentor.user, now=NOW)
    page = show(Client(), link("ask", pairing.mentee.user, str(ask.public_id)))
    assert "Mo Mentor would like to hear from you" in page
    client = signed_in(pairing.mentee.user)
    for name in ("council:requests", "home"):
        assert "would like to hear from you" in show(client, reverse(name))
    assert "We tell Mo Mentor" in read(post_form(client, reverse("council:ask", args=[ask.public_id]), reach="here"))
    assert "settled" in show(Client(), link("ask", pairing.mentee.user, str(ask.public_id)))
    show(signed_in(pairing.mentor.user), reverse("council:ask", args=[ask.public_id]), 404)
    show(Client(), link("ask", pairing.mentor.user, str(ask.public_id)), 404)
    show(Client(), link("ask", pairing.mentee.user, "nonsense"), 404)


# Leaves, pauses, leaving.


def test_a_leave_is_said_changed_and_ended_on_its_page(pairing):
    client, url = signed_in(pairing.mentor.user), reverse("council:leave", args=[pairing.mentor.public_id])
    assert "Mia Mentee gets an email" in show(client, url)
    read(client.post(url, {"starts_on": "2026-11-20", "returns_on": "2026-11-18"}), 400)
    read(post_form(client, url, returns_on="2026-12-01"))
    page = show(client, url)
    assert "You are away until Tuesday 1 December 2026" in page
    read(client.post(url, {"returns_on": "2026-12-05"}, follow=True))
    assert Leave.objects.current().get().returns_on == date(2026, 12, 5)
    read(client.post(url, {}, follow=True))
    assert not Leave.objects.current().exists()
    assert Membership.objects.get(pk=pairing.mentor_id).state == "active"


def test_the_day_before_somebody_says_from_the_email_when_they_are_back(pairing):
    client = signed_in(pairing.mentor.user)
    url = reverse("council:leave", args=[pairing.mentor.public_id])
    post_form(client, url, returns_on="2026-12-01")
    leave = Leave.objects.get()
    back = link("back", pairing.mentor.user, str(leave.pk))
    assert "Are you back on Tuesday 1 December?" in show(Client(), back)
    assert "back on that day" in read(Client().post(back))
    assert "Tuesday 15 December" in read(Client().post(back, {"returns_on": "2026-12-15"}))
    assert Leave.objects.current().get().returns_on == date(2026, 12, 15)
    show(Client(), link("back", pairing.mentee.user, str(leave.pk)), 404)
    show(Client(), link("back", pairing.mentor.user, "x"), 404)


def test_a_mentee_pauses_and_ends_the_pause(pairing):
    client, url = signed_in(pairing.mentee.user), reverse("council:pause", args=[pairing.public_id])
    read(client.post(url, {"until": "2027-03-01"}), 400)
    assert "You pause until" in read(post_form(client, url, until="2026-12-01"))
    assert "pause until" in show(client, url)
    read(post_form(client, url))
    assert not pairing.pauses.filter(ended_at=None).exists()
    assert "What happens" in show(client, url)
    show(signed_in(pairing.mentor.user), url, 404)


def test_leaving_says_first_what_happens_to_whom(pairing):
    client, url = signed_in(pairing.mentor.user), reverse("council:withdraw", args=[pairing.mentor.public_id])
    page = show(client, url)
    assert "Your time with Mia Mentee ends." in page and "comes before newcomers" in page
    assert "You have left Careers" in read(post_form(client, url, words="A new job."))
    assert Membership.objects.get(pk=pairing.mentor_id).state == "left"
    show(client, url, 404)


def test_a_coordinator_removes_somebody_who_is_in_a_pair(pairing, program):
    cora = Membership.objects.get(role=COORDINATOR).user
    client = signed_in(cora)
    url = reverse("council:remove", args=[program.slug, pairing.mentor.public_id])
    assert url in show(client, reverse("person", args=[pairing.mentor.user.public_id]))
    assert "The pair of Mo Mentor and Mia Mentee ends." in show(client, url)
    assert "Removed." in read(post_form(client, url, words="They asked by telephone."))
    assert Membership.objects.get(pk=pairing.mentor_id).state == "left"
    assert "You are no longer in Careers" in Letter.objects.get(kind="council.left").body


def test_nobody_removes_their_own_partner(pairing, program):
    add_member(program, COORDINATOR, pairing.mentee.user)
    url = reverse("council:remove", args=[program.slug, pairing.mentor.public_id])
    page = read(signed_in(pairing.mentee.user).post(url, follow=True))
    assert "another coordinator has to do it" in page
    assert Membership.objects.get(pk=pairing.mentor_id).state == "active"


@pytest.mark.parametrize("number", [1, 30])
def test_the_pages_ask_the_database_no_more_for_more(program, number, django_assert_max_num_queries):
    mentor = add_member(program, MENTOR, state="active", places=40)
    for _each in range(number):
        pairing = make_pairing(mentor, add_member(program, MENTEE, state="active"))
        requests.no_mentee(pairing, by=mentor.user, now=NOW)
    client = signed_in(mentor.user)
    for name in ("council:help", "council:requests"):
        with django_assert_max_num_queries(14):
            show(client, reverse(name))
