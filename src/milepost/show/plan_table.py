"""The judged plan as a table for a terminal, in English or Chinese.

Columns are as wide as their widest cell and count a Chinese character as the two places it takes. A verdict is a
lamp, a word and a colour; the lamp and the word do without the colour.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text as Line

from milepost.basics.text import Text
from milepost.basics.unit import factor
from milepost.forecast.outlook import Outlook, Verdict
from milepost.measure.reading import FigureKind, Reading
from milepost.plan.plan import Comparison, Target
from milepost.show.number import age_words, amount, chance_words, growth_words, period_words, span
from milepost.show.walk import Walk
from milepost.show.wording import Wording, wording

# Signs that take one place in every terminal, Chinese ones too, and differ without colour.
LAMPS: dict[Verdict, tuple[str, str]] = {
    "met": ("✓", "green"),
    "on course": ("◕", "green"),
    "at risk": ("◒", "yellow"),
    "behind": ("◔", "dark_orange"),
    "unlikely": ("◌", "red"),
    "missed": ("✗", "red"),
    "no evidence": ("?", "bright_black"),
    "no number promised": ("-", "bright_black"),
}
HEADS = (
    Text("Promise", "承诺"),
    Text("Target", "目标"),
    Text("Latest evidence", "最新数据"),
    Text("Its age", "距今"),
    Text("At the deadline (90 %)", "到期预计（90% 区间）"),
    Text("Chance", "概率"),
    Text("Verdict", "判断"),
)
COMPARISONS: dict[Comparison, Text] = {
    "over": Text("over {}", "超过 {}"),
    "at_least": Text("at least {}", "不低于 {}"),
    "about": Text("about {}", "约 {}"),
    "at_most": Text("at most {}", "不超过 {}"),
    "rising": Text("above {}", "高于 {}"),
}
KINDS: dict[FigureKind, Text] = {
    "preliminary": Text("{} (preliminary)", "{}（初步）"),
    "approx": Text("about {}", "约 {}"),
    "at_least": Text("over {}", "超过 {}"),
    "ytd": Text("{} to date", "累计 {}"),
}
WIDTH_WITHOUT_TERMINAL = 160
NARROWEST_PROMISE, WIDEST_PROMISE = 24, 60


def print_plan(walk: Walk, language: str, console: Console | None = None) -> None:
    """Print goals, actions, items and targets with their verdicts, then what the judgement rests on."""
    console = console or Console(highlight=False, emoji=False, markup=False)
    if not console.is_terminal:
        console.width = max(console.width, WIDTH_WITHOUT_TERMINAL)
    words, plan = wording(language), walk.zone.plan
    rows = {target.id: _row(target, walk, words) for target in plan.targets()}
    widths = _widths(rows.values(), language, console.width)
    console.print(Line(plan.name[language], style="bold"))
    console.print(_table([], widths, [head[language] for head in HEADS]))
    for goal in plan.goals:
        console.print(Line(f"{goal.id}  {goal.name[language]}", style="bold"))
        console.print(_table([rows[target.id] for target in goal.targets], widths))
    for action in plan.actions:
        console.print(Line(f"{action.id}  {action.name[language]}", style="bold"))
        for item in action.items:
            console.print(Line(f"  {item.id}  {item.name[language]}"))
            console.print(_table([rows[target.id] for target in item.targets], widths))
    for line in _closing(walk, words):
        console.print(line)


def _table(rows: Iterable[list[Line]], widths: list[int], heads: list[str] | None = None) -> Table:
    table = Table(box=None, show_header=heads is not None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    for place, width in enumerate(widths):
        justify = "right" if place == 5 else "left"
        table.add_column(heads[place] if heads else "", width=width, overflow="fold", justify=justify)  # type: ignore[arg-type]
    for row in rows:
        table.add_row(*row)
    return table


def _widths(rows: Iterable[list[Line]], language: str, room: int) -> list[int]:
    """Each column as wide as its widest cell; the first takes what is left, the others shrink when none is."""
    columns = list(zip([Line(head[language]) for head in HEADS], *rows, strict=True))
    widths = [max(cell_len(cell.plain) for cell in column) for column in columns]
    gaps = 2 * len(widths)
    widths[0] = max(NARROWEST_PROMISE, min(widths[0], WIDEST_PROMISE, room - sum(widths[1:]) - gaps))
    over = sum(widths) + gaps - room
    for place in sorted(range(1, len(widths)), key=lambda place: -widths[place]):
        # A narrow terminal folds the widest cells first; a word of ten letters still fits.
        taken = max(0, min(over, widths[place] - 10))
        widths[place] -= taken
        over -= taken
    return widths


def _row(target: Target, walk: Walk, words: Wording) -> list[Line]:
    outlook, language = walk.outlooks[target.id], words.language
    lamp, colour = LAMPS[outlook.verdict]
    unit = target.unit or (walk.zone.indicators[target.indicator].unit if target.indicator else "")
    ends = (outlook.median, outlook.p05, outlook.p95)
    expected = ""
    if None not in ends:
        median, low, high = (end for end in ends if end is not None)
        expected = f"{amount(median, unit, language, digits=3)} ({span(low, high, unit, language)})"
    age = "" if outlook.latest_age_years is None else age_words(outlook.latest_age_years)[language]
    return [
        Line(f"    {target.id}  {target.name[language]}"),
        Line(_promised(target, walk, language)),
        Line(_latest(outlook, unit, language)),
        Line(age),
        Line(expected),
        Line(chance_words(outlook.chance, language)),
        Line(f"{lamp} {words.word('verdict', outlook.verdict)}", style=colour),
    ]


def _promised(target: Target, walk: Walk, language: str) -> str:
    by = (target.deadline or walk.zone.plan.deadline).year
    if target.comparison == "rising" and target.base_year is not None:
        what = COMPARISONS["rising"][language].format(target.base_year)
    elif target.value is not None:
        what = COMPARISONS[target.comparison][language].format(amount(target.value, target.unit, language))
    else:
        return ""
    return f"{what}, {by}"


def _latest(outlook: Outlook, unit: str, language: str) -> str:
    reading = outlook.latest
    if reading is None:
        return ""
    said = KINDS.get(reading.kind, Text("{}", "{}"))[language].format(_value(reading, unit, language))
    return f"{said}, {period_words(reading.period)[language]}"


def _value(reading: Reading, unit: str, language: str) -> str:
    if reading.kind == "growth_yoy_pct":
        return growth_words(reading.value, language)
    times = factor(reading.unit, unit) if unit else None
    if times is None:
        return amount(reading.value, reading.unit, language)
    return amount(reading.value * times, unit, language)


def _closing(walk: Walk, words: Wording) -> list[Line]:
    """What the judgement rests on: the day, the figures, the counts of verdicts, the scheme of the lamps."""
    plan, settings, language = walk.zone.plan, walk.zone.declared.settings, words.language
    counts = Counter(outlook.verdict for outlook in walk.outlooks.values())
    told = [f"{LAMPS[one][0]} {words.word('verdict', one)} {counts[one]}" for one in LAMPS if counts[one]]
    known = Text("Known on {}: {} figures, {} rows refused.", "截至 {}：{} 条数据，{} 行被拒。")
    named = Text("{} tasks were announced, {} are named.", "公布 {} 项任务，其中 {} 项有名称。")
    scheme = Text(
        "Chance of meeting the target: on course {:.0%} or more, at risk {:.0%}, behind {:.0%}, unlikely below that.",
        "达成目标的概率：正常推进 ≥{:.0%}，存在风险 ≥{:.0%}，落后 ≥{:.0%}，低于此为难以达成。",
    )
    steps = (settings.on_course, settings.at_risk, settings.behind)
    return [
        Line(""),
        Line(("，" if language == "zh" else ", ").join(told)),
        Line(known[language].format(walk.known_on.isoformat(), len(walk.readings), walk.refused_count)),
        Line(named[language].format(plan.tasks_announced, sum(1 for _ in plan.items()))),
        Line(scheme[language].format(*steps), style="dim"),
    ]
