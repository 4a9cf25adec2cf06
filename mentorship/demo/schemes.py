"""What the made-up programs are about: their words, their columns, what people say there, and their rules (pure)."""

import csv
import io
import random
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from mentorship.demo.names import Somebody

Row = dict[str, str]


@dataclass(frozen=True)
class Scheme:
    """A program to be built: what its settings say, and who applies with which answers."""

    slug: str
    settings: dict
    # Each with its measure and its target, where it has them: see programs.goals.Aim.
    goals: tuple[tuple, ...]
    mentee: Callable[[Somebody, random.Random], Row]
    mentor: Callable[[Somebody, random.Random], Row]
    # Who sees a column: what is not named here is for coordinators.
    readers: dict[str, str]
    # Columns whose answers stand in an order, lowest first.
    scales: dict[str, tuple[str, ...]]
    # The kinds of the other columns, where a few rows do not show them.
    lists: dict[str, str]
    rules: tuple[dict, ...]
    # What a mentor answers whom the rules allow for most.
    welcome: Row


FREE_TIMES = (
    "Mon-Thu 18:00-20:00", "Tue 17:00-19:30; Sat 10:00-13:00", "Mon-Fri 12:00-13:00", "Wed 9:00-12:00; Thu 18:30-20:30",
    "Sat-Sun 10:00-12:00, 15:00-17:00", "Mon 8:00-9:30; Fri 16:00-18:00", "Tue-Thu 19:00-21:00", "",
)  # fmt: skip
TEAMS = ("Old Quay", "Lighthouse Row", "Market Hall", "Northside", "Canal Basin", "St Brannoc's", "Hill Street")
WORK = ("Community kitchen", "Language café", "Reading with children", "Visiting older neighbours",
        "Harbour clean-up", "Events and fundraising")  # fmt: skip
EXPERIENCE = ("Just starting", "Under a year", "1 to 3 years", "3 to 6 years", "More than 6 years")
SKILLS = ("Leading a shift", "Speaking in front of people", "Asking for money", "Planning an event",
          "Handling a difficult talk", "Working with volunteers from abroad", "Keeping the books")  # fmt: skip
REASONS = (
    "I moved here two years ago and this is how I got to know my street.",
    "My grandmother lived alone, and I keep thinking of who visited her.",
    "I work nights, so the mornings are when I can give something back.",
    "I came to one clean-up with a friend and stayed for the tea afterwards.",
    "After my children left home I wanted to be of use on my own doorstep.",
    "I was helped here when I arrived, and it is my turn now.",
)
HOPES = (
    "I would like to run a whole evening myself by the summer.",
    "I get nervous when plans change at the last minute and want to get calmer at it.",
    "I have ideas and no notion whom to ask first.",
    "I want to know which of my habits from work help here and which get in the way.",
    "I would like somebody to talk things through with before they get big.",
)
DAYS = (
    "By day I drive a bus.", "I am a nurse on a children's ward.", "I repair boats and engines.",
    "I study in the evenings.", "I retired from the post office last spring.", "I teach maths to teenagers.",
    "I cook in a school.", "I write software from my kitchen table.", "I look after my two nephews.",
    "I cut hair on Market Street.", "I am between jobs and have the time.", "I keep the accounts of a small theatre.",
    "I lay floors.", "I work at the library desk.",
)  # fmt: skip
LESSONS = (
    "The best thing I learnt was to ask for help a week earlier than I wanted to.",
    "I have got plenty wrong over the years and am happy to say what.",
    "I listen better on a walk than at a table.",
    "I began by washing up, and I still think that is the best place to begin.",
    "I am no expert, but I know who is, and I like introducing people.",
)


def volunteer_mentee(who: Somebody, draw: random.Random) -> Row:
    work = draw.choice(WORK)
    return _identity(who) | {
        "Team": draw.choice(TEAMS),
        "Main work": work,
        "Time with us": draw.choices(EXPERIENCE[:4], (4, 5, 4, 2))[0],
        "Would like to learn": draw.choice(SKILLS),
        "About me": f"{draw.choice(DAYS)} {draw.choice(REASONS)} {draw.choice(HOPES)}",
    }


