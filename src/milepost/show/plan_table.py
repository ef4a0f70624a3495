"""The judged plan as a table for a terminal, in English or Chinese.

Columns are as wide as their widest cell and count a Chinese character as the two places it takes. A verdict is a
lamp, a word and a colour; the lamp and the word do without the colour.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import replace

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text as Line

from milepost.basics.text import Text
from milepost.basics.unit import factor
from milepost.forecast.outlook import Verdict
from milepost.plan.plan import Target
from milepost.show.figure import JUDGED_BY_FACT, estimate, newest_part, promise_words, reading_words
from milepost.show.number import age_words, amount, chance_words, day_words, period_words, span, unit_words
from milepost.show.walk import Walk, refused_folder
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
    Text("Expected (90 %)", "到期预计 (90%)"),
    Text("Chance", "达成概率"),
    Text("Verdict", "判定"),
)
COMMA = Text(", ", "，")
CHANCE = 5
WIDTH_WITHOUT_TERMINAL = 160
WIDEST_PROMISE, NARROWEST_CELL = 48, 14
INDENT = "    "


def print_plan(walk: Walk, language: str, console: Console | None = None) -> None:
    """Print goals, actions, items and targets with their verdicts, then what the judgement rests on."""
    console = console or Console(highlight=False, emoji=False, markup=False)
    if not console.is_terminal:
        console.width = max(console.width, WIDTH_WITHOUT_TERMINAL)
    words, plan = wording(language), walk.zone.plan
    headed = {target.id for item in plan.items() for target in item.targets if target.name == item.name}
    rows = {target.id: _row(target, walk, words, target.id in headed) for target in plan.targets()}
    widths = _widths(rows.values(), language, console.width)
    console.print(Line(plan.name[language], style="bold"))
    if plan.is_none:
        console.print(_known(walk, language))
        return
    console.print(_table([], widths, [head[language] for head in HEADS]))
    for goal in plan.goals:
        console.print(Line(f"{goal.id}  {goal.name[language]}", style="bold"))
        if goal.targets:
            console.print(_table([rows[target.id] for target in goal.targets], widths))
    for action in plan.actions:
        console.print(Line(f"{action.id}  {action.name[language]}", style="bold"))
        for item in action.items:
            console.print(Line(f"  {item.id}  {item.name[language]}"))
            if item.targets:
                console.print(_table([rows[target.id] for target in item.targets], widths))
    for line in _closing(walk, words):
        console.print(line)


def _table(rows: Iterable[list[Line]], widths: list[int], heads: list[str] | None = None) -> Table:
    table = Table(box=None, show_header=heads is not None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    table.add_column(width=len(INDENT) - 2)
    for place, width in enumerate(widths):
        head = Line(heads[place] if heads else "")
        table.add_column(head, width=width, overflow="fold", justify="right" if place == CHANCE else "left")
    for row in rows:
        table.add_row("", *row)
    return table


def _widths(rows: Collection[list[Line]], language: str, room: int) -> list[int]:
    """Each column as wide as its widest cell; the first takes what is left, the others shrink when none is."""
    columns = list(zip([Line(head[language]) for head in HEADS], *rows, strict=True))
    widths = [max(cell_len(line) for cell in column for line in cell.plain.split("\n")) for column in columns]
    gaps = 2 * len(widths) + len(INDENT)
    longest_id = max((len(row[0].plain.split("\n")[-1]) for row in rows), default=0)
    widths[0] = max(longest_id, min(widths[0], WIDEST_PROMISE, room - sum(widths[1:]) - gaps))
    while sum(widths) + gaps > room and max(widths[1:]) > NARROWEST_CELL:
        # A narrow terminal folds the widest cells first.
        widths[1 + widths[1:].index(max(widths[1:]))] -= 1
    return widths


def _row(target: Target, walk: Walk, words: Wording, is_headed: bool) -> list[Line]:
    """One target's cells; its name is left out where the line above says it already."""
    outlook, language = walk.outlooks[target.id], words.language
    lamp, colour = LAMPS[outlook.verdict]
    own_unit = walk.zone.indicators[target.indicator].unit if target.indicator else ""
    unit = target.unit or own_unit
    ends, expected = estimate(outlook, own_unit, unit), ""
    if ends is not None:
        median, low, high = ends
        between = span(low, high, unit, language).removesuffix(unit_words(unit, language)).rstrip()
        expected = f"{amount(median, unit, language, digits=3)} ({between})"
    age = "" if outlook.latest_age_years is None else age_words(outlook.latest_age_years)[language]
    return [
        Line.assemble("" if is_headed else f"{target.name[language]}\n", (target.id, "dim")),
        Line(_promised(target, walk, words)),
        Line(_latest(target, walk, unit, words)),
        Line(age),
        Line(expected),
        Line("" if outlook.verdict in JUDGED_BY_FACT else chance_words(outlook.chance, language)),
        Line(f"{lamp} {words.word('verdict', outlook.verdict)}", style=colour),
    ]


