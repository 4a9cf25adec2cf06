"""Where the two questions are answered: signed in, or behind the link of the email."""

from datetime import timedelta

from django.shortcuts import redirect, render
from django.utils import timezone

from outbox.doors import doors
from programs import answering
from programs.errors import Refused
from questions import values
from surveys import actions, letters
from surveys.forms import PulseForm
from surveys.models import Invitation
from surveys.pulse import NOTHING, WISH


def _of(person):
    rows = Invitation.objects.filter(membership__user=person)
    return rows.select_related(
        "membership__program", "membership__user", "pairing__program", "pairing__mentor__user", "pairing__mentee__user"
    )


def _page(request, row, url):
    """All pairs of one email on one page: to answer, to change, or what happens now."""
    now, person = timezone.now(), row.membership.user
    rows = list(_of(person).filter(membership=row.membership, asked_at=row.asked_at).order_by("pk"))
    said = values.of_sheets(one.sheet_id for one in rows)
    answers = [(one, letters.other_of(one), said.get(one.sheet_id, {})) for one in rows]
    open_ones = [line for line in answers if actions.can_answer(line[0], now)]
    all_answered = all(its for _one, _other, its in answers)
    context = _context(row, rows, url, now)
    sent = "sent" in request.GET and any(its for _one, _other, its in answers)
    if request.method != "POST" and "change" not in request.GET and (all_answered or sent):
        return render(request, "surveys/thanks.html", {**context, **_thanks(answers, open_ones, now)})
    if not open_ones:
        return render(request, "surveys/over.html", context)
    forms = [
        PulseForm(request.POST if request.method == "POST" else None, invitation=one, other=other, said=its,
                  several=len(rows) > 1)
        for one, other, its in open_ones
    ]  # fmt: skip
    if request.method == "POST" and _answer(forms, person, now):
        return redirect(f"{url}?sent=1")
    status = 400 if request.method == "POST" else 200
    return render(request, "surveys/pulse.html", {**context, "forms": forms}, status=status)


def blank(row, now) -> dict:
    """The questions as this person is asked them, with nothing of what they said."""
    rows = list(_of(row.membership.user).filter(membership=row.membership, asked_at=row.asked_at).order_by("pk"))
    forms = [
        PulseForm(invitation=one, other=letters.other_of(one), said={}, several=len(rows) > 1)
        for one in rows
        if actions.can_answer(one, now)
    ]
    return {**_context(row, rows, "", now), "forms": forms}


def _answer(forms, person, now) -> bool:
    """Whether what was filled in is now written down; else the forms say why not."""
    filled_in = [form for form in forms if not form.is_left_out]
    if not filled_in:
        forms[0].ask_for_all()
    if any(form.errors for form in forms):
        return False
    try:
        actions.answer_all([(form.invitation, form.cleaned_data) for form in filled_in], by=person, now=now)
    except Refused as refused:
        forms[0].add_error(None, str(refused))
        return False
    return True


def _context(row, rows, url, now) -> dict:
    member = row.membership
    staff = answering.of_programs([member.program], now)[member.program_id].coordinators
    others = [letters.other_of(one) for one in rows]
    return {
        "program": member.program,
        "role": member.role,
        "others": others,
        "url": url,
        "who_reads": letters.who_reads(member.role, staff, [member.user, *others]),
        "evaluation": member.program.evaluation_for(member.role),
    }


def _thanks(answers, open_ones, now) -> dict:
    """What happens now, and what is still open."""
    wished = [one for one, _other, its in answers if its.get(WISH, NOTHING) != NOTHING]
    program = answers[0][0].pairing.program
    answer_by = None
    if wished:
        first = min(one.answered_at for one in wished)
        answer_by = program.today(first + timedelta(days=program.figure("first_answer_days")))
    return {
        "wished": bool(wished),
        # Later, the page of one's requests says how it stands.
        "answer_by": answer_by if answer_by and answer_by >= program.today(now) else None,
        "left": [other for one, other, its in open_ones if not its],
        "can_change": any(its for _one, _other, its in open_ones),
    }


pulse, signed = doors(_of, _page, "surveys:pulse")
