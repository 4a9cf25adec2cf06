"""Reads a program's people and their answers into the tables that are scored."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from django.db.models import Exists, OuterRef, TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from matching import asking, first, scoring
from matching.barred import former_pairs, kept_apart, known, pairs_for_other, turned_down, wished_apart
from matching.models import EarlyReturn, Introduction, Offer, Pairing, PairingState, PairPurpose
from matching.own import LISTED, LISTED_WORDS, OWN
from matching.scoring.answers import PRESENT, plain
from matching.standing_pairs import Standing
from programs.models import Membership, MembershipState, Program
from questions.models import Answer, Question, Readers

# Whoever may be in a round, as in Membership.objects.matchable().
MATCHABLE = (MembershipState.READY, MembershipState.WAITING, MembershipState.ACTIVE)
LABELS_OF_SIDES = (("mentee", "mentee_questionnaire_id"), ("mentor", "mentor_questionnaire_id"))


@dataclass(frozen=True, eq=False)
class Asked:
    """What a program asks each side: (side, key) of every question."""

    questions: dict[tuple[str, str], Question]

    def labels(self, side: str) -> dict[str, str]:
        return {key: question.text for (of, key), question in self.questions.items() if of == side}

    @property
    def in_forms(self) -> bool:
        """Whether any form asks anything."""
        return any(key not in OWN and key != LISTED for _side, key in self.questions)

    @cached_property
    def sensitive(self) -> frozenset[tuple[str, str]]:
        """Answers that only the matching may use."""
        return frozenset(at for at, question in self.questions.items() if question.readers == Readers.MATCHER)

    @cached_property
    def shown_to_other_side(self) -> frozenset[tuple[str, str]]:
        return frozenset(at for at, question in self.questions.items() if question.readers == Readers.OTHER_SIDE)

    def hides(self, uses: Iterable[tuple[str, str]]) -> bool:
        """Whether a rule that looks at these questions must not be told in its own words."""
        return any(at in self.sensitive for at in uses)


def asked_in(program: Program) -> Asked:
    """The questions of the program's two forms as they stand now."""
    side_of = {getattr(program, field): side for side, field in LABELS_OF_SIDES if getattr(program, field)}
    found = Question.objects.filter(questionnaire__in=side_of).order_by("position", "pk")
    both = program.mentee_questionnaire_id == program.mentor_questionnaire_id
    questions = {}
    for question in found:
        sides = ("mentee", "mentor") if both else (side_of[question.questionnaire_id],)
        questions.update({(side, question.key): question for side in sides})
    for key, (words, _of) in OWN.items():
        own = Question(key=key, text=str(words), readers=Readers.OTHER_SIDE)
        questions.update({(side, key): own for side in ("mentee", "mentor")})
    if program.mentees_choose:
        questions["mentee", LISTED] = Question(key=LISTED, text=str(LISTED_WORDS), readers=Readers.COORDINATORS)
    return Asked(questions)


def parsed(program: Program, rules: dict, asked: Asked | None = None) -> scoring.Policy:
    """The program's rules read, or scoring.PolicyError with everything that is wrong."""
    asked = asked or asked_in(program)
    policy = scoring.parse_policy(rules, asked.labels("mentee"), asked.labels("mentor"))
    # Who goes first is shown beside people, so no answer that nobody reads may decide it.
    wrong = [
        (f"first.{place}.question", _("Only the matching reads this answer, so it cannot decide who goes first."))
        for place, line in enumerate(policy.first)
        if ("mentee", line.question) in asked.sensitive
    ]
    # By a rule about one person alone, whoever has nobody has told what they said.
    wrong += [
        (f"rules.{place}.{side}", _("Only the matching reads this answer, and this rule would tell who gave it."))
        for place, rule in enumerate(policy.rules)
        if rule.of_one
        for side, key in rule.uses()
        if (side, key) in asked.sensitive
    ]
    if wrong:
        raise scoring.PolicyError(wrong)
    return policy


def mentees_to_match(program: Program, purpose: PairPurpose | None = None):
    """Who may be matched, has no mentor yet (with a purpose: for that), and is not asked about one."""
    paired = Pairing.objects.of_mentee(OuterRef("pk"), purpose)
    asked = Introduction.objects.open().filter(mentee=OuterRef("pk"))
    if purpose is not None:
        asked = asked.filter(purpose=purpose)
    return Membership.objects.of(program).mentees().matchable().exclude(Exists(paired)).exclude(Exists(asked))


