"""The pulse as a form: how is it going, and what would you like from us."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _text
from django.utils.translation import gettext_lazy as _

from programs.models import Role
from questions.actions import QuestionSpec, save_version
from questions.models import Questionnaire
from surveys.models import Survey, SurveyKind, Wave

GOING, WISH = "going", "wish"
NOTHING, WRITE, CALL, OTHER = "nothing", "write", "call", "other"
SCALE = ("1", "2", "3", "4", "5")
GOING_WORDS = {
    "1": _("badly"),
    "2": _("not so well"),
    "3": _("all right"),
    "4": _("well"),
    "5": _("very well"),
}
WISH_WORDS = {
    NOTHING: _("Nothing"),
    WRITE: _("Write to me"),
    CALL: _("Call me"),
    OTHER: _("Talk about another mentor"),
}
# What the last one says to a mentor.
OTHER_FOR_MENTORS = _("Talk about whether this pair suits")
LOW = ("1", "2")
TITLE_LENGTH = Questionnaire._meta.get_field("title").max_length


def wish_words(role: str) -> dict:
    """The choices as this role reads them."""
    return {**WISH_WORDS, OTHER: OTHER_FOR_MENTORS} if role == Role.MENTOR else WISH_WORDS


def is_low(going: str, wish: str) -> bool:
    """Said to go badly, and asked for nothing: a coordinator looks at it all the same."""
    return going in LOW and wish == NOTHING


def pulse_of(program, now) -> Survey:
    """The pulse of a program, made the first time somebody is asked."""
    known = Survey.objects.filter(program=program, kind=SurveyKind.PULSE).select_related("questionnaire")
    return known.first() or _make(program, now) or known.get()


def _make(program, now) -> Survey | None:
    """Both written or neither; None where another process was quicker."""
    questions = [
        QuestionSpec(GOING, _text("How is it going?"), kind="scale", options=SCALE),
        QuestionSpec(WISH, _text("What would you like from us?"), kind="choice", options=tuple(WISH_WORDS)),
    ]
    title = _text("Pulse of %(program)s") % {"program": program}
    try:
        with transaction.atomic():
            form = save_version(None, title=title[:TITLE_LENGTH], questions=questions, now=now)
            return Survey.objects.create(program=program, kind=SurveyKind.PULSE, questionnaire=form, created_at=now)
    except IntegrityError:
        return None


def wave_of(program, now) -> Wave:
    """This month's wave of a program's pulse."""
    month = program.today(now).replace(day=1)
    wave, _new = Wave.objects.get_or_create(survey=pulse_of(program, now), month=month)
    return wave
