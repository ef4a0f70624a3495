"""A process is judged when it is loaded: every fault has its code, its line, its mend and an example."""

from __future__ import annotations

import textwrap

import pytest
from handling import JOINT, PROCESSES, SINGLE

from milepost.basics.errors import YoursToMend
from milepost.cases.declaration import read_processes, shipped_processes
from milepost.cases.process import unfold
from milepost.cases.soundness import soundness_troubles, walk

HEAD = """\
processes:
  - id: p
    name: {en: P, zh: 流程}
    version: 1
    source: a law
    roles: [{id: clerk, name: {en: Clerk, zh: 职员}}, {id: head, name: {en: Head, zh: 负责人}}]
    start: a
    branches: {en: Branch, zh: 分支}
    forms:
      - id: f
        name: {en: F, zh: 表}
        fields: [{id: kind, name: {en: K, zh: 类}, definition: d, type: choice, vocabulary: [x, y]}]
    clocks:
      - {id: c, name: {en: C, zh: 钟}, days: 20, citation: art. 42, extension: {days: 10, by: head}}
"""


def judged(tmp_path, states: str, acts: str, head: str = HEAD) -> list[str]:
    """Load a process; gives its troubles as text, none if it is sound."""
    one = {"en": "N", "zh": "名"}
    lines = [head + "    states:"]
    for state in states.split():
        name, _, rest = state.partition(":")
        more = {"each": ", for_each: true", "": ""}.get(rest, f", outcome: {rest}")
        lines.append(f"      - {{id: {name}, name: {{en: {one['en']}, zh: {one['zh']}}}{more}}}")
    lines.append("    acts:")
    for act in textwrap.dedent(acts).strip().splitlines():
        lines.append(f"      - {{name: {{en: N, zh: 名}}, by: [clerk], {act.strip()}}}")
    path = tmp_path / "cases.yaml"
    path.write_text("\n".join(lines), encoding="utf-8")
    try:
        read_processes(path, "cases.yaml")
    except YoursToMend as error:
        return [str(trouble) for trouble in error.troubles]
    return []


def one(troubles: list[str], code: str, *words: str) -> None:
    assert len(troubles) == 1, troubles
    assert f": {code}: " in troubles[0], troubles
    for word in words:
        assert word in troubles[0], troubles


def test_a_sound_process_has_no_trouble(tmp_path):
    acts = """
    id: split, after: [a], to: [b, r], starts: [c]
    id: look, for_each: true, after: [r], to: [s], forms: [f]
    id: join, after: [b, s], to: [end], when: [{field: kind, among: [x], of: any}]
    id: other, after: [b, s], to: [end], when: [{field: kind, among: [x], of: none}]
    """
    assert judged(tmp_path, "a b r:each s:each end:done", acts) == []


@pytest.mark.parametrize(
    ("act", "code", "word"),
    [
        ("id: x, after: [zzz], to: [end]", "S001", "Declared: a, end"),
        ("id: x, after: [a], to: [edn]", "S001", "Did you mean end"),
        ("id: x, after: [a], to: [end], starts: [cc]", "S003", "cc is not a clock"),
        ("id: x, after: [a], to: [end], forms: [g]", "S004", "g is not a form"),
        ("id: x, after: [a], to: [end], documents: [g]", "S004", "g is not a document"),
        ("id: x, after: [a], to: [end], not_by_who_did: [y]", "S004", "y is not a act"),
        ("id: x, after: [a], to: [end], suspends: [c]", "S012", "without a lawful ground"),
        ("id: x, after: [a], to: [end], extends: [c], needs_reason: true", "S012", "wrong role"),
        ("id: x, after: [a], to: [end], when: [{field: knd, among: [x]}]", "S014", "Did you mean kind"),
        ("id: x, after: [a], to: [end], when: [{field: promised, among: [sme]}]", "S014", "Did you mean some"),
    ],
)
def test_a_name_nothing_answers_to_is_told_with_its_line_and_the_nearest(tmp_path, act, code, word):
    troubles = judged(tmp_path, "a end:done", act)
    one(troubles, code, word)
    assert troubles[0].startswith("cases.yaml:19:")


def test_an_unknown_role_is_told(tmp_path):
    head = HEAD.replace("roles: [{id: clerk,", "roles: [{id: clark,")
    one(judged(tmp_path, "a end:done", "id: x, after: [a], to: [end]", head), "S002", "Did you mean clark")


def test_a_state_never_reached_and_an_act_that_cannot_happen_are_told(tmp_path):
    acts = "id: x, after: [a], to: [end]\nid: y, after: [b], to: [end]"
    troubles = judged(tmp_path, "a b end:done", acts)
    assert [trouble.split(": ")[1] for trouble in troubles] == ["S005", "S006"]
    assert "the state b" in troubles[0] and "the act y" in troubles[1]


def test_a_dead_end_is_told_with_the_way_there(tmp_path):
    acts = "id: x, after: [a], to: [b]\nid: y, after: [a], to: [end]"
    one(judged(tmp_path, "a b end:done", acts), "S007", "after x")


