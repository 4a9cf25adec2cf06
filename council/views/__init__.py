"""The pages of follow-ups, and the ways to ask for help."""
