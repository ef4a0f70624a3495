"""What became of a file that was taken in: accepted, refused with every rule, warnings. Never a row's values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from milepost.check.verdict import Finding, Refusal
from milepost.show.how_read import how_read
from milepost.show.wording import Wording

if TYPE_CHECKING:
    from milepost.show.intake import Intake

LINES_NAMED = 5


def as_text(intake: Intake, language: str = "en") -> str:
    """Give the verdict for a person: counts, where refused rows wait, each rule with its lines and mend, findings."""
    say, verdict = Wording(language).say, intake.verdict
    read = how_read(verdict.batch.receipt.how_read, language) if verdict else ""
    how = say("verdict_told.known") if intake.was_known else read
    lines = [say("verdict_told.head", file=intake.file, register=intake.register, how=how)]
    lines.append(f"  {say('verdict_told.accepted', count=intake.accepted)}{_kept(intake, say)}")
    if intake.already_kept:
        lines.append(f"  {say('verdict_told.already', count=intake.already_kept)}")
    if intake.refused:
        waiting = say("verdict_told.waiting", place=intake.refused_file) if intake.refused_file else ""
        lines += [f"  {say('verdict_told.refused', count=intake.refused)}{waiting}"]
        lines += _rules(intake.refusals, intake.refused, language)
    if intake.warned:
        lines.append(f"  {say('verdict_told.warned', count=intake.warned)}")
    if intake.held:
        lines.append(f"  {say('verdict_told.held', count=intake.held)}")
    if verdict is not None and (intake.warned or intake.held):
        lines += _rules(verdict.warnings, max(intake.warned, intake.held, len(verdict.warnings)), language)
    return "\n".join([*lines, *_found(intake.findings, language)])


def _kept(intake: Intake, say: Any) -> str:
    version = intake.version
    if version is None or not intake.accepted:
        return ""
    return str(say("verdict_told.kept", number=version.number, count=version.count))


def document(intake: Intake) -> dict[str, Any]:
    """Give the verdict as plain values; `refusals` and `warnings` tell the first rows, the counts tell all."""
    verdict = intake.verdict
    return {
        "file": intake.file,
        "content_hash": intake.content_hash,
        "was_known": intake.was_known,
        "accepted_count": intake.accepted,
        "refused_count": intake.refused,
        "warned_count": intake.warned,
        "held_count": intake.held,
        "already_kept_count": intake.already_kept,
        "version": intake.version.number if intake.version else None,
        "waiting_in": str(intake.refused_file) if intake.refused_file else None,
        "rule_counts": dict(sorted(intake.rule_counts.items())),
        "refusals": [_refusal(refusal) for refusal in intake.refusals],
        "warnings": [_refusal(warning) for warning in verdict.warnings] if verdict else [],
        "findings": [_finding(finding) for finding in intake.findings],
    }


def _refusal(refusal: Refusal) -> dict[str, Any]:
    told = zip(refusal.rules, refusal.reasons, refusal.mends, strict=True)
    return {"line": refusal.line, "rules": [{"code": code, "reason": why, "mend": mend} for code, why, mend in told]}


def _finding(finding: Finding) -> dict[str, Any]:
    said = {
        "says": {"en": finding.says.en, "zh": finding.says.zh},
        "mend": {"en": finding.mend.en, "zh": finding.mend.zh},
    }
    return {
        "code": finding.code,
        "subject": finding.subject,
        "count": finding.count,
        "lines": list(finding.lines),
    } | said


def told(refusal: Refusal, language: str) -> list[tuple[str, str, str]]:
    """Give each broken rule of a row: code, reason and mend, in a language where they are known in it."""
    if language == "zh" and len(refusal.in_chinese) == len(refusal.rules):
        return [(code, *words) for code, words in zip(refusal.rules, refusal.in_chinese, strict=True)]
    return list(zip(refusal.rules, refusal.reasons, refusal.mends, strict=True))


@dataclass(frozen=True)
class Broken:
    """A rule that rows broke in the same way: its code, what is wrong, how to mend it, and the lines as ranges."""

    code: str
    why: str
    mend: str
    lines: str
    count: int


def grouped(refusals: Iterable[Refusal], language: str) -> list[Broken]:
    """Give what is wrong with rows by rule and reason, the commonest first."""
    found = _by_rule(refusals, language)
    return [
        Broken(code, why, mend, ranges(lines), len(lines))
        for (code, why, mend), lines in sorted(found.items(), key=lambda one: (-len(one[1]), one[0]))
    ]


def ranges(lines: Sequence[int]) -> str:
    """Give lines, those that follow on one another as a range.

    >>> ranges([2, 3, 4, 7, 9, 10])
    '2–4, 7, 9–10'
    """
    runs: list[list[int]] = []
    for line in sorted(set(lines)):
        if runs and line == runs[-1][-1] + 1:
            runs[-1] = [runs[-1][0], line]
        else:
            runs.append([line])
    return ", ".join("–".join(map(str, run)) for run in runs)


def _by_rule(refusals: Iterable[Refusal], language: str) -> dict[tuple[str, str, str], list[int]]:
    lines: dict[tuple[str, str, str], list[int]] = {}
    for refusal in refusals:
        for rule in told(refusal, language):
            lines.setdefault(rule, []).append(refusal.line)
    return lines


def _rules(refusals: Iterable[Refusal], count: int, language: str) -> list[str]:
    """One line for each rule, reason and mend, the commonest first: in which lines, and how to mend them."""
    say, shown = Wording(language).say, list(refusals)
    lines, seen = _by_rule(shown, language), len(shown)
    said = [
        "    " + say("verdict_told.rule", code=code, why=why, lines=_named(lines[code, why, mend], say), mend=mend)
        for code, why, mend in sorted(lines, key=lambda rule: (-len(lines[rule]), rule))
    ]
    return [*said, f"    {say('verdict_told.first', told=seen, count=count)}"] if 0 < seen < count else said


def _named(lines: list[int], say: Any) -> str:
    shown = ", ".join(str(line) for line in lines[:LINES_NAMED])
    more = say("verdict_told.more", count=len(lines) - LINES_NAMED) if len(lines) > LINES_NAMED else ""
    return str(say("verdict_told.line" if len(lines) == 1 else "verdict_told.lines", lines=shown)) + str(more)


def _found(findings: Iterable[Finding], language: str) -> list[str]:
    """What nobody declared and somebody should look at."""
    say = Wording(language).say
    lines = []
    for one in findings:
        where = f" ({_named(list(one.lines), say)})" if one.lines else ""
        subject = f"{one.subject}: " if one.subject else ""
        lines.append(f"    {one.code}: {subject}{one.says[language]}{where}. {one.mend[language]}.")
    return [f"  {say('verdict_told.found')}", *lines] if lines else []