def test_an_answer_for_which_nothing_is_foreseen_is_a_dead_end(tmp_path):
    acts = "id: tell, after: [a], to: [b], forms: [f]\nid: y, after: [b], to: [end], when: [{field: kind, among: [x]}]"
    one(judged(tmp_path, "a b end:done", acts), "S007", "after tell")


def test_a_circle_without_a_way_out_is_told(tmp_path):
    acts = "id: x, after: [a], to: [b]\nid: y, after: [b], to: [d]\nid: z, after: [d], to: [b]"
    acts += "\nid: w, after: [a], to: [end]"
    one(judged(tmp_path, "a b d end:done", acts), "S008", "never end", "after x")


def test_a_join_that_waits_for_only_one_branch_is_told(tmp_path):
    acts = "id: x, after: [a], to: [b, d]\nid: y, after: [b], to: [end]"
    one(judged(tmp_path, "a b d end:done", acts), "S009", "leaves d behind", "after x, y")


def test_a_state_marked_twice_is_told(tmp_path):
    acts = "id: x, after: [a], to: [b, d]\nid: y, after: [b], to: [g]\nid: z, after: [d], to: [g]"
    acts += "\nid: w, after: [g], to: [end]"
    assert ": S010: " in judged(tmp_path, "a b d g end:done", acts)[0]


@pytest.mark.parametrize(
    ("states", "acts"),
    [
        ("a b", "id: x, after: [a], to: [b]"),
        ("a end:done", "id: x, after: [a], to: [end]\nid: y, after: [end], to: [a]"),
        ("a end:done", "id: x, after: [a], to: [end]\nid: y, after: [a]"),
        ("a end:done", "id: x, after: [a], to: [end]\nid: y, clears: true"),
    ],
)
def test_a_process_without_a_proper_end_is_told(tmp_path, states, acts):
    one(judged(tmp_path, states, acts), "S011")


def test_a_clock_used_where_it_cannot_be_is_told_with_the_way_there(tmp_path):
    stop = "id: x, after: [a], to: [end], stops: [c]"
    one(judged(tmp_path, "a end:done", stop), "S012", "is not started", "at the start")
    twice = "id: x, after: [a], to: [b], starts: [c]\nid: y, after: [b], to: [a]\nid: z, after: [b], to: [end]"
    one(judged(tmp_path, "a b end:done", twice), "S012", "is running and cannot be started", "after x, y")


def test_a_thing_declared_twice_is_told(tmp_path):
    acts = "id: x, after: [a], to: [end]\nid: x, after: [a], to: [end]"
    one(judged(tmp_path, "a end:done", acts), "S015", "x is declared twice")


def test_a_process_too_large_to_walk_is_told(monkeypatch):
    monkeypatch.setattr("milepost.cases.soundness.MOST_STATES", 20)
    assert [trouble.code for trouble in soundness_troubles(JOINT)] == ["S013"]


def test_the_processes_that_come_with_the_package_are_sound():
    assert set(PROCESSES) == {("single_permit", 1), ("joint_licence", 1), ("licence_in_force", 1)}
    assert soundness_troubles(SINGLE) == soundness_troubles(JOINT) == []
    assert set(shipped_processes("duties")) == {("duty", 1)}


@pytest.mark.parametrize("branches", [1, 2, 3, 4])
def test_the_licence_is_sound_with_more_branches_than_loading_walks(branches):
    found = walk(unfold(JOINT, tuple("abcd"[:branches])))
    assert found.troubles == []
    assert all(after or here.marking & set(found.net.ends) for here, after in found.led.items())


TERM = HEAD.replace(
    "vocabulary: [x, y]}]", "vocabulary: [x, y]}, {id: until, name: {en: U, zh: 止}, definition: u, type: date}]"
)


def with_term(clock: str) -> str:
    return TERM + f"      - {{id: v, name: {{en: V, zh: 效}}, days: 365, citation: law, {clock}}}\n"


WHOLE = "counts: calendar_days, ends_before: until"
STARTS = "id: x, after: [a], to: [done], forms: [f], starts: [v]"


@pytest.mark.parametrize(
    ("clock", "act", "code", "word"),
    [
        (WHOLE, STARTS, "", ""),
        ("counts: calendar_days, ends_before: untill", STARTS, "S004", "until"),
        ("counts: calendar_days, ends_before: kind", STARTS, "S016", "no date"),
        ("ends_before: until", STARTS, "S016", "working days"),
        (f"{WHOLE}, promised_days: 5", STARTS, "S016", "promised"),
        (f"{WHOLE}, extension: {{days: 5, by: head}}", STARTS, "S016", "extended"),
        (WHOLE, STARTS.replace(" forms: [f],", ""), "S016", "without asking for until"),
        (WHOLE, "id: x, while_any: [a], suspends: [v], ground: testing}", "S016", "suspends"),
    ],
)
def test_nothing_but_its_own_day_moves_a_term_of_validity(tmp_path, clock, act, code, word):
    acts = act.rstrip("}") if act is STARTS or "after" in act else act.rstrip("}") + "\n" + STARTS.replace("x", "y", 1)
    troubles = judged(tmp_path, "a done:done", acts, with_term(clock))
    if code:
        one(troubles, code, word)
    else:
        assert troubles == []