def volunteer_mentor(who: Somebody, draw: random.Random) -> Row:
    work = draw.choice(WORK)
    return _identity(who) | {
        "Places": draw.choices("12", (4, 1))[0],
        "Team": draw.choice(TEAMS),
        "Main work": work,
        "Time with us": draw.choices(EXPERIENCE[1:], (2, 4, 4, 3))[0],
        "Can help with": ", ".join(sorted(draw.sample(SKILLS, draw.choice((2, 2, 3))))),
        "About me": f"{draw.choice(DAYS)} {draw.choice(REASONS)} {draw.choice(LESSONS)}",
    }


def _identity(who: Somebody) -> Row:
    return {
        "First name": who.given,
        "Last name": who.family,
        "Email address": who.email,
        "Pronouns": who.pronouns,
        "Languages": who.languages,
        # By address, so that whoever is drawn next stays the same.
        "Free times": FREE_TIMES[zlib.crc32(who.email.encode()) % len(FREE_TIMES)],
    }


VOLUNTEERS = Scheme(
    slug="harbour-city",
    settings={
        "name": "Harbour City volunteers",
        "template": "community",
        "purpose": "People who volunteer in Harbour City have somebody a step ahead of them to talk to, "
        "so that they stay, and enjoy it.",
        "audience": "Everybody who has volunteered with us at least once, in any of the seven teams.",
        "mentor_description": "You meet one or two people about once a month, listen, and tell them how it was for "
        "you. You do not check their work.",
        "mentee_description": "You say what you want to get better at, and keep the conversation going.",
        "emergency_number": "999",
        "help_text": "Harbour City volunteer line: +44 20 7946 0123, weekdays 9:00 to 17:00.",
        "time_zone": "Europe/London",
    },
    goals=(
        ("Everybody who asks for a mentor has one within six weeks.", "placed", 90, 42),
        ("Seven of ten pairs are still meeting after six months.", "going", 70, 6),
    ),
    mentee=volunteer_mentee,
    mentor=volunteer_mentor,
    readers={"Main work": "other_side", "Would like to learn": "other_side", "Can help with": "other_side",
             "About me": "other_side"},
    scales={"Time with us": EXPERIENCE},
    lists={"Team": "choice", "Main work": "choice", "Would like to learn": "choice", "Can help with": "several",
           "About me": "long_text"},
    rules=(
        {"kind": "must_differ", "mentee": "team", "mentor": "team"},
        {"kind": "ordinal_distance", "mentee": "time_with_us", "mentor": "time_with_us", "scale": list(EXPERIENCE),
         "points": {"1": 9, "2": 12, "3": 8, "4": 4}},
        {"kind": "same_value", "mentee": "main_work", "mentor": "main_work", "points": 10,
         "pair_words": "You both know this work: {value}."},
        {"kind": "wish_met", "mentee": "would_like_to_learn", "mentor": "can_help_with", "points": 14,
         "pair_words": "One of you would like to learn what the other can help with: {value}."},
    ),
    welcome={"Time with us": EXPERIENCE[3]},
)  # fmt: skip

FIELDS = ("Health and care", "Building and engineering", "Shops and hospitality", "Office and administration",
          "Design and media", "Software", "Teaching")  # fmt: skip
EMPLOYERS = ("Lantern Hospital", "Weir & Daughters", "The Corner Grocer", "Northlight Council", "Studio Kestrel",
             "Tidewater Software", "Mill Lane School", "Own business", "Looking for work")  # fmt: skip
STEPS = ("Before a first job", "First job", "A few years in", "Leading others", "Leading an organisation")
TOPICS = ("Finding a first job", "Changing field", "Asking for a rise", "Going back to work", "Learning at work",
          "Leading for the first time")  # fmt: skip
