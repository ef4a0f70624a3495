"""Which class of GB/T 4754 a business scope is: three proposals with chances, or the officer.

`classify` answers for one text, `uncoded` for the enterprises of the register that have no code yet. Both say how the
method did on texts it had not seen, and what these texts do not show.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from milepost.basics.answer import Answer, AnswerTable, Headline, Picture, Proof
from milepost.basics.text import Text
from milepost.domains.industry.answers import Arrays, column, percent, table, texts
from milepost.domains.industry.coding import DIGITS, Coded, Coder, Wordings, code_scopes
from milepost.domains.industry.coding_report import CodingReport, trained

_KINDS = {
    "wordings": Text("other wordings of titles, kept apart", "名称的其他说法（留出）"),
    "made": Text("made scopes, kept apart: not records", "合成经营范围（留出，非真实记录）"),
    "decisions": Text("past decisions of officers, kept apart", "工作人员历史判定（留出）"),
}
_PROOF = Text(
    "The confidence is calibrated on texts the method had not seen. No labelled corpus of real scopes was at hand: "
    "accuracy on real records will be known when decisions of officers have been kept.",
    "置信度以留出文本校准。目前没有已标注的真实经营范围语料，真实准确率需待积累工作人员判定后才能得知。",
)


def coder_of(tables: Mapping[str, Any]) -> tuple[Coder, list[CodingReport]]:
    """Give the coder that knows the standard, the other wordings and all decisions, and reports of the method."""
    wordings = Wordings.from_tables(tables["weights"], tables["wordings"])
    aliases = list(zip(tables["aliases"]["text"], tables["aliases"]["code"], strict=True))
    kept: Arrays = tables.get("decisions", {"scope": [], "industry": []})
    decisions = list(zip(texts(kept["scope"]), texts(kept["industry"]), strict=True))
    return trained(tables["gbt4754_2017"], aliases, decisions, wordings)


def classify(tables: Mapping[str, Any], parameters: Mapping[str, Any], on: date) -> Answer:
    """Give the first three classes of a business scope with their chances, and the code that is sure enough."""
    coder, reports = coder_of(tables)
    scope, least = str(parameters["scope"]), float(parameters["confidence"])
    found = code_scopes(coder, [scope], least)[0]
    missing = [] if found.best else [Text("The scope lists no activity.", "经营范围未列出任何活动。")]
    if found.is_left_to_officer:
        missing.append(
            Text("No class is sure enough: an officer decides, and the decision is learned from.",
                 "没有足够把握的小类，由工作人员判定，判定结果将用于学习。")
        )  # fmt: skip
    named = [(f"{code} {coder.titles[code]}", 100 * chance) for code, chance in found.best[:1]]
    headlines = [Headline(Text(f"Confidence in {name}", f"{name} 的置信度"), sure, "percent") for name, sure in named]
    return Answer(
        headlines=headlines,
        tables=(_proposals(coder, found), *_reports(reports)),
        proof=Proof("interval", _PROOF),
        document={
            "code": found.code,
            "confidence": round(found.confidence, 4),
            "left_to_officer": found.is_left_to_officer,
            "proposals": [{"code": code, "chance": round(chance, 4)} for code, chance in found.best],
            "calibrated_on": coder.calibrated_on,
            "reports": [_plain(report) for report in reports],
        },
        missing=tuple(missing),
    )


def uncoded(tables: Mapping[str, Any], parameters: Mapping[str, Any], on: date) -> Answer:
    """Give what can be coded among the enterprises without a code, and those that are left to an officer."""
    coder, reports = coder_of(tables)
    enterprises, coded = tables["enterprises"], set(texts(tables["codes"]["enterprise_code"]))
    listed_too = tables.get("registrations", {"enterprise_code": [], "name": [], "scope": []})
    heads = ("enterprise_code", "name", "scope")
    held = {
        row[0]: row for one in (listed_too, enterprises) for row in zip(*(texts(one[h]) for h in heads), strict=True)
    }
    rows = sorted(held.values())
    open_rows = [row for row in rows if row[0] not in coded][: int(parameters["most"])]
    found = code_scopes(coder, [scope for _, _, scope in open_rows], float(parameters["confidence"]))
    depth = {digit: sum(len(one.code) == digit for one in found) for digit in (0, *DIGITS)}
    columns = (
        column("depth", "Digits coded", "赋码位数"),
        column("enterprises", "Enterprises", "企业数", "count"),
    )
    depths = table("depths", Text("How far it was coded", "赋码情况"), columns, list(depth.items()), "enterprises")
    share = depth[4] / len(found) if found else float("nan")
    headlines = [
        Headline(Text("Coded to four digits without an officer", "自动赋码至小类占比"), 100 * share, "percent")
    ]
    listed = [(*row[:2], one) for row, one in zip(open_rows, found, strict=True)]
    return Answer(
        headlines=headlines if found else [],
        tables=(depths, _proposed(coder, listed), *_reports(reports)),
        proof=Proof("interval", _PROOF),
        document={"asked": len(found), "coded": {str(digit): count for digit, count in depth.items()}},
        missing=() if found else (Text("Every enterprise has a code.", "所有企业均已赋码。"),),
    )


def _proposals(coder: Coder, found: Coded) -> AnswerTable:
    columns = (
        column("code", "Class", "小类代码"),
        column("title", "Title", "名称"),
        column("division", "Division", "大类"),
        column("chance", "Chance", "把握", "percent"),
    )
    rows = [(code, coder.titles[code], coder.titles[code[:2]], percent(chance)) for code, chance in found.best]
    return table("proposals", Text("Proposals", "建议"), columns, rows)


def _proposed(coder: Coder, listed: Sequence[tuple[str, str, Coded]]) -> AnswerTable:
    columns = (
        column("enterprise", "Enterprise", "企业"),
        column("name", "Name", "名称"),
        column("code", "Code", "赋码"),
        column("first", "First proposal", "首选"),
        column("title", "Title", "名称"),
        column("chance", "Chance", "把握", "percent"),
    )
    rows = []
    for enterprise, name, one in listed:
        first, chance = one.best[0] if one.best else ("", float("nan"))
        rows.append((enterprise, name, one.code, first, coder.titles.get(first, ""), percent(chance)))
    return table("proposed", Text("Enterprises without a code", "未赋码企业"), columns, rows)


def _reports(reports: Sequence[CodingReport]) -> tuple[AnswerTable, ...]:
    columns = (
        column("kind", "Texts", "文本"),
        column("count", "Number", "数量", "count"),
        *(column(f"digits_{digit}", f"Right at {digit} digits", f"{digit}位准确率", "percent") for digit in DIGITS),
        column("in_three", "Right class among three", "前三命中率", "percent"),
        column("calibration", "Calibration error", "校准误差", "percent"),
    )
    rows = [
        (_KINDS[one.kind], one.count, *(percent(one.right_by_digit[d]) for d in DIGITS),
         percent(one.right_in_three), percent(one.calibration_error))
        for one in reports
    ]  # fmt: skip
    accuracy = table("accuracy", Text("Accuracy on texts kept apart", "留出文本的准确率"), columns, rows)
    covered = [_coverage(one) for one in reports]
    heads = (
        column("kind", "Texts", "文本"), column("from", "Confidence from", "置信度自", "percent"),
        column("to", "to", "至", "percent"), column("count", "Number", "数量", "count"),
        column("said", "Said on average", "平均置信度", "percent"),
        column("true", "Came true", "实际正确率", "percent"),
    )  # fmt: skip
    bins = [
        (_KINDS[one.kind], percent(low), percent(high), count, percent(said), percent(true))
        for one in reports
        for low, high, count, said, true in one.reliability
    ]
    reliability = table("reliability", Text("Confidence and what came true", "置信度与实际正确率"), heads, bins)
    return accuracy, *covered, reliability


def _coverage(one: CodingReport) -> AnswerTable:
    """How many texts of a kind are coded without an officer, and how many of these are right, as more is asked for."""
    columns = (
        column("threshold", "Confidence asked for", "置信度要求", "percent"),
        column("coverage", "Coded without an officer", "自动赋码占比", "percent"),
        column("accuracy", "Of these right", "其中正确", "percent"),
    )
    rows = [(percent(asked), percent(share), percent(right)) for asked, share, right in one.curve if share > 0]
    kind = _KINDS[one.kind]
    name = Text(f"Accuracy against coverage: {kind.en}", f"准确率与覆盖率：{kind.zh}")
    picture = Picture("lines", "threshold", ("coverage", "accuracy"))
    return table(f"coverage_{one.kind}", name, columns, rows, picture=picture)


def _plain(report: CodingReport) -> dict[str, Any]:
    return {
        "kind": report.kind,
        "count": report.count,
        "accuracy_by_digit": {str(digit): round(share, 4) for digit, share in report.right_by_digit.items()},
        "right_in_three": round(report.right_in_three, 4),
        "calibration_error": round(report.calibration_error, 4),
        "curve": [
            {"threshold": asked, "coverage": round(share, 4), "accuracy": None if right != right else round(right, 4)}
            for asked, share, right in report.curve
        ],
    }
