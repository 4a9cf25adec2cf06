"""What people are told when something cannot be done."""


class Refused(Exception):
    """A verb that cannot be done now; its text tells the person what to do next."""
