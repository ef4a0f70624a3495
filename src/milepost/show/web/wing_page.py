"""The page of a wing, built from the blocks it declares. What a block of each kind shows is made here, once for all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from django.http import Http404

from milepost.basics.answer import AnswerTable, Column, Picture
from milepost.basics.text import Text
from milepost.measure.reading import Reading
from milepost.registers.domain import Domain
from milepost.registers.indicator import Indicator
from milepost.registers.page import Block
from milepost.registers.study import Study
from milepost.show.computed import LEAST_CONTRIBUTORS
from milepost.show.dimensions import column_words, value_names
from milepost.show.figure import note_words, number_words, promise_words, reading_words, told_words
from milepost.show.hall.export import LEDGER_TABLES
from milepost.show.number import chance_words, period_words
from milepost.show.records import REGISTER
from milepost.show.web.plot import plot
from milepost.show.web.study_page import answer_of
from milepost.show.web.thing_blocks import things
from milepost.show.web.visit import Visit

_MOST_ROWS = 60
_ROWS_OF_AN_ANSWER = 12
_ALL = 1_000_000
_SETTLED = ("met", "missed")
_LEVELS = ("actual", "preliminary", "approx")


def wings_page(visit: Visit) -> dict[str, Any]:
    """Give every wing with what it measures, how many items of the plan it serves and how many figures it has."""
    plan, language = visit.walk.zone.plan, visit.language
    figures = [reading.indicator.partition(".")[0] for reading in visit.walk.readings]
    return {
        "title": visit.words.say("wing.title"),
        "wings": [
            {
                "link": visit.link("wing", wing.id),
                "label": wing.label[language],
                "help": wing.help[language],
                "items": [f"{item.id} {item.name[language]}" for item in plan.items() if item.wing == wing.id],
                "figures": figures.count(wing.id),
                "studies": len(wing.studies()),
            }
            for wing in visit.site.wings()
        ],
    }


def wing_page(visit: Visit, wing_id: str) -> dict[str, Any]:
    """Give what the template of a wing shows; raises Http404 where there is no such wing."""
    wing = next((one for one in visit.site.wings() if one.id == wing_id), None)
    if wing is None:
        raise Http404
    blocks = [shown_block(visit, block, wing=wing) for block in wing.page().blocks]
    return {
        "title": wing.label[visit.language],
        "help": wing.help[visit.language],
        "wings_link": visit.link("wings"),
        "blocks": [block for block in blocks if block is not None],
    }


def shown_block(
    visit: Visit, block: Block, made: dict[str, Any] | None = None, wing: Domain | None = None
) -> dict[str, Any] | None:
    """Give a block as its template shows it: as it was `made`, or made here of a wing; with nothing to show, None.

    Those that figures alone fill (numbers, trend, table) need no wing.
    """
    if block.kind in _OF_FIGURES:
        made = _OF_FIGURES[block.kind](visit, block)
    elif wing is not None:
        made = _BLOCKS[block.kind](visit, wing, block)
    if made is None:
        return None
    title = block.title[visit.language] if block.title else visit.words.word("wing", "block_" + block.kind)
    return {"kind": block.kind, "template": f"_block_{block.kind}.html", "title": title} | made


def _of(visit: Visit, indicator: str) -> list[Reading]:
    """The readings of an indicator that say how much there was in the zone or a part of it, oldest first.

    What is divided by a dimension is left out, and so is what other areas have, those that contain the zone included.
    """
    zone = visit.walk.zone
    main = zone.declared.main_area
    own = {main, *(area.id for area in zone.declared.areas if main in area.inside)}
    found = [
        one for one in visit.walk.readings
        if one.indicator == indicator and one.area in own and one.is_evidence and not one.is_growth
    ]  # fmt: skip
    return sorted(
        (one for one in found if not (one.made and one.made.dimensions) and one.period.end is not None),
        key=lambda one: (one.as_of or one.period.end, one.known_on, one.area == main, one.period.days),
    )


def _known(visit: Visit, block: Block) -> Iterator[tuple[str, Indicator]]:
    """The block's indicators that the zone has."""
    for name in block.indicators:
        if name in visit.walk.zone.indicators:
            yield name, visit.walk.zone.indicators[name]


