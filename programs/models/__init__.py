"""A program, the people in it, and how they came in."""

from programs.models.imports import Import, ImportFile, ImportState, RememberedMapping
from programs.models.leave import Leave
from programs.models.mailing import Addressee, Mailing, MailingState, SavedFilter
from programs.models.membership import Membership, MembershipState, Role
from programs.models.other_way import OtherWay
from programs.models.program import Duty, Goal, PointOfContact, Program, ProgramFigure, ProgramState, Template

__all__ = [
    "Addressee",
    "Duty",
    "Goal",
    "Import",
    "ImportFile",
    "ImportState",
    "Leave",
    "Mailing",
    "MailingState",
    "Membership",
    "MembershipState",
    "OtherWay",
    "PointOfContact",
    "Program",
    "ProgramFigure",
    "ProgramState",
    "RememberedMapping",
    "Role",
    "SavedFilter",
    "Template",
]
