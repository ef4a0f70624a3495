"""What the one licence saves in one industry: permits, steps, working days, documents and fields, before and after.

Every count is the length of a list that stands beside it. Where the catalogue holds no complete list the count is
missing, with a sentence; a published count without its list is shown beside ours and never mixed into it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from milepost.basics.text import Text
from milepost.cases.process import Process, unfold
from milepost.domains.licensing.asking import Item, Resolved
from milepost.domains.licensing.catalogue import Catalogue, Published, Requirement
from milepost.domains.licensing.opening import JOINT, SINGLE, process

GENERAL_DAYS, JOINT_DAYS = 20, 45
GENERAL, TOGETHER = "Administrative Licensing Law, art. 42 par. 1", "Administrative Licensing Law, art. 42 par. 2"
Pair = tuple[int | None, int | None]


@dataclass(frozen=True)
class Statement:
    """The statement of reduction: pairs (before, after) by measure, the days of both baselines, lists, and gaps.

    `days` holds for `statutory` and `practice` the pair and the list behind it; `together` is how long the
    separate permits take when all are applied for on one day: the longest, not the sum.
    """

    counts: Mapping[str, Pair]
    lists: Mapping[str, tuple[list[Any], list[Any]]]
    days: Mapping[str, Pair]
    day_lists: Mapping[str, list[dict[str, Any]]]
    together: Mapping[str, int | None]
    published: tuple[Published, ...]
    missing: tuple[Text, ...] = field(default_factory=tuple)


def state(catalogue: Catalogue, resolved: Resolved) -> Statement:
    """Give the statement of reduction of an industry's guide with these answers."""
    missing: list[Text] = []
    needed = [item for item in resolved.items if item.is_needed]
    licensed = [item for item in needed if item.permit.is_in_licence]
    missing += _unsure(resolved)
    permits = [item.permit.id for item in licensed]
    items = [item.permit.id for item in needed]
    beside = [item.permit.id for item in needed if not item.permit.is_in_licence]
    one = ["one_licence"] if permits else []
    documents, document_lists = _documents(catalogue, resolved, licensed, missing)
    fields, field_lists = _fields(catalogue, resolved, licensed, missing)
    steps = _steps(len(permits))
    days, day_lists, together = _days(resolved, licensed, missing)
    return Statement(
        {"permits": (len(permits), len(one)), "items": (len(items), len(one) + len(beside)),
         "steps": (len(steps[0]), len(steps[1])), "documents": documents, "fields": fields},
        {"permits": (permits, one), "items": (items, [*one, *beside]), "steps": steps,
         "documents": document_lists, "fields": field_lists},
        days, day_lists, together,
        tuple(p for p in catalogue.published if p.industry in {guide.industry for guide in resolved.guides}),
        tuple(missing),
    )  # fmt: skip


def _unsure(resolved: Resolved) -> Iterable[Text]:
    """Permits that are not counted, because an answer or the authority's word is missing."""
    for standing, en, zh in (
        ("open", "depend on answers not given and are not counted", "取决于尚未回答的问题，未计入"),
        ("to_confirm", "are left to the authority by the source and are not counted", "来源未确定是否需要，未计入"),
    ):
        held = [item.permit.name for item in resolved.items if item.standing == standing]
        if held:
            names = Text("; ".join(name.en for name in held), "、".join(name.zh for name in held))
            yield Text(f"{len(held)} permits {en}: {names.en}.", f"{len(held)}个事项{zh}：{names.zh}。")


def _is_complete(catalogue: Catalogue, item: Item, name: str) -> bool:
    """Did some source give the whole list of this permit's documents or fields in the guide?"""
    return any((r.guide, permit, name) in catalogue.complete for r in item.requirements for permit in (r.permit, ""))


def _listed(catalogue: Catalogue, items: Sequence[Item], name: str, label: Text, missing: list[Text]) -> bool:
    lacking = [item.permit.name for item in items if not _is_complete(catalogue, item, name)]
    if lacking:
        names = Text("; ".join(one.en for one in lacking), "、".join(one.zh for one in lacking))
        missing.append(
            Text(
                f"The catalogue holds no complete list of {label.en} for {len(lacking)} of {len(items)} permits"
                f" ({names.en}), so their number is not stated.",
                f"目录缺少{len(items)}个事项中{len(lacking)}个的完整{label.zh}清单（{names.zh}），故不给出数量。",
            )
        )
    return bool(items) and not lacking


def _documents(
    catalogue: Catalogue, resolved: Resolved, items: Sequence[Item], missing: list[Text]
) -> tuple[Pair, tuple[list[Any], list[Any]]]:
    """Before: every paper as often as permits ask for it; after: once, less what is held, produced or substituted."""
    before = [
        {"document": paper.document.id, "permit": permit}
        for paper in resolved.papers
        for permit in (paper.asked_by or ("",))
    ]
    after = [paper.document.id for paper in resolved.papers if paper.handing == "hand_in"]
    is_whole = _listed(catalogue, items, "documents", Text("documents", "申请材料"), missing)
    return ((len(before), len(after)) if is_whole else (None, None)), (before, after)