def _numbers(visit: Visit, block: Block) -> dict[str, Any] | None:
    """The newest figure of each of the block's indicators."""
    rows = []
    for name, indicator in _known(visit, block):
        readings = _of(visit, name)
        newest = readings[-1] if readings else None
        rows.append(
            {
                "name": indicator.name[visit.language],
                "definition": indicator.definition[visit.language],
                "value": number_words(newest, visit.words) if newest else "",
                "notes": note_words(newest, visit.words) if newest else "",
                "period": period_words(newest.period)[visit.language] if newest else "",
                "basis": visit.words.word("wing", "basis_" + newest.basis) if newest else "",
                "link": visit.link("row", newest.id) if newest else "",
                "area": visit.named(newest.area) if newest else "",
                "held_back": _held_back(visit, name, newest),
            }
        )
    return {"rows": rows}


def _held_back(visit: Visit, indicator: str, newest: Reading | None) -> str:
    """Say of a newer figure of the zone that it waits, and for how many rows; nothing where none does."""
    main, known = visit.walk.zone.declared.main_area, newest.period.end if newest else None
    waits = [
        (one.period.end, told_words(one, visit.words), period_words(one.period)[visit.language])
        for one in visit.walk.held_back
        if one.indicator == indicator and one.area == main and one.made and not one.made.dimensions
        and one.period.end is not None and (known is None or one.period.end >= known)
    ]  # fmt: skip
    _, said, when = max(waits, default=(None, "", ""))
    return f"{when} · {said}" if said else ""


def _trend(visit: Visit, block: Block) -> dict[str, Any] | None:
    """The course of the block's indicators over the years."""
    charts = []
    for name, indicator in _known(visit, block):
        area, yearly = _years(_of(visit, name), visit.walk.zone.declared.main_area)
        if len(yearly) < 2:
            continue
        bases = [basis for basis in ("published", "computed") if any(basis in row for row in yearly.values())]
        columns = [Column(basis, _say(f"wing.basis_{basis}"), indicator.unit) for basis in bases]
        table = AnswerTable(
            name, indicator.name, (Column("year", _say("wing.year")), *columns),
            tuple(yearly[year] for year in sorted(yearly)), picture=Picture("lines", "year", tuple(bases)),
        )  # fmt: skip
        said = {"name": indicator.name[visit.language], "area": visit.named(area)}
        charts.append(said | {"plot": plot(table, visit.language)})
    return {"charts": charts} if charts else None


def _years(readings: list[Reading], main_area: str) -> tuple[str, dict[int, dict[str, Any]]]:
    """The area that most years are known of (the main one before others), and its figures by year.

    One line is of one area: a step from one to another would look like growth, as a year that is not over would like
    a fall.
    """
    found: dict[str, dict[int, dict[str, Any]]] = {}
    for one in readings:
        is_over = one.as_of is None or one.made is None
        if one.period.is_year and is_over and one.period.end is not None and one.kind in _LEVELS:
            year = one.period.end.year
            found.setdefault(one.area, {}).setdefault(year, {"year": year})[one.basis] = one.value
    area = max(found, key=lambda name: (len(found[name]), name == main_area, name), default="")
    return area, found.get(area, {})


def _say(key: str) -> Text:
    from milepost.show.wording import Wording

    return Text(Wording("en").say(key), Wording("zh").say(key))


def _gap(visit: Visit, wing: Domain, block: Block) -> dict[str, Any] | None:
    """The zone's promises that rest on the block's indicators."""
    rows = []
    for target in visit.walk.zone.plan.targets():
        outlook = visit.walk.outlooks.get(target.id)
        if target.indicator in block.indicators and outlook is not None:
            rows.append(
                {
                    "link": visit.link("target", target.id),
                    "name": target.name[visit.language],
                    "promise": promise_words(target, visit.words),
                    "verdict": outlook.verdict,
                    "word": visit.words.word("verdict", outlook.verdict),
                    "chance": "" if outlook.verdict in _SETTLED else chance_words(outlook.chance, visit.language),
                }
            )
    return {"rows": rows} if rows else None


