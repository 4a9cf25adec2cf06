"""The draft's pages: figures, lines, changes by hand, publishing, and what a coordinator in the round does not see."""

from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone

from matching.actions import ask_round, leave_out, run_rounds
from matching.models import Pairing, Proposal, Round, RoundState
from outbox.models import Letter
from outbox.sweeping import never
from programs.models import Membership, MembershipState, Program
from questions.cells import read_table
from tests.matching import civil_service
from tests.world import COORDINATOR, MENTEE, NOW, add_member, make_person, make_proposal, make_round, signed_in

LATER = NOW + timedelta(minutes=1)


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
def client(program):
    return signed_in(civil_service.coordinator_of(program))


def url(name, round, *args):
    return reverse(f"matching:{name}", args=[round.program.slug, round.public_id, *args])


def words(response):
    return " ".join(response.content.decode().split())


def test_from_asking_to_publishing_over_http(client, program):
    asked = client.post(reverse("matching:ask", args=[program.slug]))
    round = Round.objects.get()
    assert asked.url == url("round", round)
    assert "Waiting for its turn" in words(client.get(asked.url))
    again = client.post(reverse("matching:ask", args=[program.slug]))
    assert again.url == asked.url and Round.objects.count() == 1
    assert "HX-Refresh" not in client.get(url("progress", round)).headers
    run_rounds(timezone.now(), never)
    assert client.get(url("progress", round)).headers["HX-Refresh"] == "true"
    page = words(client.get(asked.url))
    assert "35 of 50 mentees have a mentor, worth 747 points together." in page
    assert "The highest possible is 750; 3 were given up to lift the weakest pairs." in page
    assert "They are equal, so no better one exists." in page
    confirm = words(client.get(url("publish", round)))
    assert "35 pairs begin" in confirm and "100 emails leave" in confirm and "Hello mentee" in confirm
    assert not Letter.objects.exists() and not Pairing.objects.exists()
    done = client.post(url("publish", round), follow=True)
    assert "Published: 35 pairs. 100 emails wait." in words(done)
    assert Pairing.objects.count() == 35
    second = client.post(url("publish", round), follow=True)
    assert "published this round already" in words(second)
    assert Letter.objects.count() == 100


def test_working_out_again_replaces_the_draft(client, draft):
    client.post(reverse("matching:ask", args=[draft.program.slug]), {"instead_of": str(draft.public_id)})
    draft.refresh_from_db()
    assert draft.state == RoundState.DISCARDED
    assert Round.objects.in_work().get().state == RoundState.ASKED


def test_a_broken_round_says_what_to_do(client, program):
    program.policies.update(rules={"rules": [{"kind": "same_value", "mentee": "x", "mentor": "y", "points": 1}]})
    round = ask_round(program, by=None, now=NOW)
    run_rounds(LATER, never)
    page = words(client.get(url("round", round)))
    assert "do not fit the forms any more" in page and "Work out the pairs" in page


@pytest.mark.parametrize("query", ["", "?show=unmatched", "?show=by_hand", "?q=mentee 1", "?at_most=15", "?sort=mentor",
                                   "?sort=-mentee&per_page=25&page=2"])  # fmt: skip
def test_the_table_is_searched_filtered_sorted_and_paged(client, draft, query):
    assert client.get(url("round", draft) + query).status_code == 200


JUNK = ["show=junk", "at_most=junk", "at_most=nan", "at_most=" + "9" * 400, "sort=junk", "sort=-password", "page=junk",
        "page=99999999", "page=-1", "per_page=0", "per_page=-5", "per_page=" + "9" * 50, "q=%00", "q=" + "x" * 5000,
        "_export=", "show=%00"]  # fmt: skip


@pytest.mark.parametrize("query", [f"?{junk}" for junk in JUNK])
def test_junk_in_the_address_is_no_error(client, draft, query):
    assert client.get(url("round", draft) + query).status_code == 200


def test_only_unmatched_people_are_left_by_the_filter(client, draft):
    table = client.get(url("round", draft) + "?show=unmatched").context["table"]
    assert len(table.rows) == 15 and all(row.record.mentor_id is None for row in table.rows)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_exports_begin_with_the_word_on_evaluation(client, draft, kind):
    response = client.get(url("round", draft) + f"?_export={kind}&show=pairs")
    assert response.status_code == 200
    if kind == "csv":
        lines = response.content.decode("utf-8-sig").splitlines()
        assert lines[0] == "Not used to evaluate you." and len(lines) == 2 + 35
    else:
        table = read_table(response.content, "x.xlsx")
        assert table.header[0] == "Not used to evaluate you."
    assert client.get(url("round", draft) + "?_export=exe").status_code == 404


