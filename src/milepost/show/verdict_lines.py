"""What became of a file that was taken in: accepted, refused with every rule, warnings. Never a row's values."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from milepost.check.verdict import Refusal

if TYPE_CHECKING:
    from milepost.show.intake import Intake

LINES_NAMED = 5


def as_text(intake: Intake) -> str:
    """Give the verdict for a person: counts, where refused rows wait, and each rule with its lines and mend."""
    how = "known already, nothing was done again" if intake.was_known else _how_read(intake)
    lines = [f"{intake.file} for {intake.register}: {how}", f"  accepted {intake.accepted}{_kept(intake)}"]
    if intake.already_kept:
        lines.append(f"  kept already {intake.already_kept}")
    if intake.refused:
        waiting = f", waiting with every reason in {intake.refused_file}" if intake.refused_file else ""
        lines += [f"  refused {intake.refused}{waiting}", *_rules(intake.refusals, intake.refused)]
    if intake.warned:
        lines.append(f"  accepted with a warning {intake.warned}")
        lines += _rules(intake.verdict.warnings if intake.verdict else (), intake.warned)
    return "\n".join(lines)


def _how_read(intake: Intake) -> str:
    return intake.verdict.batch.receipt.how_read if intake.verdict else ""


def _kept(intake: Intake) -> str:
    version = intake.version
    return f", kept as version {version.number} ({version.count} rows in all)" if version and intake.accepted else ""


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
        "already_kept_count": intake.already_kept,
        "version": intake.version.number if intake.version else None,
        "waiting_in": str(intake.refused_file) if intake.refused_file else None,
        "rule_counts": dict(sorted(intake.rule_counts.items())),
        "refusals": [_refusal(refusal) for refusal in intake.refusals],
        "warnings": [_refusal(warning) for warning in verdict.warnings] if verdict else [],
    }


def _refusal(refusal: Refusal) -> dict[str, Any]:
    told = zip(refusal.rules, refusal.reasons, refusal.mends, strict=True)
    return {"line": refusal.line, "rules": [{"code": code, "reason": why, "mend": mend} for code, why, mend in told]}


def _rules(refusals: Iterable[Refusal], count: int) -> list[str]:
    """One line for each rule, reason and mend, the commonest first: in which lines, and how to mend them."""
    lines: dict[tuple[str, str, str], list[int]] = {}
    told = 0
    for refusal in refusals:
        told += 1
        for rule in zip(refusal.rules, refusal.reasons, refusal.mends, strict=True):
            lines.setdefault(rule, []).append(refusal.line)
    ordered = sorted(lines, key=lambda rule: (-len(lines[rule]), rule))
    said = [f"    {code}: {why}: {_named(lines[code, why, mend])}. {mend}." for code, why, mend in ordered]
    return [*said, f"    (of the first {told} of {count} rows)"] if 0 < told < count else said


def _named(lines: list[int]) -> str:
    shown = ", ".join(str(line) for line in lines[:LINES_NAMED])
    more = f" and {len(lines) - LINES_NAMED} more" if len(lines) > LINES_NAMED else ""
    return f"{'line' if len(lines) == 1 else 'lines'} {shown}{more}"
