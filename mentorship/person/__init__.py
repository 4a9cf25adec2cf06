"""One page per person, the search that finds it, and what a participant sees as shown to a coordinator."""
