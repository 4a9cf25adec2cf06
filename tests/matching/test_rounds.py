"""A round on the real files: its figures, its proof, and what it says of each person."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from matching.actions import ask_round, leave_out, publish, run_rounds
from matching.models import Round, RoundState
from outbox.sweeping import never
from questions.models import Answer
from tests.matching import civil_service
from tests.world import NOW

LATER = NOW + timedelta(minutes=1)


def run(program, now=LATER):
    round = ask_round(program, by=civil_service.coordinator_of(program), now=NOW)
    assert run_rounds(now, never) == 1
    round.refresh_from_db()
    return round


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("honour", "levels", "total"), [(False, 0, 750), (False, 1, 750), (False, 10, 747), (True, 1, 727), (True, 10, 724)]
)
def test_the_figures_of_the_real_files(honour, levels, total):
    program = civil_service.build(policy=civil_service.rules(honour=honour, floor_levels=levels))
    round = run(program)
    assert round.state == RoundState.DRAFT, round.failure
    result = round.result
    assert (result["matched"], result["of"], result["total"]) == (35, 50, total)
    assert result["highest"] == (727 if honour else 750)
    assert result["primal"] == result["dual"]
    assert sum(line.score for line in round.proposals.all()) == total
    for line in round.proposals.pairs():
        assert sum(reason["points"] for reason in line.reasons) == line.score
    assert sum(result["unmatched"].values()) == round.proposals.unmatched().count() == 15
    assert all(line.why_none["words"] for line in round.proposals.unmatched())


@pytest.mark.django_db
def test_the_same_people_give_the_same_pairs():
    program = civil_service.build()
    first = run(program)
    pairs = set(first.proposals.values_list("mentee", "mentor"))
    Round.objects.filter(pk=first.pk).update(state=RoundState.DISCARDED)
    second = run(program)
    assert set(second.proposals.values_list("mentee", "mentor")) == pairs
    assert second.fingerprint == first.fingerprint


@pytest.mark.django_db
def test_a_round_gives_the_same_bytes_again_or_says_what_changed(capsys):
    round = run(civil_service.build())
    call_command("replay_round", str(round.public_id))
    assert "The same 50 lines to the byte: 35 pairs, 747 points" in capsys.readouterr().out
    leave_out(round, round.proposals.pairs()[0].mentee, by=None, now=LATER)
    publish(round, by=None, now=LATER)
    call_command("replay_round", str(round.public_id))
    answer = Answer.objects.filter(question__key="grade", sheet=round.proposals.pairs()[0].mentee.sheet).get()
    Answer.objects.filter(pk=answer.pk).update(value="SCS4")
    with pytest.raises(CommandError, match="What went in has changed"):
        call_command("replay_round", str(round.public_id))
