"""Faults of unit records in words: the rule a fault breaks, what is wrong, how to mend it. Never a value."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from importlib import resources

from milepost.basics.declared import build, read_yaml
from milepost.basics.errors import Trouble, YoursToMend
from milepost.registers.register import Register
from milepost.registers.rule import Rule

MOST_TOLD = 1000


@dataclass(frozen=True)
class RuleFile:
    """What a file of rules holds."""

    rules: tuple[Rule, ...]


@functools.cache
def general_rules() -> dict[str, Rule]:
    """Give the rules that are tried on every register, by their code."""
    with resources.as_file(resources.files("milepost.registers").joinpath("declared_rules.yaml")) as path:
        troubles: list[Trouble] = []
        found = build(RuleFile, read_yaml(path, "registers/declared_rules.yaml"), troubles)
    if found is None:
        raise YoursToMend(troubles)
    return {rule.code: rule for rule in found.rules}


@dataclass(frozen=True)
class KnownRules:
    """The rules a fault of a register may name: its own by their id, and those of every register by their code."""

    own: dict[str, Rule]

    def of(self, fault: str) -> Rule:
        """Give the rule of a fault, written `code/column` or `code/rule`."""
        code, _, name = fault.partition("/")
        return self.own.get(name) or general_rules()[code]

    def counted_as(self, fault: str) -> str:
        """Give the name a fault is counted under: a declared rule by its own, any other by its code."""
        code, _, name = fault.partition("/")
        return f"{code} {name}" if name in self.own else code


def known_rules(register: Register) -> KnownRules:
    """Give the rules that faults of a register may name."""
    return KnownRules({rule.id: rule for rule in register.rules})


@dataclass(frozen=True)
class Told:
    """A fault in words."""

    code: str
    reason: str
    mend: str


def told(rules: KnownRules, fault: str, register: Register) -> Told:
    """Give a fault in words: a cell's with the name of its column."""
    code, _, name = fault.partition("/")
    rule = rules.of(fault)
    is_cell = name in register.column_ids and name not in rules.own
    return Told(code, f"{name}: {rule.fault.en}" if is_cell else rule.fault.en, rule.mend.en)