def mentors_at_hand(program: Program):
    """Every mentor a person may give somebody to, full ones too: they are part of the reasons."""
    return Membership.objects.of(program).mentors().matchable()


def mentors_to_match(program: Program, now: datetime):
    """Every mentor who may be in a round: who said yes, and whose last pair did not end a short while ago.

    The gap is the program's figure; there is none for a mentor whom their mentee left by leaving the program, nor for
    one whom a coordinator lets back early.
    """
    mentors = asking.said_yes(mentors_at_hand(program))
    just_ended = ended_just_now(program, now)
    return mentors if just_ended is None else mentors.exclude(Exists(just_ended.filter(mentor=OuterRef("pk"))))


def ended_just_now(program: Program, now: datetime):
    """The pairs whose end keeps their mentor out of a round; None where the program has no such gap."""
    gap = program.figure("match_gap_days")
    if not gap:
        return None
    ended = Pairing.objects.of(program).filter(state=PairingState.ENDED, ended_at__gt=now - timedelta(days=gap))
    early = EarlyReturn.objects.filter(membership=OuterRef("mentor"), at__gte=OuterRef("ended_at"))
    return ended.exclude(mentee__state=MembershipState.LEFT).exclude(Exists(early))


def free_places(mentors: list[Membership]) -> list[int]:
    """How many people each of these may still take."""
    taken = Pairing.objects.taken_of([mentor.pk for mentor in mentors])
    return [max(0, mentor.places - taken.get(mentor.pk, 0)) for mentor in mentors]


def mentees_of(mentors: list[Membership]) -> list[int]:
    """How many people each of these has already."""
    taken = Pairing.objects.taken_of([mentor.pk for mentor in mentors])
    return [taken.get(mentor.pk, 0) for mentor in mentors]


def columns(members: list[Membership], rows, keys: set[str], now: datetime) -> dict[str, list]:
    """Answers by question, in the order of the members; `rows` is the queryset they came from."""
    place = {member.sheet_id: index for index, member in enumerate(members) if member.sheet_id}
    found = {key: [None] * len(members) for key in sorted(keys)}
    answers = Answer.objects.filter(sheet__in=rows.order_by().values("sheet"), question__key__in=keys)
    # Many say the same, so each text is read once.
    known: dict[str, object] = {}
    rows_said = answers.annotate(text=Cast("value", TextField())).values_list("sheet", "question__key", "text")
    for sheet, key, text in rows_said:
        if sheet in place:
            if text not in known:
                known[text] = None if text is None else json.loads(text)
            found[key][place[sheet]] = known[text]
    for key in OWN.keys() & keys:
        found[key] = [OWN[key][1](member.user, now) for member in members]
    return found


def fill_present(policy: scoring.Policy, purpose: PairPurpose | None, mentees: list[Membership], answers, now) -> None:
    """Adds what the mentors these people have for something else said, where a rule asks for it."""
    asked = {key for rule in policy.rules for key in rule.keys("mentee") if key.startswith(PRESENT)}
    if not asked or not mentees:
        return
    pairs = Pairing.objects.open().filter(program=mentees[0].program_id).exclude(purpose=purpose)
    rows = Membership.objects.filter(pk__in=pairs.values("mentor"))
    mentors = list(rows.select_related("user").order_by("pk"))
    said = columns(mentors, rows, {key.removeprefix(PRESENT) for key in asked}, now)
    place = {mentor.pk: index for index, mentor in enumerate(mentors)}
    having: dict[int, list[int]] = {}
    for mentee, mentor in pairs.order_by("pk").values_list("mentee", "mentor"):
        having.setdefault(mentee, []).append(place[mentor])
    for key in asked:
        of_mentors = [sorted(plain(value)) for value in said[key.removeprefix(PRESENT)]]
        answers[key] = [[word for at in having.get(mentee.pk, ()) for word in of_mentors[at]] for mentee in mentees]


def listed_by(mentees: list[Membership], purpose: PairPurpose | None) -> list[list[str] | None]:
    """The mentors on the list of each of these, in their own order, by email or name; None where there is none."""
    found: dict[int, list[str]] = {}
    rows = Offer.objects.live().filter(program__in={mentee.program_id for mentee in mentees}, purpose=purpose)
    for mentee, email, name in rows.order_by("rank", "pk").values_list(
        "mentee", "mentor__user__email", "mentor__user__name"
    ):
        found.setdefault(mentee, []).append(email or name)
    return [found.get(mentee.pk) for mentee in mentees]


