"""What became of a file that was taken in: accepted, refused with every rule, warnings. Never a row's values."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from milepost.check.verdict import Refusal

if TYPE_CHECKING:
    from milepost.show.intake import Intake

LINES_NAMED = 5


def as_text(intake: Intake) -> str:
    """Give the verdict for a person: counts, where refused rows wait, and each rule with its mend."""
    verdict, version = intake.verdict, intake.version
    receipt = verdict.batch.receipt
    kept = "nothing new to keep" if version is None else f"kept as version {version.number} ({version.count} rows)"
    lines = [
        f"{receipt.file} for {verdict.batch.register} ({receipt.how_read})",
        f"  accepted {verdict.accepted_count} of {verdict.batch.count}: {kept}",
    ]
    if verdict.refusals:
        waiting = f", waiting in {intake.waiting}" if intake.waiting else ""
        lines += [f"  refused {len(verdict.refusals)}{waiting}", *_rules(verdict.refusals)]
    if verdict.warnings:
        lines += [f"  accepted with a warning {len(verdict.warnings)}", *_rules(verdict.warnings)]
    return "\n".join(lines)


def document(intake: Intake) -> dict[str, Any]:
    """Give the verdict as plain values."""
    verdict, version = intake.verdict, intake.version
    receipt = verdict.batch.receipt
    return {
        "file": receipt.file,
        "content_hash": receipt.content_hash,
        "how_read": receipt.how_read,
        "row_count": verdict.batch.count,
        "accepted_count": verdict.accepted_count,
        "refused_count": len(verdict.refusals),
        "waiting_in": str(intake.waiting) if intake.waiting else None,
        "version": None if version is None else version.number,
        "refusals": [_refusal(refusal) for refusal in verdict.refusals],
        "warnings": [_refusal(warning) for warning in verdict.warnings],
    }


def _refusal(refusal: Refusal) -> dict[str, Any]:
    pairs = zip(refusal.rules, refusal.mends, strict=True)
    return {"line": refusal.line, "reasons": [{"rule": rule, "mend": mend} for rule, mend in pairs]}


def _rules(refusals: Iterable[Refusal]) -> list[str]:
    """One line for each rule: how many rows, where they are, and how to mend them; the commonest first."""
    lines: dict[str, list[int]] = {}
    mends: dict[str, str] = {}
    for refusal in refusals:
        for rule, mend in zip(refusal.rules, refusal.mends, strict=True):
            lines.setdefault(rule, []).append(refusal.line)
            mends.setdefault(rule, mend)
    ordered = sorted(lines, key=lambda rule: (-len(lines[rule]), rule))
    return [f"    {rule}: {len(lines[rule])} ({_named(lines[rule])}). {mends[rule].rstrip('.')}." for rule in ordered]


def _named(lines: list[int]) -> str:
    shown = ", ".join(str(line) for line in lines[:LINES_NAMED])
    more = f" and {len(lines) - LINES_NAMED} more" if len(lines) > LINES_NAMED else ""
    return f"{'line' if len(lines) == 1 else 'lines'} {shown}{more}"
