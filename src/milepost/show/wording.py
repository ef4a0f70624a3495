"""The words of every page, in English and Chinese, from `words/*.yaml`.

A message may hold names in braces: `{count} figures`. What a figure or a plan is called is not here: such
names come with the zone.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path

from milepost.basics.declared import Node, read_yaml
from milepost.basics.text import LANGUAGES

FOLDER = Path(__file__).with_name("words")


@functools.cache
def messages(language: str) -> dict[str, str]:
    """Give the messages of a language by their full key, such as `verdict.at_risk`."""
    return dict(_flat(read_yaml(FOLDER / f"{language}.yaml", f"words/{language}.yaml"), ""))


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

    def say(self, key: str, **names: object) -> str:
        """Give the message of a key with its names filled in; raises KeyError for a key that is not there.

        >>> Wording("en").say("verdict.at_risk"), Wording("zh").say("verdict.at_risk")
        ('at risk', '存在风险')
        """
        text = messages(self.language)[key]
        return text.format_map(names) if "{" in text else text

    def word(self, group: str, key: str, **names: object) -> str:
        """Give the message of a key that another room chose, such as a verdict's `because`.

        The key may be written with its group or without; spaces and hyphens read as underscores. A note
        that is no key but a sentence is given as it is.

        >>> Wording("en").word("verdict", "on course")
        'on course'
        """
        plain = key.replace(" ", "_").replace("-", "_")
        for candidate in (key, f"{group}.{key}", f"{group}.{plain}"):
            if candidate in messages(self.language):
                return self.say(candidate, **names)
        return key if " " in key else plain.rpartition(".")[2].replace("_", " ")


def wording(language: str) -> Wording:
    """Give the words of a language; raises KeyError where it is not one of the interface's."""
    if language not in LANGUAGES:
        raise KeyError(language)
    return Wording(language)
