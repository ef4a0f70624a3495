"""The wing's studies answered: the tables a zone gives become a catalogue, the question an Answer with its lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from milepost.basics.answer import Answer, AnswerTable, Column, Headline, Proof
from milepost.basics.errors import Trouble, YoursToMend
from milepost.basics.table import Table
from milepost.basics.text import Text
from milepost.domains.licensing.asking import Resolved, questions, resolve
from milepost.domains.licensing.catalogue import Catalogue
from milepost.domains.licensing.coverage import MEASURES, Applied, cover, read_applications
from milepost.domains.licensing.reading import TABLES, read_catalogue
from milepost.domains.licensing.reduction import Statement, state
from milepost.rules import table as rules
from milepost.rules.reading import read_table

_RULES = "rules"
_MEASURES = {
    "permits": Text("Permits", "许可事项"),
    "items": Text("Items in all, with registration, tax and seals", "全部事项（含登记、税务、印章）"),
    "steps": Text("Acts of the applicant", "申请人办理环节"),
    "documents": Text("Documents to hand in", "提交材料"),
    "fields": Text("Form fields to fill in", "填表要素"),
}
_COUNTED = Text("Every count is the length of the list that stands with it.", "每个数量均为所附清单的条数。")
_SHARES = Text("Every share is a count of applications or industries over another.", "比例均为申请或行业的计数之比。")
_BEFORE, _AFTER = Column("before", Text("Before", "改革前")), Column("after", Text("After", "改革后"))


def catalogue_from(tables: Mapping[str, Table]) -> Catalogue:
    """Give the catalogue of the tables a study was given; `rules` lists the files of decision tables."""
    found: dict[str, rules.Table] = {}
    listed = tables.get(_RULES, {"name": [], "path": []})
    for name, path in zip(listed["name"], listed["path"], strict=True):
        found[Path(name).stem] = read_table(Path(path), name)
    return read_catalogue({name: tables[name] for name in TABLES if name in tables}, found)


def reduction(tables: Mapping[str, Table], parameters: Mapping[str, Any], on: date) -> Answer:
    """Give the statement of reduction of an industry, against both baselines.

    Raises YoursToMend H110, H111.
    """
    catalogue = catalogue_from(tables)
    resolved = _resolved(catalogue, parameters, on)
    found = state(catalogue, resolved)
    used = str(parameters["baseline"])
    days = found.days[used]
    pairs = {**found.counts, "working_days": days}
    names = {**_MEASURES, "working_days": Text("Working days", "办理工作日")}
    rows = tuple(
        {"measure": names[m].en, "measure_zh": names[m].zh, "before": pair[0], "after": pair[1]}
        for m, pair in pairs.items()
    )
    measure = (Column("measure", Text("Measure", "指标")), Column("measure_zh", Text("In Chinese", "中文")))
    table = AnswerTable("reduction", Text("Before and after", "改革前后"), (*measure, _BEFORE, _AFTER), rows)
    return Answer(
        [one for name, pair in pairs.items() for one in _headlines(names[name], name, pair)],
        [table, _permits_table(resolved), _published_table(found)],
        Proof("counted", _COUNTED),
        _reduction_document(resolved, found, used),
        [*_of_guides(resolved), *found.missing],
    )  # fmt: skip


def requirements(tables: Mapping[str, Table], parameters: Mapping[str, Any], on: date) -> Answer:
    """Give what an applicant with these answers needs: permits, papers, one form; and what to ask next."""
    catalogue = catalogue_from(tables)
    resolved = _resolved(catalogue, parameters, on)
    guides = [guide.id for guide in resolved.guides]
    left = questions(catalogue, guides, resolved.answers, on)
    says = Text(
        "Each permit and paper names the line it rests on; a question is asked only while it can change them.",
        "每个事项与材料均注明所依据的规则行与条款；仅提出仍可能影响结果的问题。",
    )
    return Answer(
        [Headline(Text("Permits needed", "所需许可"), float(len(resolved.permits)), "count"),
         Headline(Text("Questions still open", "待答问题"), float(len(left)), "count")],
        [_permits_table(resolved)],
        Proof("counted", says),
        {
            **requirements_document(resolved),
            "next_questions": [
                {"field": q.field.id, "name": _both(q.field.name), "type": q.field.type, "unit": q.field.unit or None,
                 "vocabulary": list(q.field.vocabulary), "changes": list(q.changes)} for q in left
            ],
        },
        _of_guides(resolved),
    )  # fmt: skip


def coverage(tables: Mapping[str, Table], parameters: Mapping[str, Any], on: date) -> Answer:
    """Give how far the one licence reaches and how well it is handled, from the applications known by a day."""
    catalogue = catalogue_from(tables)
    applied: tuple[Applied, ...] = read_applications(tables.get("applications", {}))
    published = int(parameters["published_industries"])
    found = cover(catalogue, applied, on, published)
    names, indicators = ({one.id: getattr(one, of) for one in MEASURES} for of in ("name", "indicator"))
    rows = tuple(
        {"measure": names[s.measure].en, "measure_zh": names[s.measure].zh, "counted": s.counted, "of": s.of,
         "percent": s.percent} for s in found
    )  # fmt: skip
    columns = (
        Column("measure", Text("Measure", "指标")), Column("measure_zh", Text("In Chinese", "中文")),
        Column("counted", Text("Counted", "计入")), Column("of", Text("Of", "总数")),
        Column("percent", Text("Percent", "百分比"), "percent"),
    )  # fmt: skip
    return Answer(
        [Headline(names[s.measure], s.percent, "percent") for s in found if s.percent is not None],
        [AnswerTable("coverage", Text("Coverage", "覆盖情况"), columns, rows)],
        Proof("counted", _SHARES),
        {
            "coverage": {s.measure: {"counted": s.counted, "of": s.of, "percent": s.percent} for s in found},
            "indicators": {indicators[s.measure]: s.percent for s in found},
            "contributors": {indicators[s.measure]: s.of for s in found},
        },
        [s.missing for s in found if s.missing is not None],
    )  # fmt: skip


def requirements_document(resolved: Resolved) -> dict[str, Any]:
    """Give what is needed as plain values: guides, permits, papers, form, eligibility, each with its reasons."""
    return {
        "guides": [{"guide": g.id, "area": _both(g.area), "source": g.source} for g in resolved.guides],
        "on": resolved.on.isoformat(),
        "permits": [
            {"permit": item.permit.id, "name": _both(item.permit.name), "base_code": item.permit.base_code or None,
             "standing": item.standing, "is_in_licence": item.permit.is_in_licence,
             "authority": _both(item.requirements[0].authority), "legal_basis": _both(item.permit.legal_basis),
             "basis_standing": item.permit.basis_standing or None, "open_questions": list(item.open_questions),
             "reasons": [reason.plain() for reason in item.reasons]}
            for item in resolved.items
        ],
        "documents": [
            {"document": paper.document.id, "name": _both(paper.document.name), "handing": paper.handing,
             "held_by": _both(paper.document.held_by), "instead": paper.instead or None,
             "may_be_promised": paper.may_be_promised, "asked_by": list(paper.asked_by),
             "reasons": [reason.plain() for reason in paper.reasons]}
            for paper in resolved.papers
        ],
        "form": [
            {"field": held.field.id, "name": _both(held.field.name), "definition": held.field.definition,
             "merged": list(held.merged), "asked_by": list(held.asked_by), "is_held": held.is_held,
             "reasons": [reason.plain() for reason in held.reasons]}
            for held in resolved.form
        ],
        "eligibility": [
            {"guide": guide.id, "may_use": one.may_use, "is_stated": one.is_stated,
             "reasons": [reason.plain() for reason in one.reasons]}
            for guide, one in zip(resolved.guides, resolved.eligibility, strict=True)
        ],
    }  # fmt: skip


def _resolved(catalogue: Catalogue, parameters: Mapping[str, Any], on: date) -> Resolved:
    scenario = str(parameters.get("scenario", ""))
    if scenario:
        known = catalogue.scenarios
        if scenario not in known:
            raise YoursToMend(
                Trouble(
                    "H110", f"{scenario} is not a known scenario", f"There are: {', '.join(sorted(known)) or 'none'}"
                )
            )
        guides: Sequence[str] = known[scenario].guides
    else:
        guides = [catalogue.guide_of(str(parameters["industry"]), str(parameters["guide"])).id]
    return resolve(catalogue, guides, _answers(str(parameters["answers"])), on)


def _answers(written: str) -> dict[str, str]:
    """Answers written `floor_area_m2=120;sells_food=yes`. Raises YoursToMend H111."""
    pairs = [pair.partition("=") for pair in written.split(";") if pair.strip()]
    if any(not middle for _, middle, _ in pairs):
        mend = "Write them so: --set 'answers=floor_area_m2=120;sells_food=yes'"
        raise YoursToMend(Trouble("H111", "the answers are not names and values", mend))
    return {name.strip(): value.strip() for name, _, value in pairs}


def _reduction_document(resolved: Resolved, found: Statement, used: str) -> dict[str, Any]:
    counts = {name: list(pair) for name, pair in found.counts.items()}
    return {
        "industry": resolved.guides[0].industry,
        "guides": [{"guide": g.id, "area": _both(g.area), "source": g.source, "is_own": g.is_own, "note": g.note}
                   for g in resolved.guides],
        **counts,
        "working_days": list(found.days[used]),
        "baseline": {
            "used": used,
            **{name: {"working_days": list(found.days[name]), "list": found.day_lists[name],
                      "if_applied_for_together": found.together[name]} for name in ("statutory", "practice")},
            "after": found.day_lists["after"],
        },
        "lists": {name: {"before": list(pair[0]), "after": list(pair[1])} for name, pair in found.lists.items()},
        "permits_list": requirements_document(resolved)["permits"],
        "published": [
            {"area": _both(p.area), "measure": p.measure, "baseline": p.baseline, "before": _number(p.before),
             "after": [_number(p.after_low), _number(p.after_high)], "published_on": p.published_on or None,
             "source": p.source, "note": p.note or None} for p in found.published
        ],
    }  # fmt: skip


def _headlines(name: Text, measure: str, pair: tuple[int | None, int | None]) -> list[Headline]:
    unit = "working_day" if measure == "working_days" else "count"
    named = zip(pair, (_BEFORE.name, _AFTER.name), strict=True)
    return [
        Headline(Text(f"{name.en}, {when.en.lower()}", f"{name.zh}（{when.zh}）"), float(number), unit)
        for number, when in named
        if number is not None
    ]


def _number(value: float | None) -> float | int | None:
    return int(value) if value is not None and value.is_integer() else value


def _of_guides(resolved: Resolved) -> list[Text]:
    return [
        Text(
            f"The zone's folder holds no guide for this industry: that of {guide.area.en} is used ({guide.source}).",
            f"本区未提供该行业指南，采用{guide.area.zh}的指南（{guide.source}）。",
        )
        for guide in resolved.guides
        if not guide.is_own
    ]


def _permits_table(resolved: Resolved) -> AnswerTable:
    columns = (
        Column("permit", Text("Permit", "事项")), Column("permit_zh", Text("In Chinese", "中文")),
        Column("standing", Text("Needed?", "是否需要")), Column("authority", Text("Authority", "主管部门")),
        Column("because", Text("Because", "依据")), Column("source", Text("Source", "来源")),
    )  # fmt: skip
    rows = tuple(
        {"permit": item.permit.name.en, "permit_zh": item.permit.name.zh, "standing": item.standing,
         "authority": item.requirements[0].authority.en, "because": "; ".join(r.citation for r in item.reasons),
         "source": item.reasons[0].source if item.reasons else ""}
        for item in resolved.items
    )  # fmt: skip
    return AnswerTable("permits", Text("Permits", "许可事项"), columns, rows)


def _published_table(found: Statement) -> AnswerTable:
    columns = (
        Column("area", Text("Place", "地区")), Column("measure", Text("Measure", "指标")),
        Column("baseline", Text("Baseline", "基准")), _BEFORE, Column("after_low", Text("After, low", "改革后下限")),
        Column("after_high", Text("After, high", "改革后上限")), Column("source", Text("Source", "来源")),
    )  # fmt: skip
    rows = tuple(
        {"area": p.area.en, "measure": p.measure, "baseline": p.baseline, "before": _number(p.before),
         "after_low": _number(p.after_low), "after_high": _number(p.after_high), "source": p.source}
        for p in found.published
    )  # fmt: skip
    name = Text("Published elsewhere, without the lists behind it", "其他地区公布的数字（未公布清单）")
    return AnswerTable("published", name, columns, rows)


def _both(text: Text) -> dict[str, str]:
    return {"en": text.en, "zh": text.zh}
