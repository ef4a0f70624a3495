"""Which column of an event log is the case, the activity, the time: by standard name, known name, content.

Every finding says by which sign it was made and which other columns could have been meant.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from milepost.receive.moments import Moments, read_moments

Sign = Literal["given", "standard name", "known name", "content"]
_STANDARD = {
    "case": ("case:concept:name",),
    "activity": ("concept:name",),
    "time": ("time:timestamp",),
    "start_time": ("start_timestamp",),
    "resource": ("org:resource",),
    "group": ("org:group", "org:role"),
    "lifecycle": ("lifecycle:transition",),
}
_KNOWN = {
    "case": (
        "caseid", "case", "traceid", "trace", "casenumber", "caseno", "applicationid", "applicationnumber",
        "permitid", "案件编号", "案件号", "办件编号", "办件流水号", "申请编号", "受理编号", "业务编号", "申请号",
        "流水号",
    ),
    "activity": (
        "activity", "activityname", "event", "eventname", "task", "taskname", "step", "action",
        "环节", "环节名称", "办理环节", "活动", "活动名称", "步骤", "操作", "任务名称",
    ),
    "time": (
        "timestamp", "time", "completetimestamp", "completetime", "completiontime", "endtimestamp", "endtime",
        "eventtime", "datetime", "date", "办理时间", "完成时间", "时间", "操作时间", "时间戳", "办结时间",
    ),
    "start_time": ("starttimestamp", "starttime", "开始时间"),
    "resource": ("resource", "user", "employee", "officer", "originator", "办理人", "经办人", "处理人", "人员"),
    "group": ("group", "department", "desk", "unit", "部门", "科室", "办理部门", "单位"),
    "lifecycle": ("lifecycle", "transition", "eventtype"),
}  # fmt: skip
_PLANNED = re.compile(r"plan|deadline|due|target|promis|计划|承诺|期限|截止|应办结", re.IGNORECASE)
_ENDED = re.compile(r"end.?date|date.?end|closed|finish|complet|办结|结束|完成", re.IGNORECASE)
_STARTED = re.compile(r"start.?date|date.?start|opened|received|submitted|收件|受理|开始|申请时间", re.IGNORECASE)


@dataclass(frozen=True)
class RoleFound:
    """A column and what it was taken for; `others` are columns that could have been meant."""

    role: str
    column: str
    sign: Sign
    others: tuple[str, ...] = ()


def find_roles(
    table: Mapping[str, Sequence[str]], given: Mapping[str, str]
) -> tuple[tuple[RoleFound, ...], dict[str, Moments]]:
    """Give the roles found, and the moments of every column that holds dates."""
    moments = {name: found for name, column in table.items() if (found := read_moments(column)) is not None}
    roles = [RoleFound(role, column, "given") for role, column in given.items()]
    for role in _STANDARD:
        if role not in given:
            taken = {found.column for found in roles}
            named = _by_name(role, {name: table[name] for name in table if name not in taken}, moments)
            roles += [named] if named else []
    held = {found.role for found in roles}
    for role, find in (("time", _time_by_content), ("case", _case_by_content), ("activity", _activity_by_content)):
        if role not in held:
            taken = {found.column for found in roles}
            free = {name: column for name, column in table.items() if name not in taken}
            case = next((table[found.column] for found in roles if found.role == "case"), None)
            candidates = find(free, moments, case)
            if candidates:
                roles.append(RoleFound(role, candidates[0], "content", tuple(candidates[1:4])))
    return (*roles, *_dates_of_cases(table, moments, roles)), moments


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "", name.lower())


def _by_name(role: str, columns: Mapping[str, Sequence[str]], moments: Mapping[str, Moments]) -> RoleFound | None:
    """A time must hold dates; an activity must come back, or it is the number of the event."""
    must_be_time = role in ("time", "start_time")
    fits = [name for name in columns if (name in moments) == must_be_time]
    if role == "activity":
        fits = [name for name in fits if len(columns[name]) < 20 or len(set(columns[name])) < len(columns[name])]
    for name in _STANDARD[role]:
        if name in fits:
            return RoleFound(role, name, "standard name")
    plain = {name: _plain(name) for name in fits if not name.startswith("case:") or role == "case"}
    found = [name for known in _KNOWN[role] for name, held in plain.items() if held == known]
    return RoleFound(role, found[0], "known name", tuple(found[1:])) if found else None


def _time_by_content(
    free: Mapping[str, Sequence[str]], moments: Mapping[str, Moments], _: Sequence[str] | None
) -> list[str]:
    """Dates, the most different ones first; a column of whole cases repeats itself."""
    dated = [name for name in free if name in moments and not _PLANNED.search(name)]
    return sorted(dated, key=lambda name: -len(set(free[name])))


def _case_by_content(
    free: Mapping[str, Sequence[str]], moments: Mapping[str, Moments], _: Sequence[str] | None
) -> list[str]:
    """Values that come back, but the most different of those that do; each at least twice on average."""
    counts = {name: len({v for v in column if v.strip()}) for name, column in free.items() if name not in moments}
    fits = [name for name, count in counts.items() if 2 <= count <= len(free[name]) / 1.5]
    return sorted(fits, key=lambda name: -counts[name])


def _activity_by_content(
    free: Mapping[str, Sequence[str]], moments: Mapping[str, Moments], case: Sequence[str] | None
) -> list[str]:
    """Few different words that change within a case, and with which cases begin alike."""
    if case is None:
        return []
    fits: list[tuple[float, str]] = []
    for name, column in free.items():
        different = len(set(column))
        if name in moments or not 2 <= different <= min(500, max(2, len(column) / 3)) or _are_numbers(column):
            continue
        pairs = len(set(zip(case, column, strict=True)))
        changes = pairs / max(len(set(case)), 1)
        begun: dict[str, str] = {}
        for one, word in zip(case, column, strict=True):
            begun.setdefault(one, word)
        alike = Counter(begun.values()).most_common(1)[0][1] / len(begun)
        if changes > 1.05:
            fits.append((-(changes * alike), name))
    return [name for _, name in sorted(fits)]


def _are_numbers(column: Sequence[str]) -> bool:
    return all(re.fullmatch(r"[-+]?\d+([.,]\d+)?", value.strip() or "0") for value in column[:1000])


def _dates_of_cases(
    table: Mapping[str, Sequence[str]], moments: Mapping[str, Moments], roles: Sequence[RoleFound]
) -> list[RoleFound]:
    """Date columns that say one thing for (nearly) every whole case, by what their names tell."""
    case = next((table[found.column] for found in roles if found.role == "case"), None)
    taken = {found.column for found in roles}
    if case is None:
        return []
    found = []
    for name in moments:
        if name in taken or not _is_of_case(case, table[name]):
            continue
        for role, pattern in (("planned_end", _PLANNED), ("case_end", _ENDED), ("case_start", _STARTED)):
            if pattern.search(name):
                found.append(RoleFound(role, name, "standard name" if name.startswith("case:") else "known name"))
                break
    return found


def _is_of_case(case: Sequence[str], column: Sequence[str]) -> bool:
    said: dict[str, str] = {}
    same = sum(said.setdefault(one, value) == value for one, value in zip(case, column, strict=True))
    return same >= 0.95 * len(case)
