"""Loads the texts of emails so that a link can only come from a text of ours, never from what people wrote."""

import re
import secrets

from django.template.loaders.filesystem import Loader as FilesystemLoader

from outbox.links import MARK

# Known to this process alone: somebody whose name is "[link: unsubscribe]" stays a name.
_NONCE = secrets.token_hex(8)
OPENING = re.compile(rf"\[link:(?!{_NONCE} [a-z_]+\])")
OURS = re.compile(rf"\[link:{_NONCE} ([a-z_]+)\]")


class Loader(FilesystemLoader):
    """Marks the links that stand in a template file itself."""

    def get_contents(self, origin):
        return MARK.sub(rf"[link:{_NONCE} \1]", super().get_contents(origin))


def settle_links(rendered: str, keep: bool = False) -> str:
    """Keeps the marked links; breaks what only looks like one, unless the text was settled before."""
    return OURS.sub(r"[link: \1]", rendered if keep else broken(rendered))


def broken(rendered: str) -> str:
    """The text with everything broken up that looks like a link, or could become the beginning of one."""
    return OPENING.sub("(link:", MARK.sub(lambda mark: f"({mark[0][1:-1]})", rendered))
