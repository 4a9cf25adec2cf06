"""A program's home for those who run it: what needs them, where everybody stands, goals, whether emails arrive."""

from mentorship.program_home.figures import figures_of
from mentorship.program_home.needs import lines, lost_of, needs_of
from mentorship.program_home.views import page

__all__ = ["figures_of", "lines", "lost_of", "needs_of", "page"]