PATHS = (
    "I took three turnings to get to where I am, and two of them were by accident.",
    "I left school early and learnt most of what I know from colleagues.",
    "I trained for something else altogether and do not regret it.",
    "I came back to work after six years with my children.",
    "I have worked in two countries and in places of four people and of four thousand.",
)
WISHES = (
    "I would like to hear how somebody else decided, before I do.",
    "I write good applications and freeze in interviews.",
    "I want to know what a normal week looks like before I train for it.",
    "Nobody in my family has done this kind of work, so I have nobody to ask.",
)


def career_mentee(who: Somebody, draw: random.Random) -> Row:
    return _identity(who) | {
        "Employer": draw.choice(EMPLOYERS),
        "Field": draw.choice(FIELDS),
        "Where I am": draw.choices(STEPS[:3], (4, 5, 3))[0],
        "I would like to talk about": draw.choice(TOPICS),
        "About me": f"{draw.choice(PATHS)} {draw.choice(WISHES)}",
    }


def career_mentor(who: Somebody, draw: random.Random) -> Row:
    return _identity(who) | {
        "Places": draw.choices("12", (4, 1))[0],
        "Employer": draw.choice(EMPLOYERS[:-1]),
        "Field": draw.choice(FIELDS),
        "Where I am": draw.choices(STEPS[1:], (1, 4, 4, 2))[0],
        "I can talk about": ", ".join(sorted(draw.sample(TOPICS, draw.choice((2, 3, 3))))),
        "About me": f"{draw.choice(PATHS)} {draw.choice(LESSONS)}",
    }


CAREERS = Scheme(
    slug="lantern-street",
    settings={
        "name": "Lantern Street first steps",
        "template": "career",
        "purpose": "People near the start of their working life talk with somebody who remembers it.",
        "audience": "Anybody in Northlight who looks for a first job, a second one, or a way back.",
        "mentor_description": "You meet every two weeks for half a year, tell how it was for you, and open a door "
        "or two where you can. You promise nobody a job.",
        "mentee_description": "You bring what is on your mind, and say when something does not help.",
        "emergency_number": "999",
        "help_text": "Northlight advice centre: +44 20 7946 0456, every day 8:00 to 20:00.",
        "time_zone": "Europe/London",
    },
    goals=(
        ("Pairs keep in touch as they agreed.", "in_touch", 80),
        ("Two of three have taken the step they named at the start.",),
    ),
    mentee=career_mentee,
    mentor=career_mentor,
    readers={"Field": "other_side", "I would like to talk about": "other_side", "I can talk about": "other_side",
             "About me": "other_side"},
    scales={"Where I am": STEPS},
    lists={"Employer": "choice", "Field": "choice", "I would like to talk about": "choice",
           "I can talk about": "several", "About me": "long_text"},
    rules=(
        {"kind": "must_differ", "mentee": "employer", "mentor": "employer"},
        {"kind": "ordinal_distance", "mentee": "where_i_am", "mentor": "where_i_am", "scale": list(STEPS),
         "points": {"1": 12, "2": 9, "3": 5}},
        {"kind": "same_value", "mentee": "field", "mentor": "field", "points": 15,
         "pair_words": "You know the same field: {value}."},
        {"kind": "wish_met", "mentee": "i_would_like_to_talk_about", "mentor": "i_can_talk_about", "points": 10,
         "pair_words": "You both named this to talk about: {value}."},
    ),
    welcome={"Where I am": STEPS[3], "Employer": "Retired"},
)  # fmt: skip


def spreadsheet(rows: list[Row]) -> bytes:
    """The rows as the CSV file a coordinator would have."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def applicants(
    scheme: Scheme, names: Iterator[Somebody], mentees: int, mentors: int, draw: random.Random, *, late: bool = False
) -> dict[str, bytes]:
    """The spreadsheets of a scheme by role: who wants a mentor, and who offers to be one.

    The first mentor has most places; whoever comes late would suit most.
    """
    wanting = [scheme.mentee(next(names), draw) for _ in range(mentees)]
    offering = [scheme.mentor(next(names), draw) for _ in range(mentors)]
    for row in offering if late else offering[:1]:
        row |= scheme.welcome | {"Places": "1" if late else "3"}
    return {role: spreadsheet(rows) for role, rows in (("mentor", offering), ("mentee", wanting)) if rows}
