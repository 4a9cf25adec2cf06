"""What programs/ shows in the admin."""

from programs.admin.emails import LetterAdmin
from programs.admin.lists import EntryAdmin, MembershipAdmin, ProgramAdmin
from programs.admin.people import UserAdmin

__all__ = ["EntryAdmin", "LetterAdmin", "MembershipAdmin", "ProgramAdmin", "UserAdmin"]
