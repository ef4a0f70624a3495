"""The words of every page, in English and Chinese, from `words/*.yaml`.

A message may hold names in braces: `{count} figures`. What a figure or a plan is called is not here: such
names come with the zone.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from milepost.basics.declared import Node, read_yaml
from milepost.basics.text import LANGUAGES

FOLDER = Path(__file__).with_name("words")


@functools.cache
def messages(language: str) -> dict[str, str]:
    """Give the messages of a language by their full key, such as `verdict.at_risk`, from all its files."""
    files = sorted(FOLDER.glob(f"*{language}.yaml"))
    return {key: text for file in files for key, text in _flat(read_yaml(file, f"words/{file.name}"), "")}


def _flat(node: Node, prefix: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for name, _, child in node.items():
        if isinstance(child.value, dict):
            found += _flat(child, f"{prefix}{name}.")
        else:
            found.append((prefix + name, str(child.value)))
    return found


@dataclass(frozen=True)
class Wording:
    """The words of one language."""

    language: str

    def say(self, key: str, *parts: object, **names: object) -> str:
        """Give the message of a key with its parts and names filled in; KeyError for a key that is not there.

        >>> Wording("en").say("verdict.at_risk"), Wording("zh").say("verdict.at_risk")
        ('at risk', '存在风险')
        """
        text = messages(self.language)[key]
        return text.format(*parts, **names) if "{" in text else text

    def word(self, group: str, key: str, *parts: object, **names: object) -> str:
        """Give the message of a key that another room chose, such as a verdict or the reason for it.

        The key may repeat its group (`unused_repeats` in `unused`) and be written with spaces. One that has
        no message is shown as it is, in words, rather than hidden.

        >>> Wording("en").word("verdict", "on course"), Wording("en").word("unused", "unused_promise")
        ('on course', 'a promise is never evidence')
        """
        name = key.replace(" ", "_").removeprefix(f"{group}_")
        if f"{group}.{name}" in messages(self.language):
            return self.say(f"{group}.{name}", *parts, **names)
        return name.replace("_", " ")

    def told(self, group: str, key: str, named: Callable[[str], str]) -> str:
        """Give the message of a key that carries its parts: `note_other_area:BDA,NEW_AREA`.

        `named` gives what a reader calls an area or an indicator.
        """
        name, _, parts = key.partition(":")
        return self.word(group, name, *(named(part) for part in parts.split(",") if part))


def wording(language: str) -> Wording:
    """Give the words of a language; raises KeyError where it is not one of the interface's."""
    if language not in LANGUAGES:
        raise KeyError(language)
    return Wording(language)
