"""Pages behind links, a page about one's own emails, and the door of a mail provider."""
