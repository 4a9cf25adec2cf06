"""mentor-match on the people of standard input; prints its wall seconds.

Run with `python -P`, since its package is called `matching`, too, and without ours: bench/scoring.py does so.
Rules as its own description gives them: never one organisation, one or two grades apart, the same profession counts.
"""

import json
import operator
import sys
import time

from matching.mentee import Mentee
from matching.mentor import Mentor
from matching.rules import rule

from matching import process

mentees, mentors = json.load(sys.stdin)
mentees, mentors = [Mentee(**each) for each in mentees], [Mentor(**each) for each in mentors]
rules = [
    rule.Disqualify(lambda match: match.mentee.organisation == match.mentor.organisation),
    rule.Disqualify(lambda match: match.mentor.grade - match.mentee.grade not in (1, 2)),
    rule.Grade(1, operator.eq, {True: 12, False: 0}),
    rule.Grade(2, operator.eq, {True: 9, False: 0}),
    rule.Equivalent("profession", {True: 10, False: 0}),
]
began = time.perf_counter()
process.process_data(mentors, mentees, [rules])
print(time.perf_counter() - began)