def _table(visit: Visit, block: Block) -> dict[str, Any] | None:
    """Computed readings divided by dimensions, of the newest period of each indicator."""
    tables = []
    for name, indicator in _known(visit, block):
        found = [
            one for one in visit.walk.readings
            if one.indicator == name and one.made and tuple(d for d, _ in one.made.dimensions) == block.by
        ]  # fmt: skip
        # Of the periods that end last, such as a month and its year, one: the longest.
        periods = {(one.period.end, one.period.days, one.period.text) for one in found if one.period.end is not None}
        if not periods:
            continue
        _, _, last = max(periods)
        newest = sorted((one for one in found if one.period.text == last), key=lambda one: -one.value)
        zone, language = visit.walk.zone, visit.language
        registers = [register for register, _ in newest[0].made.versions] if newest[0].made else []
        called = {name: value_names(zone, registers, name, language) for name in block.by}
        tables.append(
            {
                "name": indicator.name[language],
                "period": period_words(newest[0].period)[language],
                "heads": [column_words(zone, registers, name, language) for name in block.by],
                "rows": [
                    (
                        [called[name].get(value, value) for name, value in one.made.dimensions] if one.made else [],
                        reading_words(one, visit.words),
                        visit.link("row", one.id),
                    )
                    for one in newest[:_MOST_ROWS]
                ],
                "more": max(len(newest) - _MOST_ROWS, 0),
            }
        )
    return {"tables": tables} if tables else None


def _study(visit: Visit, wing: Domain, block: Block) -> dict[str, Any] | None:
    study = wing.studies()[block.study]
    said = {"question": study.question[visit.language], "link": visit.link("study", study.id)}
    if waits := waits_for(visit, wing, study):
        return said | {"waits": visit.words.say("wing.waits", registers=waits)}
    found = answer_of(visit, study, dict(block.set), _ROWS_OF_AN_ANSWER)
    if block.tables and "answer" in found:
        found["answer"]["tables"] = [one for one in found["answer"]["tables"] if one["id"] in block.tables]
    return said | found


def waits_for(visit: Visit, wing: Domain, study: Study) -> str:
    """Give the registers a study rests on where none of them has a row and it reads no figures either."""
    registers, indicators = {**visit.walk.zone.registers, **wing.registers()}, wing.indicators()
    names = {one.register for one in study.reads.values()}
    names |= {indicators[one.indicator].register or "" for one in study.series.values()} - {""}
    kept = {one.register for one in visit.walk.versions}
    has_acts = visit.site.hall is not None and visit.site.hall.ledger.head().position > 0
    if not names or names & kept or REGISTER in study.tables or (has_acts and LEDGER_TABLES & set(study.tables)):
        return ""
    return ", ".join(registers[name].name[visit.language] for name in sorted(names))


def _studies(visit: Visit, wing: Domain, block: Block) -> dict[str, Any] | None:
    rows = [
        {"link": visit.link("study", key), "question": study.question[visit.language]}
        for key, study in wing.studies().items()
    ]
    return {"rows": rows} if rows else None


def _cases(visit: Visit, wing: Domain, block: Block) -> dict[str, Any] | None:
    if visit.site.hall is None:
        return None
    standings = visit.site.hall.ledger.standings(process=block.process, most=_ALL)
    counts = Counter(one.outcome or "open" for one in standings)
    few = visit.words.say("wing.few", least=LEAST_CONTRIBUTORS)
    rows = [
        (visit.words.word("wing", f"outcome_{outcome}"), str(count) if count >= LEAST_CONTRIBUTORS else few)
        for outcome, count in sorted(counts.items())
    ]
    return {"rows": rows} if rows else None


def _records(visit: Visit, wing: Domain, block: Block) -> dict[str, Any] | None:
    kept = {one.register: one for one in visit.walk.versions}
    rows = []
    for key, register in wing.registers().items():
        if block.registers and key not in block.registers:
            continue
        version = kept.get(key)
        rows.append(
            {
                "name": register.name[visit.language],
                "definition": register.definition[visit.language],
                "count": f"{version.count:,}" if version else "",
                "number": version.number if version else "",
                "link": visit.link("register", key) if visit.site.hall is not None else "",
            }
        )
    return {"rows": rows} if rows else None


_Made = Callable[[Visit, Domain, Block], dict[str, Any] | None]
_OF_FIGURES: dict[str, Callable[[Visit, Block], dict[str, Any] | None]] = {
    "numbers": _numbers,
    "trend": _trend,
    "table": _table,
}
_BLOCKS: dict[str, _Made] = {
    "gap": _gap,
    "study": _study,
    "studies": _studies,
    "cases": _cases,
    "records": _records,
    "things": things,
}