def _promised(target: Target, walk: Walk, words: Wording) -> str:
    promise, day = promise_words(target, words), day_words(target.deadline or walk.zone.plan.deadline)
    return words.say("promise.by", promise=promise, day=day[words.language]) if promise else ""


def _latest(target: Target, walk: Walk, unit: str, words: Wording) -> str:
    """The newest figure in the target's unit, where the two fit; its area, where that is another one."""
    outlook, language = walk.outlooks[target.id], words.language
    reading, part = outlook.latest, newest_part(outlook)
    if reading is None:
        return ""
    area = walk.zone.areas.get(reading.area)
    foreign = f"{COMMA[language]}{area.label[language]}" if area and area.id != target.area else ""
    parts = words.say("plan.parts_to", period=period_words(part.period)[language]) if part else ""
    times = factor(reading.unit, unit) if unit and reading.kind != "growth_yoy_pct" else None
    if times is not None:
        reading = replace(reading, value=reading.value * times, unit=unit)
    told = f"{reading_words(reading, words)}{COMMA[language]}{period_words(reading.period)[language]}{foreign}"
    return f"{told}\n{parts}" if parts else told


def _closing(walk: Walk, words: Wording) -> list[Line]:
    """What the judgement rests on: the day, the figures, the counts of verdicts, the scheme of the lamps."""
    plan, settings, language = walk.zone.plan, walk.zone.declared.settings, words.language
    counts = Counter(outlook.verdict for outlook in walk.outlooks.values())
    told = [f"{LAMPS[one][0]} {words.word('verdict', one)} {counts[one]}" for one in LAMPS if counts[one]]
    named = Text("{} tasks were announced, {} are named.", "公布 {} 项任务，其中 {} 项有名称。")
    least = {"on course": settings.on_course, "at risk": settings.at_risk, "behind": settings.behind}
    steps = [f"{words.word('verdict', verdict)} {chance_words(chance, language)}" for verdict, chance in least.items()]
    scheme = Text("Chance of meeting the target, at least: {}.", "达成目标的概率下限：{}。")
    comma = COMMA[language]
    return [
        Line(""),
        Line(comma.join(told)),
        _known(walk, language),
        Line(named[language].format(plan.tasks_announced, sum(1 for _ in plan.items()))),
        Line(scheme[language].format(comma.join(steps)), style="dim"),
    ]


def _known(walk: Walk, language: str) -> Line:
    """How many figures are known on the day, and how many rows wait."""
    known = Text("Known on {}: {} figures, {} rows refused{}.", "截至 {}：{} 条数据，{} 行被拒{}。")
    waiting = Text(", waiting with every reason in {}", "，连同理由存于 {}")[language].format(refused_folder(walk.zone))
    refused = (walk.refused_count, waiting if walk.refused_count else "")
    told = known[language].format(walk.known_on.isoformat(), len(walk.readings), *refused)
    few = Text(" {} figures are not told: too few stand behind them.", "另有 {} 条数据因涉及单位过少不予公布。")
    return Line(told + (few[language].format(walk.withheld_count) if walk.withheld_count else ""))
