"""What an applicant needs, at 100 industries, 2,000 permits and 20,000 conditions, beside a scan of every condition.

Run alone: `.venv/bin/python benchmarks/licensing.py`. Prints a table and, as its last line, one JSON object. The
alternative is what is written first: every condition of the catalogue tested in plain Python, one after the other,
those of the asked industry kept. Both give the same permits, or the run stops.
"""

from __future__ import annotations

import json
import random
import statistics
import time
from collections.abc import Callable
from datetime import date
from typing import Any

from milepost.basics.text import Text
from milepost.domains.licensing.asking import questions, resolve
from milepost.domains.licensing.catalogue import Catalogue, Field, Guide, Industry, Permit, Requirement
from milepost.rules.parsing import parse_expression, parse_tests
from milepost.rules.table import Cell, Input, Line, Output, Table

INDUSTRIES, PERMITS_EACH, LINES_EACH, SCENARIOS, SEED = 100, 20, 10, 200, 20250601
DAY = date(2025, 6, 1)
NEEDS = ("required", "filing", "not_required")
NUMBERS = {"floor_area_m2": 2000, "works_cost_cny": 5_000_000, "seats": 400}
WORDS = {"trade": ("food", "drink", "drugs", "books"), "district": ("core", "north", "south")}
Condition = dict[str, Any]


def bands(chance: random.Random, name: str, count: int) -> list[tuple[float, float]]:
    """Bands of a number that leave no gap and do not overlap: above the first, up to the second."""
    cuts = sorted(chance.sample(range(1, NUMBERS[name]), count - 1))
    return list(zip([-1, *cuts], [*cuts, 10**9], strict=True))


