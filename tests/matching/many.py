"""A program with many people, made in bulk, for the workbench's browser test and for bench/round.py."""

import random

from matching.models import Policy
from profiles.models import User
from programs.models import Membership
from questions.actions import QuestionSpec, fill_many, save_version
from tests.world import COORDINATOR, NOW, add_member, make_person, make_program

SCALE = [f"step {number}" for number in range(1, 8)]
TOPICS = ["leading", "writing", "numbers", "moving", "returning", "deciding", "teaching", "building"]
RULES = {
    "rules": [
        {"kind": "must_differ", "mentee": "organisation", "mentor": "organisation"},
        {
            "kind": "ordinal_distance",
            "mentee": "grade",
            "mentor": "grade",
            "scale": SCALE,
            "points": {"1": 9, "2": 12, "3": 5, "0": 2},
        },
        {"kind": "same_value", "mentee": "field", "mentor": "field", "points": 10},
        {"kind": "wish_met", "mentee": "topic", "mentor": "topics", "points": 8},
    ]
}


def answers_of(draw: random.Random, role: str) -> dict:
    low, high = (1, 5) if role == "mentee" else (2, 7)
    own = {"topic": draw.choice(TOPICS)} if role == "mentee" else {"topics": ", ".join(draw.sample(TOPICS, 3))}
    return {
        "organisation": f"office {draw.randrange(20)}",
        "grade": f"step {draw.randint(low, high)}",
        "field": f"field {draw.randrange(12)}",
        **own,
    }


def build(mentees: int, mentors: int, *, places=1, seed=7):
    """An open program with its coordinator, its rules, and so many people who are ready to be matched."""
    draw = random.Random(seed)
    program = make_program("Many people", slug="many-people")
    coordinator = make_person("Cora Coordinator", "cora@example.org")
    add_member(program, COORDINATOR, coordinator)
    for role, count in (("mentee", mentees), ("mentor", mentors)):
        rows = [answers_of(draw, role) for _ in range(count)]
        form = save_version(
            None,
            title=f"For {role}s",
            questions=[QuestionSpec(key, key.capitalize(), readers="coordinators") for key in rows[0]],
            now=NOW,
        )
        setattr(program, f"{role}_questionnaire", form)
        sheets = fill_many(form, rows)
        people = User.objects.bulk_create(
            User(name=f"{role.capitalize()} {number:04d}", email=f"{role}.{number}@example.org", password="!")
            for number in range(1, count + 1)
        )
        Membership.objects.bulk_create(
            Membership(
                program=program,
                user=person,
                role=role,
                state="ready",
                since=NOW,
                joined_at=NOW,
                places=places,
                sheet=sheet,
            )
            for person, sheet in zip(people, sheets, strict=True)
        )
    program.save(update_fields=["mentee_questionnaire", "mentor_questionnaire"])
    Policy.objects.create(program=program, version=1, rules=RULES, created_at=NOW, created_by=coordinator)
    return program