def _fields(
    catalogue: Catalogue, resolved: Resolved, items: Sequence[Item], missing: list[Text]
) -> tuple[Pair, tuple[list[Any], list[Any]]]:
    """Before: every field on every permit's own form; after: once on the one form, less what is already known."""
    permits = [item.permit.id for item in items]
    before = [
        {"field": held.field.id, "permit": permit}
        for held in resolved.form
        for permit in ([p for p in held.asked_by if p in permits] or (permits if not held.asked_by else []))
    ]
    after = [held.field.id for held in resolved.form if not held.is_held]
    is_whole = _listed(catalogue, items, "fields", Text("form fields", "填表要素"), missing)
    return ((len(before), len(after)) if is_whole else (None, None)), (before, after)


def _steps(permits: int) -> tuple[list[str], list[str]]:
    """What the applicant does from the first page to the certificate, by the declared processes."""
    alone, joint = _applicant_acts(SINGLE), _applicant_acts(JOINT)
    return [act for _ in range(permits) for act in alone], list(joint) if permits else []


@cache
def _applicant_acts(name: str) -> tuple[str, ...]:
    return tuple(act for act, by in straight_way(process(name)) if "applicant" in by)


def straight_way(one: Process) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Give the fewest acts from the start of a process to its being issued, each with who does it."""
    net = unfold(one, ("a",) if one.branches else ())
    first = frozenset({one.start})
    came: dict[frozenset[str], tuple[tuple[str, tuple[str, ...]], ...]] = {first: ()}
    queue = deque([first])
    while queue:
        here = queue.popleft()
        if any(net.ends.get(state) == "issued" for state in here):
            return came[here]
        for flat in net.acts.values():
            if here.isdisjoint(net.ends) and flat.is_enabled(here):
                there = flat.fired(here)
                if there not in came:
                    came[there] = (*came[here], (flat.act.id, flat.act.by))
                    queue.append(there)
    return ()


def _days(
    resolved: Resolved, items: Sequence[Item], missing: list[Text]
) -> tuple[dict[str, Pair], dict[str, list[dict[str, Any]]], dict[str, int | None]]:
    limits = [_limit(item) for item in items]
    statutory = [
        {"permit": item.permit.id, "working_days": days, "basis": basis,
         "promised_days": _least(item.requirements, "promised_days")}
        for item, (days, basis) in zip(items, limits, strict=True)
    ]  # fmt: skip
    general = [item.permit.name for item, (_, basis) in zip(items, limits, strict=True) if basis == GENERAL]
    if general:
        names = Text("; ".join(one.en for one in general), "、".join(one.zh for one in general))
        missing.append(
            Text(
                f"No own statutory period is in the catalogue for {len(general)} of {len(items)} permits ({names.en}):"
                f" the law's general limit of {GENERAL_DAYS} working days stands in, which a special law may change.",
                f"{len(items)}个事项中{len(general)}个未载明法定时限（{names.zh}），"
                f"按《行政许可法》第四十二条一般时限{GENERAL_DAYS}个工作日计，特别法另有规定的从其规定。",
            )
        )
    taken = [_least(item.requirements, "practice_days") for item in items]
    practice: list[dict[str, Any]] = [
        {"permit": item.permit.id, "working_days": days} for item, days in zip(items, taken, strict=True)
    ]
    known = [days for days in taken if days is not None]
    is_known = bool(known) and len(known) == len(practice)
    if not is_known:
        lacking = len(practice) - len(known)
        missing.append(
            Text(
                f"The time taken in practice before the reform is not in the catalogue for {lacking} of {len(items)}"
                " permits, so that baseline has no number of ours.",
                f"{len(items)}个事项中{lacking}个未载明改革前实际办理时间，故不给出实际基准数值。",
            )
        )
    sums = [days for days, _ in limits]
    after = _after(resolved)
    if after is None:
        missing.append(
            Text(
                "No promised time under the one licence is in the catalogue: after the reform the law's limit of"
                f" {JOINT_DAYS} working days for joint handling is stated.",
                f"目录未载明改革后承诺时限，改革后按《行政许可法》联合办理时限{JOINT_DAYS}个工作日列示。",
            )
        )
    later = (after if after is not None else JOINT_DAYS) if items else None
    return (
        {"statutory": (sum(sums) if items else None, later), "practice": (sum(known) if is_known else None, after)},
        {"statutory": statutory, "practice": practice,
         "after": [{"working_days": later, "basis": _after_basis(resolved) if after is not None else TOGETHER}]},
        {"statutory": max(sums, default=None), "practice": max(known, default=None) if is_known else None},
    )  # fmt: skip


def _limit(item: Item) -> tuple[int, str]:
    """The statutory days of a permit and where they stand: its own, or the law's general limit."""
    found = _least(item.requirements, "statutory_days")
    return (found, "catalogue") if found is not None else (GENERAL_DAYS, GENERAL)


def _least(requirements: Iterable[Requirement], name: str) -> int | None:
    return min((days for r in requirements if (days := getattr(r, name)) is not None), default=None)


def _after(resolved: Resolved) -> int | None:
    """The time under the one licence, of all guides together: the longest, and only where all state one."""
    days = [guide.days_after for guide in resolved.guides]
    return None if not days or None in days else max(day for day in days if day is not None)


def _after_basis(resolved: Resolved) -> str:
    return "; ".join(dict.fromkeys(f"the guide's time ({g.days_after_standing})" for g in resolved.guides))