def condition_table(chance: random.Random, name: str) -> tuple[Table, list[Condition]]:
    """A table of ten lines: five bands of a number by two sets of a word; and the same as plain conditions."""
    number, word = chance.choice(sorted(NUMBERS)), chance.choice(sorted(WORDS))
    split = chance.randrange(1, len(WORDS[word]))
    halves = (WORDS[word][:split], WORDS[word][split:])
    lines, plain = [], []
    for low, high in bands(chance, number, LINES_EACH // 2):
        for half in halves:
            need = chance.choice(NEEDS)
            band = f"]{low}..{high}]"
            quoted = ", ".join(f'"{one}"' for one in half)
            cells = (Cell(band, parse_tests(band)), Cell(quoted, parse_tests(quoted)))
            result = (parse_expression(f'"{need}"'),)
            lines.append(Line(len(lines) + 1, cells, result, f"article {len(lines) + 1}"))
            plain.append({"number": number, "low": low, "high": high, "word": word, "words": half, "need": need})
    allowed = ", ".join(f'"{one}"' for one in WORDS[word])
    inputs = (
        Input(number, parse_expression(number), "number", parse_tests(">= 0"), ">= 0"),
        Input(word, parse_expression(word), "string", parse_tests(allowed), allowed),
    )
    return Table(name, inputs, (Output("need", "string", NEEDS),), "unique", tuple(lines)), plain


def made_catalogue() -> tuple[Catalogue, list[Condition]]:
    chance = random.Random(SEED)
    none = Text("", "")
    tables: dict[str, Table] = {}
    permits: dict[str, Permit] = {}
    needed: dict[str, tuple[Requirement, ...]] = {}
    conditions: list[Condition] = []
    for industry in range(INDUSTRIES):
        held = []
        for number in range(PERMITS_EACH):
            permit = f"permit_{industry}_{number}"
            tables[permit], plain = condition_table(chance, permit)
            conditions += [{**one, "industry": f"industry_{industry}", "permit": permit} for one in plain]
            permits[permit] = Permit(permit, Text(permit, permit), "permit", "", none, "")
            held.append(Requirement(f"guide_{industry}", permit, "", permit, none, *[None] * 5, "c", "made"))
        needed[f"guide_{industry}"] = tuple(held)
    fields = {
        **{name: Field(name, Text(name, name), name, "number", "", (), none, None, None, "") for name in NUMBERS},
        **{
            name: Field(name, Text(name, name), name, "choice", "", w, none, None, None, "")
            for name, w in WORDS.items()
        },
    }
    names = [f"industry_{n}" for n in range(INDUSTRIES)]
    guides = {
        f"guide_{n}": Guide(f"guide_{n}", name, none, True, False, "", None, "", "made", "")
        for n, name in enumerate(names)
    }
    catalogue = Catalogue(
        {name: Industry(name, Text(name, name)) for name in names}, guides, permits, needed,
        {name: (one,) for name, one in fields.items()}, {}, {}, {}, frozenset(), (), (), {}, tables,
    )  # fmt: skip
    return catalogue, conditions


def scanned(conditions: list[Condition], industry: str, answers: dict[str, Any]) -> dict[str, str]:
    """The alternative: every condition of the catalogue is tested, and those of the industry are kept."""
    found = {}
    for one in conditions:
        holds = one["low"] < answers[one["number"]] <= one["high"] and answers[one["word"]] in one["words"]
        if holds and one["industry"] == industry:
            found[one["permit"]] = one["need"]
    return found


def answers_of(chance: random.Random) -> dict[str, Any]:
    numbers = {name: chance.randrange(0, top) for name, top in NUMBERS.items()}
    return {**numbers, **{name: chance.choice(words) for name, words in WORDS.items()}}


def timed(act: Callable[[], object]) -> float:
    start = time.perf_counter()
    act()
    return (time.perf_counter() - start) * 1000


def main() -> None:
    start = time.perf_counter()
    catalogue, conditions = made_catalogue()
    making = time.perf_counter() - start
    chance = random.Random(SEED + 1)
    scenarios = [(chance.randrange(INDUSTRIES), answers_of(chance)) for _ in range(SCENARIOS)]
    for n, answers in scenarios:
        ours = {item.permit.id: item.standing for item in resolve(catalogue, [f"guide_{n}"], answers, DAY).items}
        if ours != scanned(conditions, f"industry_{n}", answers):
            raise SystemExit("the two ways disagree")
    whole = [timed(lambda n=n, a=a: resolve(catalogue, [f"guide_{n}"], a, DAY)) for n, a in scenarios]
    half = [
        timed(lambda n=n, a=a: resolve(catalogue, [f"guide_{n}"], dict(list(a.items())[:3]), DAY)) for n, a in scenarios
    ]
    asking = [
        timed(lambda n=n, a=a: questions(catalogue, [f"guide_{n}"], dict(list(a.items())[:3]), DAY))
        for n, a in scenarios[:20]
    ]
    scan = [timed(lambda n=n, a=a: scanned(conditions, f"industry_{n}", a)) for n, a in scenarios]
    figures = {
        "industries": INDUSTRIES, "permits": len(catalogue.permits), "conditions": len(conditions),
        "scenarios": SCENARIOS, "making_s": round(making, 2),
        "resolve_ms_median": round(statistics.median(whole), 3),
        "resolve_ms_p95": round(statistics.quantiles(whole, n=20)[-1], 3),
        "resolve_with_open_questions_ms_median": round(statistics.median(half), 3),
        "next_question_ms_median": round(statistics.median(asking), 3),
        "linear_scan_ms_median": round(statistics.median(scan), 3),
        "scan_over_resolve": round(statistics.median(scan) / statistics.median(whole), 2),
        "target_ms": 50, "is_met": statistics.median(whole) < 50,
    }  # fmt: skip
    print(f"{'what':<52} {'median ms':>10}")
    for name, label in (
        ("resolve_ms_median", "resolve, every answer given, with reasons"),
        ("resolve_with_open_questions_ms_median", "resolve, two of five answers missing"),
        ("next_question_ms_median", "the best next question, two answers missing"),
        ("linear_scan_ms_median", "scan of every condition in plain Python, no reasons"),
    ):
        print(f"{label:<52} {figures[name]:>10}")
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
