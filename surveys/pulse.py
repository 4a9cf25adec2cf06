"""The pulse as a form: how is it going, and what would you like from us."""

from django.utils.translation import gettext_lazy as _

from programs.models import Role
from questions.actions import QuestionSpec, save_version
from surveys.models import Survey, SurveyKind

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
# A low answer is looked at even where nothing was wished for.
LOW = ("1", "2")


def wish_words(role: str) -> dict:
    """The choices as this role reads them."""
    return {**WISH_WORDS, OTHER: OTHER_FOR_MENTORS} if role == Role.MENTOR else WISH_WORDS


def pulse_of(program, now) -> Survey:
    """The pulse of a program, made the first time somebody is asked."""
    if known := Survey.objects.filter(program=program, kind=SurveyKind.PULSE).select_related("questionnaire").first():
        return known
    questions = [
        QuestionSpec(GOING, "How is it going?", kind="scale", options=SCALE),
        QuestionSpec(WISH, "What would you like from us?", kind="choice", options=tuple(WISH_WORDS)),
    ]
    form = save_version(None, title=f"Pulse of {program}", questions=questions, now=now)
    survey, _new = Survey.objects.get_or_create(
        program=program, kind=SurveyKind.PULSE, defaults={"questionnaire": form, "created_at": now}
    )
    return survey