@dataclass(frozen=True, eq=False)
class Tables:
    """A program's people, scored: mentee i and mentor j are members of the two lists."""

    program: Program
    asked: Asked
    mentees: list[Membership]
    mentors: list[Membership]
    free: list[int]
    answers: tuple[dict[str, list], dict[str, list]]
    scored: scoring.Scored
    # Those kept apart because they were a pair before.
    former: frozenset[tuple[int, int]]
    # Those a coordinator keeps apart.
    apart: frozenset[tuple[int, int]]
    # Those of whom one would rather not meet the other: a personal wish, told to nobody.
    wished: frozenset[tuple[int, int]]
    # Those who were both asked before, and one said no: a round does not ask them again.
    declined: frozenset[tuple[int, int]]
    # Those who are a pair for another purpose.
    together: frozenset[tuple[int, int]]
    turns: list[first.Turn]
    # How many mentees each mentor has already; 0 where the rules do not ask.
    load: list[int]
    # Where pairs may change, which there are.
    standing: Standing | None = None

    @property
    def policy(self) -> scoring.Policy:
        return self.scored.policy

    @cached_property
    def priority(self) -> list[int]:
        """Who goes first, as the solver takes it: 0 before 1."""
        found = first.priorities(self.turns)
        if self.standing is None:
            return found
        # Whoever has a mentor has one afterwards: they come before everybody.
        return [0 if i in self.standing.mentor_of else place + 1 for i, place in enumerate(found)]

    def first_words(self, mentee: int) -> str:
        """Why this mentee goes before others, for coordinators; empty where nothing puts them before anybody."""
        return words_of_turn(self.asked, self.turns[mentee])

    def score(self, mentee: int, mentor: int) -> int:
        return int(self.scored.matrix[mentee, mentor])

    def scored_by(self, policy: scoring.Policy) -> scoring.Scored:
        """The same people by other rules that ask the same questions."""
        shape = len(self.mentees), len(self.mentors)
        return scoring.score(policy, *self.answers, excluded=self.scored.excluded, shape=shape)

    def reasons(self, mentee: int, mentor: int) -> list[dict]:
        """For coordinators, rule by rule; the points add up to the score, personal wishes stay unnamed."""
        if self.score(mentee, mentor) < 0:
            return [{"points": 0, "words": self.why_not(mentee, mentor)}]
        found = scoring.reasons(self.scored, mentee, mentor)
        words = scoring.coordinator_words(found, self.asked.sensitive)
        lines = [{"points": reason.points, "words": said} for reason, said in zip(found, words, strict=True)]
        if self.standing is not None and self.standing.has(mentee, mentor) and self.standing.price:
            lines.append({"points": self.standing.price, "words": _("They are a pair already.")})
        return lines

    def pair_words(self, mentee: int, mentor: int) -> list[str]:
        """What the two are told, drawn only from answers both may see."""
        return scoring.pair_words(scoring.reasons(self.scored, mentee, mentor), self.asked.shown_to_other_side)

    def why_not(self, mentee: int, mentor: int) -> str:
        """For coordinators, why this pair cannot be."""
        uses = {rule.id: rule.uses() for rule in self.policy.rules}
        words = [
            _("A personal wish stands against it.") if rule_id and self.asked.hides(uses[rule_id]) else sentence
            for rule_id, sentence in scoring.why_not(self.scored, mentee, mentor)
        ]
        if (mentee, mentor) in self.former:
            words[0] = _("They were a pair before.")
        elif (mentee, mentor) in self.declined - self.apart:
            words[0] = _("They were asked about each other before, and it did not come about.")
        elif (mentee, mentor) in self.together:
            words[0] = _("They are a pair for something else.")
        elif self.standing is not None and mentor in self.standing.closed:
            words[0] = _("They keep whom they have and take nobody new.")
        elif (mentee, mentor) in self.wished - self.apart:
            words[0] = _("A personal wish stands against it.")
        return " ".join(dict.fromkeys(words))

    def why_none(self, mentee: int) -> str:
        """For coordinators, why no mentor at all is possible for this person; no answer of anybody else's."""
        uses = {rule.id: rule.uses() for rule in self.policy.rules}
        words = []
        for blocked in scoring.why_none(self.scored, mentee):
            if blocked.rule_id is None:
                words.append(_("Some mentors they had before, are kept apart from, or are themselves."))
            elif self.asked.hides(uses[blocked.rule_id]):
                words.append(_("A personal wish excludes mentors."))
            else:
                words.append(blocked.sentence)
        return " ".join(dict.fromkeys(words)) or _("There is no mentor in this round.")

    def named(self, pairs: Iterable[tuple[int, int]]) -> list[list[str]]:
        """Pairs by their public ids, in order."""
        return sorted([self.mentees[i].public_id.hex, self.mentors[j].public_id.hex] for i, j in pairs)

    def fingerprint(self, seed: str, solver_version: str) -> str:
        """SHA-256 of everything that goes in, so that the same people give the same pairs."""
        mentee_answers, mentor_answers = self.answers
        material = {
            "rules": self.policy.to_json(),
            "seed": seed,
            "solver": solver_version,
            "mentees": [[str(m.public_id), place] for m, place in zip(self.mentees, self.priority, strict=True)],
            "mentors": [[str(m.public_id), free] for m, free in zip(self.mentors, self.free, strict=True)],
            "load": self.load,
            "answers": [mentee_answers, mentor_answers],
            "former": self.named(self.former),
            "apart": self.named(self.apart | self.wished | self.declined | self.together),
        }
        if self.standing is not None:
            material["standing"] = [
                self.named(self.standing.mentor_of.items()),
                self.standing.price,
                self.named((i, self.standing.mentor_of[i]) for i in self.standing.tied),
            ]
        return hashlib.sha256(json.dumps(material, sort_keys=True).encode()).hexdigest()


