"""A wing as the rest of the house meets it: its folder, its indicators, its words.

Nothing is read before it is asked for, and nothing is read twice.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from pathlib import Path

from milepost.basics.declared import build, read_yaml
from milepost.basics.errors import Trouble, YoursToMend
from milepost.basics.text import LANGUAGES, Text
from milepost.registers.indicator import Indicator
from milepost.registers.indicator_files import indicator_files, read_indicators
from milepost.registers.page import WingPage, read_page
from milepost.registers.register import Register, read_registers, register_files
from milepost.registers.study import Study


@dataclass(frozen=True)
class Words:
    """What a wing is called and what its page says at its head, in one language.

    `codes` are words for codes of its registers; a code without words is shown as it is written.
    """

    label: str
    help: str
    codes: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Domain:
    """A wing: `id` is the name of its folder."""

    id: str
    folder: Path

    @classmethod
    def from_folder(cls, folder: Path) -> Domain:
        """Give the wing that lives in `folder`; nothing is read yet."""
        return cls(folder.name, folder)

    def indicators(self) -> dict[str, Indicator]:
        """Give the wing's indicators by id.

        Raises YoursToMend with every trouble of its files.
        """
        return dict(_indicators(self))

    def registers(self) -> dict[str, Register]:
        """Give the wing's registers by id (`wing.name`); a wing may have none.

        Raises YoursToMend with every trouble of its files.
        """
        return dict(_registers(self))

    def studies(self) -> dict[str, Study]:
        """Give the wing's studies by id; a wing may have none.

        Raises YoursToMend with every trouble of its file.
        """
        return dict(_studies(self))

    def page(self) -> WingPage:
        """Give the blocks of the wing's page.

        Raises YoursToMend with every trouble of its file.
        """
        return _page(self)

    def words(self, language: str) -> Words:
        """Give the wing's words in `en` or `zh`.

        Raises YoursToMend where the file is missing or faulty.
        """
        return _words(self, language)

    @property
    def label(self) -> Text:
        """The wing's name in both languages."""
        return Text(*(self.words(language).label for language in LANGUAGES))

    @property
    def help(self) -> Text:
        """What the wing measures, in both languages."""
        return Text(*(self.words(language).help for language in LANGUAGES))


@functools.cache
def _indicators(domain: Domain) -> dict[str, Indicator]:
    troubles: list[Trouble] = []
    files = {path: f"{domain.id}/{path.relative_to(domain.folder)}" for path in indicator_files(domain.folder)}
    found = read_indicators(domain.id, files, troubles)
    if troubles:
        raise YoursToMend(troubles)
    return {key: indicator for key, indicator in found.items() if indicator is not None}


@functools.cache
def _registers(domain: Domain) -> dict[str, Register]:
    troubles: list[Trouble] = []
    files = {path: f"{domain.id}/{path.relative_to(domain.folder)}" for path in register_files(domain.folder)}
    found = read_registers(domain.id, files, troubles)
    if troubles:
        raise YoursToMend(troubles)
    return found


@functools.cache
def _studies(domain: Domain) -> dict[str, Study]:
    path = domain.folder / "studies.yaml"
    if not path.exists():
        return {}
    troubles: list[Trouble] = []
    found = {}
    for name, _, node in read_yaml(path, f"{domain.id}/studies.yaml").items():
        study = build(Study, node, troubles, id=f"{domain.id}.{name}")
        if study is not None:
            found[study.id] = study
    if troubles:
        raise YoursToMend(troubles)
    return found


@functools.cache
def _page(domain: Domain) -> WingPage:
    return read_page(domain.folder / "page.yaml", f"{domain.id}/page.yaml")


@functools.cache
def _words(domain: Domain, language: str) -> Words:
    troubles: list[Trouble] = []
    node = read_yaml(domain.folder / "words" / f"{language}.yaml", f"{domain.id}/words/{language}.yaml")
    words = build(Words, node, troubles)
    if words is None:
        raise YoursToMend(troubles)
    return words
