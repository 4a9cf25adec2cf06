"""What programs/ shows in the admin."""

from programs.admin.lists import EntryAdmin, LetterAdmin, MembershipAdmin, ProgramAdmin
from programs.admin.people import UserAdmin

__all__ = ["EntryAdmin", "LetterAdmin", "MembershipAdmin", "ProgramAdmin", "UserAdmin"]
