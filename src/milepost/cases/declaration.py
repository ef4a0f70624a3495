"""Processes are read from YAML and every name in them is looked up.

A file holds `processes`, a list. All troubles of a file are told at once, each with its line, its mend
and the nearest known name; a process whose names fit is then judged by `soundness`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from milepost.basics.declared import Node, build, read_yaml
from milepost.basics.errors import Place, Trouble, YoursToMend, listed, nearest
from milepost.cases.process import GIVEN, PROMISED, Act, ClockRule, Field, Guard, Process
from milepost.cases.soundness import soundness_troubles

Processes = dict[tuple[str, int], Process]


@dataclass(frozen=True)
class ProcessFile:
    """What a file of processes holds."""

    processes: tuple[Process, ...]


def read_processes(path: Path, shown_as: str | None = None) -> Processes:
    """Give the processes of a file by id and version, every one of them sound.

    Raises YoursToMend with all troubles: D0xx (not of the declared shape), S001 to S004 (a state, role,
    clock, or a form, document or field that is not declared), S016 (a term of validity that does not fit its
    process), S005 to S015 (see `soundness`).
    """
    node = read_yaml(path, shown_as)
    troubles: list[Trouble] = []
    file = build(ProcessFile, node, troubles)
    if file is None:
        raise YoursToMend(troubles)
    nodes: list[Node] = node.value["processes"].value
    for process, held in zip(file.processes, nodes, strict=True):
        found = name_troubles(process, held)
        troubles += found or soundness_troubles(process)
    counted = Counter((process.id, process.version) for process in file.processes)
    for process in file.processes:
        if counted[process.id, process.version] > 1:
            what = f"version {process.version} of {process.id} is declared twice"
            troubles.append(Trouble("S015", what, "Give the changed one a new version", process.place))
    if troubles:
        raise YoursToMend(troubles)
    return {(process.id, process.version): process for process in file.processes}


def shipped_processes(name: str) -> Processes:
    """Give the processes of a file that comes with the package (`duties`)."""
    with resources.as_file(resources.files("milepost.cases").joinpath(f"{name}.yaml")) as path:
        return read_processes(path, f"milepost/cases/{name}.yaml")


def name_troubles(process: Process, node: Node) -> list[Trouble]:
    """Give every name of a process that nothing answers to, with its line (S001 to S004, S014 to S016)."""
    names = _Names(process, node)
    names.look_up("S001", "state", "start", (process.start,), names.states)
    names.look_up("S002", "role", "opened_by", process.opened_by, names.roles)
    for number, act in enumerate(process.acts):
        names.judge_act(act, number)
    for number, clock in enumerate(process.clocks):
        if clock.extension is not None:
            at = ("clocks", number, "extension", "by")
            names.look_up("S002", "role", at, (clock.extension.by,), names.roles)
        if clock.ends_before:
            names.judge_term(clock, number)
    return names.troubles + _twice(process)


class _Names:
    """The names a process declares, and the troubles of those it uses."""

    def __init__(self, process: Process, node: Node) -> None:
        self.node = node
        self.process = process
        self.states = [state.id for state in process.states]
        self.roles = [role.id for role in process.roles]
        self.clocks = {clock.id: clock for clock in process.clocks}
        self.forms = [form.id for form in process.forms]
        self.documents = [document.id for document in process.documents]
        self.fields: dict[str, Field] = {field.id: field for form in process.forms for field in form.fields}
        self.acts = [act.id for act in process.acts]
        self.troubles: list[Trouble] = []

    def look_up(
        self, code: str, kind: str, at: str | tuple[str | int, ...], names: tuple[str, ...], known: Iterable[str]
    ) -> None:
        known = list(known)
        path = (at,) if isinstance(at, str) else at
        for number, name in enumerate(names):
            if name not in known:
                mend = nearest(name, known).rstrip("?") or f"Declared: {listed(known, 30) or 'none'}"
                self.add(code, f"{name} is not a {kind} of {self.process.id}", mend, (*path, number))

    def add(self, code: str, what: str, mend: str, path: tuple[str | int, ...]) -> None:
        self.troubles.append(Trouble(code, what, mend[:1].upper() + mend[1:], _place(self.node, path)))

    def judge_act(self, act: Act, number: int) -> None:
        at = ("acts", number)
        for role in ("after", "to", "while_any", "unless"):
            self.look_up("S001", "state", (*at, role), getattr(act, role), self.states)
        self.look_up("S002", "role", (*at, "by"), act.by, self.roles)
        for verb in ("starts", "stops", "suspends", "resumes", "extends"):
            self.look_up("S003", "clock", (*at, verb), getattr(act, verb), self.clocks)
        self.look_up("S004", "form", (*at, "forms"), act.forms, self.forms)
        self.look_up("S004", "document", (*at, "documents"), act.documents, (*self.documents, GIVEN))
        self.look_up("S004", "act", (*at, "not_by_who_did"), act.not_by_who_did, self.acts)
        if not act.by:
            self.add("S002", f"nobody may {act.id}", "Name at least one role in by", at)
        if (act.suspends or act.resumes) and act.ground is None:
            what = f"{act.id} suspends or resumes a clock without a lawful ground"
            self.add("S012", what, "Name its ground (hearing, testing, expert_review ...)", at)
        self._judge_extension(act, at)
        for order, guard in enumerate(act.when):
            self._judge_guard(act, guard, (*at, "when", order))

    def judge_term(self, clock: ClockRule, number: int) -> None:
        """Judge a clock that ends before a day its case names: nothing else may move it."""
        at = ("clocks", number, "ends_before")
        if clock.ends_before not in self.fields:
            self.look_up("S004", "field", at, (clock.ends_before,), self.fields)
            return
        if self.fields[clock.ends_before].type != "date":
            self.add("S016", f"{clock.id} ends before {clock.ends_before}, which is no date", "Give it type: date", at)
        if clock.counts != "calendar_days" or clock.promised_days is not None or clock.extension is not None:
            what = f"{clock.id} is a term of validity, but counts working days, or is promised or extended"
            self.add("S016", what, "Say counts: calendar_days, and take promised_days and extension away", at)
        for order, act in enumerate(self.process.acts):
            asked = {f.id for form in self.process.forms if form.id in act.forms for f in form.fields}
            if clock.id in act.starts and clock.ends_before not in asked:
                what = f"{act.id} starts {clock.id} without asking for {clock.ends_before}"
                self.add("S016", what, "Let it ask for a form with this field", ("acts", order, "starts"))
            if clock.id in (*act.suspends, *act.resumes):
                what = f"{act.id} suspends or resumes {clock.id}, a term of validity"
                self.add("S016", what, "Stop it and start it again instead", ("acts", order))

    def _judge_extension(self, act: Act, at: tuple[str | int, ...]) -> None:
        for name in act.extends:
            clock = self.clocks.get(name)
            if clock is None:
                continue
            if clock.extension is None:
                self.add("S012", f"{act.id} extends {name}, which has no extension", "Declare its extension", at)
            elif act.by != (clock.extension.by,):
                mend = f"Let {clock.extension.by} do it, as the clock says"
                self.add("S012", f"{act.id} extends {name} by the wrong role", mend, at)
            elif not act.needs_reason:
                what = f"{act.id} extends {name} without a reason"
                self.add("S012", what, "Add needs_reason: true (Licensing Law, art. 42)", at)

    def _judge_guard(self, act: Act, guard: Guard, at: tuple[str | int, ...]) -> None:
        if guard.field == PROMISED:
            words: tuple[str, ...] = ("some", "none")
        elif guard.field not in self.fields:
            self.look_up("S014", "field with a vocabulary", (*at, "field"), (guard.field,), self.fields)
            return
        else:
            field = self.fields[guard.field]
            words = ("true", "false") if field.type == "boolean" else field.vocabulary
            if not words:
                self.add("S014", f"{act.id} depends on {field.id}, which has no vocabulary", "Declare one", at)
                return
        self.look_up("S014", f"word of {guard.field}", (*at, "among"), guard.among, words)
        of_branch = any(
            guard.field in [f.id for form in self.process.forms if form.id in other.forms for f in form.fields]
            for other in self.process.acts
            if other.for_each
        )
        if guard.field != PROMISED and of_branch != (guard.of != "this" or act.for_each):
            what = (
                f"{act.id} asks {guard.field} of {guard.of}, but the field is {'' if of_branch else 'not '}of a branch"
            )
            self.add("S014", what, "Ask this in a branch, and all, any or none of the branches", at)


def _twice(process: Process) -> list[Trouble]:
    troubles = []
    kinds = ("roles", "states", "acts", "clocks", "forms", "documents")
    for kind in kinds:
        seen: set[str] = set()
        for thing in getattr(process, kind):
            if thing.id in seen:
                what = f"{thing.id} is declared twice among the {kind} of {process.id}"
                troubles.append(Trouble("S015", what, "Keep one of the two", thing.place))
            seen.add(thing.id)
    return troubles


def _place(node: Node, path: tuple[str | int, ...]) -> Place:
    """The line of a word deep in a declaration, or of what is nearest above it."""
    for step in path:
        inside = node.value if isinstance(node.value, dict) else dict(enumerate(node.value or ()))
        if not isinstance(inside.get(step), Node):
            break
        node = inside[step]
    return node.place
