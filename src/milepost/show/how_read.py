"""How a file was read, as its receipt says it in English, told in another language.

A receipt is kept as it was written. Its pieces are the messages under `how_read`: the English one is recognised, and
the same one of the other language told with the same parts. A piece that is none of them stays as it is.
"""

from __future__ import annotations

import functools
import re

from milepost.show.wording import Wording, messages

_GROUP = "how_read."


def how_read(told: str, language: str) -> str:
    """Give how a file was read in a language."""
    if language == "en":
        return told
    words = Wording(language)
    return words.say("how_read_between").join(_piece(piece, words) for piece in told.split("; "))


def _piece(piece: str, words: Wording) -> str:
    for key, pattern in _patterns():
        if found := pattern.fullmatch(piece):
            parts = {name: _part(name, part, words) for name, part in found.groupdict().items()}
            return words.say(key, **parts)
    return piece


def _part(name: str, part: str, words: Wording) -> str:
    if name == "how":
        return _piece(part, words)
    if name == "style":
        either = [[words.word("written_as", one) for one in style.split(", ")] for style in part.split(" or ")]
        return words.say("written_as.or").join("，".join(style) for style in either)
    return words.word("written_as", part) if name in ("encoding", "separator") else part


@functools.cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """The English messages as patterns, in the order of their file: the broad ones stand last."""
    return tuple(
        (key, re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>.+)", re.escape(text))))
        for key, text in messages("en").items()
        if key.startswith(_GROUP)
    )
