"""Matches two spreadsheets by rules in a JSON file; no account, no program, no database."""

import json
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from matching import spreadsheets
from matching.scoring import PolicyError
from matching.solver import NotProved
from matching.spreadsheets import Figures, Outcome, People, Wrong, figures_of
from programs.imports.words import SENTENCES
from questions.cells import Unreadable, write_csv

CANNOT = 1
HELP = """Mentors' and mentees' files are CSV or XLSX with a name (or first and last name), an email address if there is
one, in the mentors' file "places" if they differ, and answers under any other column name. The rules name questions by
their columns: {"rules": [{"kind": "must_differ", "mentee": "organisation", "mentor": "organisation"}, {"kind":
"same_value", "mentee": "profession", "mentor": "profession", "points": 10}]}.
Exit codes: 0 done; 1 it cannot be done, the reason is printed; 2 bad options."""
HEADER = ["Mentee", "Mentee's email", "Mentor", "Mentor's email", "Score", "Why these two", "Why nobody"]
WRONG = {
    "no_names": "Nobody in it has a name or an address: name a column “name” or “email”.",
    "bad_places": "“%(value)s” is not a number of places between 0 and %(most)s.",
    "not_orlib": "This is not an assignment problem of OR-Library: a number n, then n x n whole numbers.",
    "costs_too_far_apart": "The costs differ by more than %(most)s.",
}


class Command(BaseCommand):
    help = f"{__doc__} {HELP}"
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("--mentors", type=Path, metavar="FILE")
        parser.add_argument("--mentees", type=Path, metavar="FILE")
        parser.add_argument("--policy", type=Path, metavar="FILE", help="the matching rules as JSON")
        parser.add_argument("--out", type=Path, metavar="FILE", help="the pairs, with reasons, as CSV")
        parser.add_argument("--places", type=int, default=1, help="of a mentor whose line names none (1)")
        parser.add_argument("--compare", action="store_true", help="print what matching greedily would come to")
        parser.add_argument("--orlib", type=Path, metavar="FILE", help="print the least cost of an assignment problem")

    def handle(self, *, mentors, mentees, policy, out, places, compare, orlib, **options):
        if orlib:
            self.stdout.write(str(_done(orlib, lambda content: _least_cost(content))))
            return
        if not (mentors and mentees and policy):
            raise CommandError("Name --mentors, --mentees and --policy, or --orlib.", returncode=2)
        if not 0 <= places <= spreadsheets.MOST_PLACES:
            raise CommandError(f"--places is between 0 and {spreadsheets.MOST_PLACES}.", returncode=2)
        sides = {
            role: _done(path, lambda content, role=role, path=path: _people(content, path, role, places))
            for role, path in (("mentee", mentees), ("mentor", mentors))
        }
        outcome = _matched(_done(policy, json.loads), policy, sides)
        for people in sides.values():
            self._say_problems(people)
        self._say(outcome, compare)
        if out:
            self._write(out, outcome)

    def _say_problems(self, people: People) -> None:
        for problem in people.problems:
            words = str(SENTENCES[problem.code]) % problem.params
            self.stderr.write(f"The {people.role}s' file, line {problem.line}: left out. {words}")

    def _say(self, outcome: Outcome, compare: bool) -> None:
        spread = outcome.scored.policy.spread
        best = figures_of(outcome.scored.matrix, outcome.solution.assignment, spread)
        whole = len(outcome.mentees.people)
        self.stdout.write(f"{best.matched} of {whole} mentees have a mentor, worth {best.total} points together.")
        first = "Nobody more can be matched" if outcome.scored.policy.coverage_first else "No matching is worth more"
        self.stdout.write(f"{first}: proved, {outcome.solution.primal} = {outcome.solution.dual}.")
        if compare:
            by_hand = spreadsheets.greedy(outcome.scored.matrix, outcome.mentors.places)
            self._compare(figures_of(outcome.scored.matrix, by_hand, spread), best)

    def _compare(self, greedy: Figures, best: Figures) -> None:
        self.stdout.write(f"{'':10}{'matched':>9}{'points':>9}{'lowest':>9}")
        for words, found in (("greedy", greedy), ("this", best)):
            lowest = "–" if found.lowest is None else found.lowest
            self.stdout.write(f"{words:10}{found.matched:>9}{found.total:>9}{lowest:>9}")

    def _write(self, out: Path, outcome: Outcome) -> None:
        rows = [line.cells() for line in outcome.lines()]
        try:
            out.write_bytes(write_csv(HEADER, rows))
        except OSError as error:
            raise CommandError(f"{out} cannot be written: {error.strerror}.", returncode=CANNOT) from error
        self.stdout.write(f"Written to {out}: {len(rows)} lines.")


def _done(path: Path, read):
    """What `read` makes of a file's content, or the command's end with what is wrong and where."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.", returncode=CANNOT) from error
    try:
        return read(content)
    except Unreadable as wrong:
        raise CommandError(f"{path}: {str(SENTENCES[wrong.code]) % wrong.params}", returncode=CANNOT) from wrong
    except Wrong as wrong:
        place = f"{path}, line {wrong.line}" if wrong.line else path
        raise CommandError(f"{place}: {WRONG[wrong.code] % wrong.params}", returncode=CANNOT) from wrong
    except json.JSONDecodeError as error:
        words = f"{path}, line {error.lineno}: this is not JSON: {error.msg}."
        raise CommandError(words, returncode=CANNOT) from error
    except UnicodeDecodeError as error:
        raise CommandError(f"{path}: this is not text in UTF-8.", returncode=CANNOT) from error


def _people(content: bytes, path: Path, role: str, places: int) -> People:
    return spreadsheets.read_people(content, path.name, role, places)


def _least_cost(content: bytes) -> int:
    return spreadsheets.lowest_cost(spreadsheets.read_orlib(content.decode()))


def _matched(rules, path: Path, sides: dict[str, People]) -> Outcome:
    try:
        policy = spreadsheets.policy_for(rules, sides["mentee"], sides["mentor"])
        return spreadsheets.match(policy, sides["mentee"], sides["mentor"])
    except PolicyError as wrong:
        said = "".join(f"\n  {where}: {words}" if where else f"\n  {words}" for where, words in wrong.errors)
        raise CommandError(f"{path}: the rules do not fit the files.{said}", returncode=CANNOT) from wrong
    except NotProved as wrong:
        raise CommandError(
            "The result could not be proved to be the best and was thrown away: please report it.", returncode=CANNOT
        ) from wrong