def words_of_turn(asked: Asked, turn: first.Turn) -> str:
    return first.words_of(turn, asked.labels("mentee").get(turn.line.question, "") if turn.line else "")


def first_words(program: Program, rules: dict, mentees: list[Membership], now: datetime) -> dict[int, str]:
    """Why each of these (by primary key) goes before others, in the words of `Tables.first_words`."""
    asked = asked_in(program)
    policy = parsed(program, rules, asked)
    rows = Membership.objects.filter(pk__in=[mentee.pk for mentee in mentees])
    answers = columns(mentees, rows, {line.question for line in policy.first if line.question}, now)
    found = first.turns(program, policy, mentees, answers)
    return {mentee.pk: words_of_turn(asked, turn) for mentee, turn in zip(mentees, found, strict=True)}


def read(
    program: Program,
    rules: dict,
    *,
    now: datetime,
    mentees=None,
    mentors=None,
    purpose: PairPurpose | None = None,
    by_people: bool = False,
) -> Tables:
    """Everybody to match (or the members in these querysets), scored; PolicyError if the rules cannot be read.

    For a purpose, two who are a pair for another one are kept apart. What is done `by_people`, not by a round, may
    bring two together who once said no to each other.
    """
    asked = asked_in(program)
    policy = parsed(program, rules, asked)
    mentee_rows = mentees_to_match(program, purpose) if mentees is None else mentees
    mentor_rows = mentors_to_match(program, now) if mentors is None else mentors
    left = list(mentee_rows.select_related("user").order_by("public_id"))
    right = list(mentor_rows.select_related("user").order_by("public_id"))
    keys: dict[str, set[str]] = {"mentee": set(), "mentor": set()}
    for rule in policy.rules:
        for side, key in rule.uses():
            keys[side].add(key)
    keys["mentee"] |= {line.question for line in policy.first if line.question}
    answers = columns(left, mentee_rows, keys["mentee"], now), columns(right, mentor_rows, keys["mentor"], now)
    if LISTED in keys["mentee"]:
        answers[0][LISTED] = listed_by(left, purpose)
    fill_present(policy, purpose, left, answers[0], now)
    scoring.fill_who(policy.rules, (known(left), answers[0]), (known(right), answers[1]))
    mentor_at = {mentor.user_id: j for j, mentor in enumerate(right)}
    themselves = [(i, mentor_at[m.user_id]) for i, m in enumerate(left) if m.user_id in mentor_at]
    former = former_pairs(program, left, right) if policy.never_again else frozenset()
    apart = kept_apart(program, left, right)
    turns = first.turns(program, policy, left, answers[0], purpose)
    wished = wished_apart(left, right)
    declined = frozenset() if by_people else turned_down(program, left, right, now)
    together = pairs_for_other(program, purpose, left, right)
    excluded = [*themselves, *former, *apart, *wished, *declined, *together]
    scored = scoring.score(policy, *answers, excluded=excluded, shape=(len(left), len(right)))
    load = mentees_of(right) if policy.spread else [0] * len(right)
    free = free_places(right)
    return Tables(
        program, asked, left, right, free, answers, scored, former, apart, wished, declined, together, turns, load
    )
