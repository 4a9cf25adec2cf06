"""What an import has to say, in words: the pure modules speak in codes."""

from django.utils.translation import gettext_lazy as _

from programs.imports import columns
from questions.cells import Unreadable
from questions.models import QuestionKind

TARGETS = {
    columns.FIRST_NAME: _("first name"),
    columns.LAST_NAME: _("last name"),
    columns.NAME: _("name"),
    columns.EMAIL: _("email address"),
    columns.PRONOUNS: _("pronouns"),
    columns.TIME_ZONE: _("time zone"),
    columns.LANGUAGES: _("languages"),
    columns.FREE_TIMES: _("free times in a week"),
    columns.PLACES: _("places: how many mentees at once"),
    columns.ANSWER: _("an answer"),
    columns.IGNORE: _("leave it out"),
}
KINDS = dict(QuestionKind.choices)
READERS = {
    columns.OTHER_SIDE: _("the other side, and coordinators"),
    columns.COORDINATORS: _("coordinators"),
    columns.MATCHER: _("only the matching"),
}
GONE = _("They were in this program and are not any more. Bring them back on their own page, not by a file.")

SENTENCES = {
    # A file.
    "too_big": _("This file is larger than %(megabytes)s MB. Split it in two, or leave out columns you do not need."),
    "too_big_unpacked": _("This file is too large once unpacked. Save the sheet you need as CSV."),
    "empty": _("This file is empty."),
    "header_only": _("This file has column names but nobody under them."),
    "old_excel": _("This is an old Excel file. Open it and save it as .xlsx or as CSV."),
    "damaged_xlsx": _("This Excel file cannot be opened. Save it again as .xlsx or as CSV."),
    "not_a_table": _("This is neither a CSV nor an Excel file."),
    "quotes": _("Line %(line)s: the quotation marks do not match. Open the file and save it again as CSV or .xlsx."),
    "too_many_rows": _("This file has more than %(most)s lines. Split it in two."),
    "too_many_columns": _("This file has more than %(most)s columns. Leave out those you do not need."),
    "long_column_name": _("Line %(line)s: the name of column %(column)s is longer than %(most)s characters."),
    # A line.
    "cells": _(
        "This line has %(cells)s cells where there are %(columns)s columns."
        " A comma or a line break without quotation marks can do that."
    ),
    "long_cell": _("This is longer than %(most)s characters."),
    "formula": _("This is a formula without a result. Open the file in a spreadsheet program and save it again."),
    "no_address": _("The email address is missing."),
    "bad_address": _("“%(value)s” is not an email address."),
    "no_name": _("The name is missing."),
    "too_long": _("This is longer than %(most)s characters."),
    "bad_zone": _("“%(value)s” is not a time zone such as Europe/London."),
    "bad_times": _("“%(value)s” is not a day with times, such as Mon 18:00-20:00; Sat 9-12."),
    "bad_places": _("“%(value)s” is not a number of places between 0 and %(most)s."),
    "not_text": _("This is not text."),
    "not_an_option": _("“%(value)s” does not stand on the scale you gave."),
    "does_not_fit": _("This answer does not fit its column. It is not shown: only the matching uses it."),
    "not_yes_no": _("“%(value)s” is neither yes nor no. If that is no mistake, make this column a short text."),
    "not_a_number": _("“%(value)s” is not a number. If that is no mistake, make this column a short text."),
    "left_out": _("You chose to leave this person out."),
    "yourself": _("This is you: ask another coordinator."),
    "again": _("The same address stands in line %(line)s already."),
    "not_active": _("This address has been closed. Ask whoever runs this installation."),
    "left": GONE,
    "declined": GONE,
    "completed": GONE,
    # The columns of a file.
    "no_email_column": _("Say which column is the email address: it tells people apart."),
    "no_name_column": _("Say which column is the name, or the first and the last name."),
    "two_ways_of_naming": _("Choose either one column with the name, or columns with first and last name."),
    "twice": _("Two columns are both “%(target)s”: %(columns)s. Choose one."),
    "no_order": _("Put the values of “%(column)s” in order, lowest first, one on a line."),
    # What became of an import.
    "changed_meanwhile": _("Somebody changed the same people in this moment. Look at the preview again."),
    "questions_open": _("An address has got a second name since you looked. Look at the preview again."),
    "program_ended": _("This program has ended. Nobody can be added."),
    "unexpected": _("Something went wrong on our side. Nobody was added. Try again, or tell whoever runs this site."),
}


def say(code: str, params: dict | None = None) -> str:
    """The sentence of a code."""
    filled = dict(params or {})
    if "target" in filled:
        filled["target"] = TARGETS[filled["target"]]
    if isinstance(filled.get("columns"), list):
        filled["columns"] = ", ".join(filled["columns"])
    return str(SENTENCES[code]) % filled


def say_unreadable(error: Unreadable) -> str:
    return say(error.code, error.params)


def say_value(value) -> str:
    """An answer as a preview shows it."""
    if value is None:
        return str(_("nothing"))
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return str(value)
