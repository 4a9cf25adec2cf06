"""Every write to forms and answers; journal and letters belong to whoever owns the sheet."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from django.db import transaction

from questions.models import Answer, Question, Questionnaire, Readers, Sheet
from questions.values import check, chunks


@dataclass(frozen=True)
class QuestionSpec:
    """A question as it shall be; its place is its place in the list."""

    key: str
    text: str
    help: str = ""
    kind: str = "text"
    options: tuple[str, ...] = field(default=())
    readers: str = "coordinators"

    def fields(self) -> dict:
        return {
            "key": self.key,
            "text": self.text,
            "help": self.help,
            "kind": self.kind,
            "options": list(self.options),
            "readers": self.readers,
        }


def specs_of(questionnaire: Questionnaire | None) -> list[QuestionSpec]:
    """The questions of a form, as specs."""
    if questionnaire is None:
        return []
    return [
        QuestionSpec(q.key, q.text, q.help, q.kind, tuple(q.options), q.readers) for q in questionnaire.questions.all()
    ]


@transaction.atomic
def save_version(questionnaire: Questionnaire | None, *, title: str, questions: Sequence[QuestionSpec], now):
    """The form with these questions: the same version while nothing changes or nobody answered, else the next."""
    keys = [spec.key for spec in questions]
    if len(set(keys)) != len(keys):
        raise ValueError("A key stands twice in one form.")
    if questionnaire is None:
        questionnaire = Questionnaire.objects.create(title=title, created_at=now)
        _write_questions(questionnaire, questions)
        return questionnaire
    # The lock makes answers wait that would freeze this version meanwhile.
    latest = Questionnaire.objects.select_for_update().filter(series=questionnaire.series).order_by("-version")[0]
    questions = _still_private(latest, questions)
    if latest.title == title and specs_of(latest) == questions:
        return latest
    if latest.sheets.exists():
        latest = Questionnaire.objects.create(
            series=latest.series, version=latest.version + 1, title=title, created_at=now
        )
    else:
        latest.questions.all().delete()
        Questionnaire.objects.filter(pk=latest.pk).update(title=title)
        latest.title = title
    _write_questions(latest, questions)
    return latest


def private_keys(questionnaire: Questionnaire | None) -> set[str]:
    """The questions people have answered for the matching alone; that stays so in every later version."""
    if questionnaire is None:
        return set()
    answered = Question.objects.filter(questionnaire__series=questionnaire.series, answers__isnull=False)
    return set(answered.filter(readers=Readers.MATCHER).values_list("key", flat=True))


def _still_private(questionnaire: Questionnaire, questions: Sequence[QuestionSpec]) -> list[QuestionSpec]:
    private = private_keys(questionnaire)
    return [replace(spec, readers=Readers.MATCHER.value) if spec.key in private else spec for spec in questions]


def _write_questions(questionnaire: Questionnaire, questions: Sequence[QuestionSpec]) -> None:
    Question.objects.bulk_create(
        Question(questionnaire=questionnaire, position=place, **spec.fields()) for place, spec in enumerate(questions)
    )


@transaction.atomic
def fill(questionnaire: Questionnaire, values: Mapping[str, object]) -> Sheet:
    """A sheet with these answers; raises ValueError with a sentence where one does not fit its question."""
    questions = {question.key: question for question in questionnaire.questions.all()}
    checked = {key: check(questions[key], raw) for key, raw in values.items()}
    return fill_many(questionnaire, [checked])[0]


@transaction.atomic
def fill_many(questionnaire: Questionnaire, rows: Iterable[Mapping[str, object]]) -> list[Sheet]:
    """Sheets in the order of the rows, whose values are typed already (questions.typed)."""
    rows = list(rows)
    questions = {question.key: question for question in questionnaire.questions.all()}
    sheets = Sheet.objects.bulk_create(Sheet(questionnaire=questionnaire) for _row in rows)
    Answer.objects.bulk_create(
        Answer(sheet=sheet, question=questions[key], value=value)
        for sheet, row in zip(sheets, rows, strict=True)
        for key, value in row.items()
        if value is not None
    )
    return sheets


@transaction.atomic
def move_sheets(sheet_ids: Iterable[UUID], to: Questionnaire) -> None:
    """Brings sheets to a newer version of their form, answers and all; `to` must still ask their questions."""
    questions = list(to.questions.all())
    for chunk in chunks(sheet_ids):
        behind = Sheet.objects.filter(pk__in=chunk).exclude(questionnaire=to)
        ids = list(behind.values_list("pk", flat=True))
        if not ids:
            continue
        for question in questions:
            Answer.objects.filter(sheet__in=ids, question__key=question.key).update(question=question)
        if Answer.objects.filter(sheet__in=ids).exclude(question__questionnaire=to).exists():
            raise ValueError("A sheet answers a question this version does not ask.")
        Sheet.objects.filter(pk__in=ids).update(questionnaire=to)


@transaction.atomic
def put(questionnaire: Questionnaire, changes: Mapping[UUID, Mapping[str, object]]) -> None:
    """Writes typed answers over those of sheets of this version; None takes an answer away."""
    questions = {question.key: question for question in questionnaire.questions.all()}
    written, gone = [], {}
    for sheet, values in changes.items():
        for key, value in values.items():
            if value is None:
                gone.setdefault(key, []).append(sheet)
            else:
                written.append(Answer(sheet_id=sheet, question=questions[key], value=value))
    Answer.objects.bulk_create(
        written, update_conflicts=True, unique_fields=["sheet", "question"], update_fields=["value"]
    )
    for key, sheets in gone.items():
        for chunk in chunks(sheets):
            Answer.objects.filter(sheet__in=chunk, question=questions[key]).delete()