def test_reasons_add_up_on_the_page_and_wishes_stay_unnamed(client, draft):
    page = words(client.get(url("round", draft)))
    assert "A personal wish is met." in page
    secret = {row["identity to match"] for row in civil_service.rows_of("mentee") if row["identity to match"]}
    assert not any(word in page for word in secret)


def test_what_a_choice_costs_is_what_it_costs(client, draft):
    """Whatever is shown beside a mentor is what the draft loses once they are chosen; undoing gives it back."""
    before = draft.result["total"], draft.result["matched"]
    line = draft.proposals.pairs().order_by("score", "pk").first()
    page = url("change", draft, line.mentee.public_id)
    options = [option for option in client.get(page).context["desk"].options if option.points is not None]
    for option in options[:: max(1, len(options) // 3)]:
        done = client.post(page, {"mentor": str(option.mentor.public_id), "step": draft.step}, follow=True)
        assert "is held to" in words(done)
        draft.refresh_from_db()
        line.refresh_from_db()
        assert (line.mentor_id, line.by_hand) == (option.mentor.pk, True)
        assert draft.result["total"] - before[0] == option.points
        assert draft.result["matched"] - before[1] == option.people
        client.post(url("undo", draft), {"step": draft.step})
        draft.refresh_from_db()
        assert (draft.result["total"], draft.result["matched"]) == before


def test_the_page_of_a_line_says_why_and_how_it_ranks(client, draft):
    line = draft.proposals.pairs().first()
    response = client.get(url("change", draft, line.mentee.public_id))
    page = words(response)
    assert f"{line.mentor.user} is number {response.context['desk'].mentee_rank.place} of" in page
    assert all(reason["words"] in unescape(page) for reason in line.reasons) and "Beside each other" in page
    hidden = line.mentee.sheet.answers.get(question__key="identity-to-match").value
    asked = {question for question, _mentee, _mentor in response.context["answers"]}
    assert not asked & {"Identity to match", "Characteristics"}, hidden


def test_places_are_lowered_for_this_draft_and_taken_back(client, draft):
    line = draft.proposals.pairs().select_related("mentor__user").first()
    client.post(url("places", draft, line.mentor.public_id), {"places": "0", "step": 0})
    assert not draft.proposals.filter(mentor=line.mentor).exists()
    line.mentor.refresh_from_db()
    assert line.mentor.places == 1
    page = words(client.get(url("round", draft)))
    assert (f"{line.mentor.user} takes 0 in this draft." in page and "person moved" in page) or "people moved" in page
    assert "meanwhile" in words(client.post(url("undo", draft), {"step": 0}, follow=True))
    client.post(url("undo", draft), {"step": 1})
    assert draft.proposals.filter(mentor=line.mentor).exists()


def test_the_proof_is_one_true_sentence(client, draft):
    page = words(client.get(url("round", draft)))
    assert "Nobody more can be matched. Among all ways to match as many" in page
    assert "none scores higher." in page
    unmatched = draft.proposals.unmatched().filter(why_none__kind="full").first()
    assert unmatched.why_none["ways"][0]
    assert "What would match them: " in page


@pytest.mark.parametrize("data", [{}, {"mentor": "junk"}, {"mentor": "x" * 10_000}, {"swap": "junk"}, {"mentor": ""}])
def test_junk_by_hand_is_refused_or_not_found(client, draft, data):
    line = draft.proposals.first()
    response = client.post(url("change", draft, line.mentee.public_id), data)
    assert response.status_code in (302, 404)
    assert not Proposal.objects.filter(by_hand=True).exists()


def test_somebody_of_another_program_cannot_be_chosen(client, draft):
    from tests.world import make_program

    stranger = add_member(make_program(), "mentor")
    line = draft.proposals.first()
    response = client.post(url("change", draft, line.mentee.public_id), {"mentor": str(stranger.public_id)})
    assert response.status_code == 404


def test_what_changed_since_the_draft_is_told(client, draft):
    line, other, third = draft.proposals.pairs()[:3]
    Membership.objects.filter(pk=line.mentor_id).update(state=MembershipState.LEFT)
    Membership.objects.filter(pk=other.mentor_id).update(places=0)
    Membership.objects.filter(pk=third.mentee_id).update(state=MembershipState.LEFT)
    add_member(draft.program, MENTEE)
    page = words(client.get(url("round", draft)))
    assert f"{line.mentor.user} is no longer ready (left)." in page
    assert f"{other.mentor.user} has fewer free places now" in page
    assert f"{third.mentee.user} is no longer ready (left)." in page
    assert "1 mentee has become ready since." in page
    refused = client.post(url("publish", draft), follow=True)
    assert refused.status_code == 200 and not Pairing.objects.exists()


def test_the_page_of_a_line_asks_no_more_for_many_mentors(client, draft, django_assert_max_num_queries):
    line = draft.proposals.pairs().first()
    page = url("change", draft, line.mentee.public_id)
    client.get(page)
    with django_assert_max_num_queries(40) as many:
        client.get(page)
    Membership.objects.filter(role="mentor").exclude(pk=line.mentor_id).update(state=MembershipState.LEFT)
    with django_assert_max_num_queries(len(many)):
        client.get(page)


@pytest.fixture
def insider(program, draft):
    """A coordinator who is a mentee of the same round."""
    line = draft.proposals.pairs().select_related("mentee__user").first()
    add_member(program, COORDINATOR, line.mentee.user)
    return line


def test_a_coordinator_in_the_round_sees_nothing_of_themselves(insider, draft):
    client = signed_in(insider.mentee.user)
    page = words(client.get(url("round", draft)))
    assert f">{insider.mentee.user}<" not in page.split('id="lines-title"')[1]
    assert "747 points" not in page and "You are in this round yourself" in page
    assert client.get(url("change", draft, insider.mentee.public_id)).status_code == 404
    assert str(insider.mentor.user) not in client.get(url("round", draft) + "?_export=csv").content.decode()
    assert client.get(url("round", draft) + f"?q={insider.mentor.user}").context["table"].rows.__len__() == 0


def test_a_coordinator_in_the_round_reads_no_cost_and_changes_nothing(insider, draft):
    client = signed_in(insider.mentee.user)
    line = draft.proposals.pairs().exclude(pk=insider.pk).select_related("mentee__user", "mentor__user").first()
    page = client.get(url("change", draft, line.mentee.public_id))
    assert all(option.points is None for option in page.context["desk"].options)
    assert "another coordinator changes it" in words(page) and "The total" not in words(page)
    refused = client.post(url("change", draft, line.mentee.public_id), {"nobody": "1"}, follow=True)
    assert "another coordinator has to change it" in words(refused)
    refused = client.post(url("places", draft, line.mentor.public_id), {"places": "0"}, follow=True)
    assert "another coordinator has to change it" in words(refused)
    leave_out(draft, line.mentee, by=None, now=LATER)
    assert "What is set by hand" not in words(client.get(url("round", draft)))


def test_a_coordinator_in_the_round_does_not_publish(insider, draft):
    client = signed_in(insider.mentee.user)
    assert "Another coordinator has to publish this" in words(client.get(url("publish", draft)))
    assert client.post(url("publish", draft)).status_code == 403
    assert not Pairing.objects.exists()


def test_a_superuser_publishes_unless_in_it(draft, insider):
    root = make_person("Root", is_superuser=True)
    assert signed_in(root).post(url("publish", draft)).status_code == 302
    assert Pairing.objects.count() == 35


def test_a_program_being_set_up_is_opened_before_publishing(client, draft):
    Program.objects.filter(pk=draft.program_id).update(state="setup")
    assert "Open the program first" in words(client.get(url("publish", draft)))
    assert "not open" in words(client.post(url("publish", draft), follow=True))


def test_discarding_over_http(client, draft):
    assert "Nobody was written to" in words(client.post(url("discard", draft), follow=True))
    assert "discarded" in words(client.get(url("round", draft)))
    assert "discarded already" in words(client.post(url("discard", draft), follow=True))


@pytest.mark.parametrize("name", ["publish", "round", "progress"])
def test_getting_changes_nothing(client, draft, name):
    client.get(url(name, draft))
    draft.refresh_from_db()
    assert draft.state == RoundState.DRAFT and not Pairing.objects.exists()


def test_the_draft_asks_no_more_for_thirty_lines(program, client, django_assert_max_num_queries):
    round = make_round(program)
    mentees = Membership.objects.of(program).mentees()
    mentors = Membership.objects.of(program).mentors()
    make_proposal(round, mentees[0], mentors[0])
    client.get(url("round", round))
    with django_assert_max_num_queries(30) as one:
        client.get(url("round", round))
    for i in range(1, 30):
        make_proposal(round, mentees[i], mentors[i] if i % 2 else None)
    with django_assert_max_num_queries(len(one)):
        client.get(url("round", round))
