"""The pulse: answered by the two of a pair, read by their coordinator."""

from surveys.views.answering import pulse, signed
from surveys.views.reading import results_page, see_to

__all__ = ["pulse", "results_page", "see_to", "signed"]
