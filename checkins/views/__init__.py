"""The pages of a pair: for the two of it alone, signed in or behind a link of an email."""
