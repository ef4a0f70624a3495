"""Is a process sound? Every state it can reach is walked, and what is wrong is told with the way there.

A sound process: every state can be reached, every act can happen, whatever was done something can
still be done until an end is reached, every end can be reached from everywhere, an end leaves nothing
behind, no state is marked twice, and no clock is started, suspended, resumed or stopped where it cannot
be. Reference: W. M. P. van der Aalst, The Application of Petri Nets to Workflow Management, Journal of
Circuits, Systems and Computers 8 (1998) 21-66, definition of soundness; here by exhaustive reachability
of the marking together with the answers its conditions read and the standing of its clocks.

A process with branches is walked with its least number of them up to two: faults that need three at once are not
looked for. Time is not part of it: any allowed act may happen next.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product

from milepost.basics.errors import Trouble, listed
from milepost.cases.clock import Clock, may_be
from milepost.cases.judging import ground_of
from milepost.cases.process import PROMISED, FlatAct, Guard, Net, Process, branched, clocks_of, unfold

MOST_STATES = 200_000


@dataclass(frozen=True)
class Situation:
    """A state of the whole case: marks, the answers that conditions read, the standing of clocks."""

    marking: frozenset[str]
    answers: frozenset[tuple[str, str]]
    clocks: tuple[tuple[str, frozenset[str]], ...]


@dataclass
class Walk:
    """All situations reached: `came` tells from where and by which act, `led` what follows."""

    net: Net
    came: dict[Situation, tuple[Situation, str] | None]
    led: dict[Situation, list[Situation]]
    fired: set[str]
    troubles: list[Trouble]


def soundness_troubles(process: Process) -> list[Trouble]:
    """Give what makes a process unsound, each with an example; none for a sound one.

    S005 a state never reached, S006 an act that can never happen, S007 a dead end, S008 no way to any
    end, S009 an end that leaves something behind, S010 a state marked twice, S011 no end or an end that
    is left, S012 a clock used where it cannot be, S013 too large to walk.
    """
    troubles = _shape_troubles(process)
    if troubles:
        return troubles
    sizes = range(min(process.least_branches, 2), 3) if process.branches else (0,)
    walks = [walk(unfold(process, ("a", "b")[:size])) for size in sizes]
    for found in walks:
        troubles += [trouble for trouble in _judged(process, found) if trouble not in troubles]
        if troubles:
            return troubles
    return troubles + _never(process, walks[-1])


def _shape_troubles(process: Process) -> list[Trouble]:
    ends = {state.id for state in process.states if state.outcome is not None}
    troubles = []
    if not ends:
        what = f"{process.id} has no state with an outcome"
        troubles.append(Trouble("S011", what, "Give its last states an outcome", process.place))
    for state in process.states:
        if state.for_each and (state.id in ends or state.id == process.start):
            what = f"{state.id} begins or ends the whole case and cannot be for_each"
            troubles.append(Trouble("S011", what, "Join the branches before the end", state.place))
    for act in process.acts:
        if not ends.isdisjoint(act.after):
            what = f"{act.id} leaves the end {listed(sorted(ends & set(act.after)))}"
            troubles.append(Trouble("S011", what, "An end is final: take its outcome away, or the act", act.place))
        if act.clears and (act.after or not act.to):
            what = f"{act.id} clears the case and so takes nothing by name, and leads somewhere"
            troubles.append(Trouble("S011", what, "Use while_any and unless instead of after, and give to", act.place))
        if bool(act.after) != bool(act.to) and not act.clears:
            what = f"{act.id} takes marks without putting any, or puts them from nowhere"
            troubles.append(Trouble("S011", what, "Give both after and to, or while_any alone", act.place))
        if act.for_each and process.branches is None:
            what = f"{act.id} is for_each, but {process.id} has no branches"
            troubles.append(Trouble("S011", what, "Name what it runs over in branches", act.place))
    return troubles


def walk(net: Net) -> Walk:
    """Give every situation a case with this net can reach, breadth first (S010, S012, S013 on the way)."""
    first = Situation(
        frozenset({net.process.start}), frozenset(), tuple(("not_started", frozenset()) for _ in net.clocks)
    )
    found = Walk(net, {first: None}, {}, set(), [])
    queue = deque([first])
    while queue:
        here = queue.popleft()
        found.led[here] = []
        for flat, there in _steps(found, here):
            found.fired.add(flat.act.id)
            found.led[here].append(there)
            if there not in found.came:
                found.came[there] = here, branched(flat.act.id, flat.branch)
                queue.append(there)
        if len(found.came) > MOST_STATES:
            what = f"{net.process.id} has more than {MOST_STATES:,} situations"
            mend = "Make two processes of it, or fewer parallel branches"
            found.troubles.append(Trouble("S013", what, mend, net.process.place))
            return found
    return found


def _steps(found: Walk, here: Situation) -> Iterator[tuple[FlatAct, Situation]]:
    net = found.net
    if not here.marking.isdisjoint(net.ends):
        return
    for flat in net.acts.values():
        if not flat.is_enabled(here.marking) or not all(_holds(net, here, g, flat.branch) for g in flat.act.when):
            continue
        twice = frozenset() if flat.act.clears else (here.marking - flat.takes) & flat.puts
        if twice:
            what = f"{flat.act.id} marks {listed(sorted(twice))} a second time ({_way(found, here)})"
            _tell(found, Trouble("S010", what, "Join the branches before it", flat.act.place))
            continue
        clocks = _clocks_after(found, here, flat)
        if clocks is None:
            continue
        for answers in _answers_after(net, here, flat):
            yield flat, Situation(flat.fired(here.marking), answers, clocks)


def _tell(found: Walk, trouble: Trouble) -> None:
    """One example for each act and code is enough."""
    if not any(t.code == trouble.code and t.place == trouble.place for t in found.troubles):
        found.troubles.append(trouble)


def _clocks_after(found: Walk, here: Situation, flat: FlatAct) -> tuple[tuple[str, frozenset[str]], ...] | None:
    net, act = found.net, flat.act
    standing = dict(zip(net.clocks, here.clocks, strict=True))
    verbs = (("stopped", act.stops), ("suspended", act.suspends), ("resumed", act.resumes), ("started", act.starts))
    for verb, names in verbs:
        for name in clocks_of(names, net, flat.branch):
            status, held = standing[name]
            if not may_be(_clock_like(net, name, status, held), verb, ground_of(flat)):
                what = f"{act.id}: the clock {name} is {status.replace('_', ' ')} and cannot be {verb}"
                mend = "Start it before, or split the act"
                _tell(found, Trouble("S012", f"{what} ({_way(found, here)})", mend, act.place))
                return None
            standing[name] = _after_verb(verb, held, ground_of(flat))
    return tuple(standing[name] for name in net.clocks)


def _clock_like(net: Net, name: str, status: str, held: frozenset[str]) -> Clock:
    from datetime import date

    clock = Clock(name, net.clocks[name])
    if status == "not_started":
        return clock
    return replace(clock, ran=((date.min, None),), held_by=held, is_stopped=status == "stopped")


def _after_verb(verb: str, held: frozenset[str], ground: str) -> tuple[str, frozenset[str]]:
    if verb == "stopped":
        return "stopped", frozenset()
    if verb == "started":
        return "running", frozenset()
    held = held | {ground} if verb == "suspended" else held - {ground}
    return ("suspended" if held else "running"), held


def _guard_words(net: Net) -> dict[str, tuple[str, ...]]:
    read = {guard.field for flat in net.acts.values() for guard in flat.act.when}
    words: dict[str, tuple[str, ...]] = {PROMISED: ("some", "none")} if PROMISED in read else {}
    for form in net.forms.values():
        for field in form.fields:
            if field.id in read:
                known = ("true", "false") if field.type == "boolean" else field.vocabulary
                words[field.id] = known if field.is_required else (*known, "None")
    return words


def _answers_after(net: Net, here: Situation, flat: FlatAct) -> Iterator[frozenset[tuple[str, str]]]:
    """Every combination of answers the act may bring, of those that conditions read."""
    words = _guard_words(net)
    asked = [f.id for name in flat.act.forms for f in net.forms[name].fields if f.id in words]
    if flat.act.documents and PROMISED in words:
        asked.append(PROMISED)
    if not asked:
        yield here.answers
        return
    names = [branched(name, flat.branch if name != PROMISED else "") for name in asked]
    kept = {pair for pair in here.answers if pair[0] not in names}
    for combination in product(*(words[name] for name in asked)):
        yield frozenset(kept | set(zip(names, combination, strict=True)))


def _holds(net: Net, here: Situation, guard: Guard, branch: str) -> bool:
    answers = dict(here.answers)
    if guard.field == PROMISED:
        return answers.get(PROMISED, "none") in guard.among
    if guard.of == "this":
        return answers.get(branched(guard.field, branch), "None") in guard.among
    words = [answers.get(branched(guard.field, b), "None") in guard.among for b in net.branches]
    return all(words) if guard.of == "all" else any(words) == (guard.of == "any")


def _judged(process: Process, found: Walk) -> list[Trouble]:
    troubles: list[Trouble] = list(found.troubles)
    if troubles:
        return troubles  # the walk stopped short there, so nothing can be said of what comes after
    ended = [here for here in found.came if not here.marking.isdisjoint(found.net.ends)]
    left = next((here for here in ended if len(here.marking) > 1), None)
    if left is not None:
        what = f"{process.id} ends and leaves {listed(sorted(left.marking - set(found.net.ends)))} behind"
        mend = "Join the branches first, or let the act clear the case"
        troubles.append(Trouble("S009", f"{what} ({_way(found, left)})", mend, process.place))
    dead = next((here for here, after in found.led.items() if not after and here not in set(ended)), None)
    if dead is not None:
        what = f"{process.id} comes to a dead end at {listed(sorted(dead.marking))} ({_way(found, dead)})"
        troubles.append(Trouble("S007", what, "Add an act that leads on, for every answer", process.place))
    hopeless = _hopeless(found, ended)
    if hopeless is not None and dead is None:
        what = f"{process.id} can never end from {listed(sorted(hopeless.marking))} ({_way(found, hopeless)})"
        troubles.append(Trouble("S008", what, "Add an act that leads to an end", process.place))
    return troubles


def _hopeless(found: Walk, ended: list[Situation]) -> Situation | None:
    """The first situation from which no end can be reached, by walking back from the ends."""
    before: dict[Situation, list[Situation]] = {}
    for here, after in found.led.items():
        for there in after:
            before.setdefault(there, []).append(here)
    hopeful, queue = set(ended), deque(ended)
    while queue:
        for here in before.get(queue.popleft(), ()):
            if here not in hopeful:
                hopeful.add(here)
                queue.append(here)
    return next((here for here in found.came if here not in hopeful), None)


def _never(process: Process, found: Walk) -> list[Trouble]:
    marked = {name.split("@")[0] for here in found.came for name in here.marking}
    troubles = [
        Trouble(
            "S005", f"the state {state.id} can never be reached", "Let an act lead to it, or take it out", state.place
        )
        for state in process.states
        if state.id not in marked
    ]
    return troubles + [
        Trouble("S006", f"the act {act.id} can never happen", "Mend its after, while_any or when", act.place)
        for act in process.acts
        if act.id not in found.fired
    ]


def _way(found: Walk, here: Situation) -> str:
    """The shortest way to a situation, as an example."""
    acts: list[str] = []
    step = found.came[here]
    while step is not None:
        here, act = step
        acts.append(act)
        step = found.came[here]
    return "after " + ", ".join(reversed(acts)) if acts else "at the start"
