"""How far the one licence reaches and how well it is handled, counted over applications.

Three coverages, never mixed up: industries served over the industries of the published catalogue; applications that
used the one licence over those that could have; and of decided ones, those in the promised time, right at the first
handing in, and not asked for papers beyond the list. The second is the honest one: an industry with one
certificate is not covered.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from milepost.basics.calendar import Calendar
from milepost.basics.errors import Place, Trouble, YoursToMend
from milepost.basics.table import Table
from milepost.basics.text import Text
from milepost.cases.case import Case
from milepost.domains.licensing.catalogue import Catalogue

COLUMNS = (
    "application", "industry", "applied_on", "is_eligible", "used_one_licence", "accepted_on", "decided_on",
    "outcome", "promised_due", "completions_asked", "documents_beyond_list",
)  # fmt: skip


@dataclass(frozen=True)
class Applied:
    """One application: what is not known is None, and is then counted nowhere."""

    application: str
    industry: str
    applied_on: date
    is_eligible: bool | None
    used_one_licence: bool
    accepted_on: date | None
    decided_on: date | None
    outcome: str
    promised_due: date | None
    completions_asked: int | None
    documents_beyond_list: int | None


@dataclass(frozen=True)
class Measure:
    """One of the measures, with its name and the indicator it is a reading of (T8's target reads the first)."""

    id: str
    name: Text
    indicator: str


@dataclass(frozen=True)
class Share:
    """A measure: `counted` over `of`; where nothing can be counted both shares and the reason are said."""

    measure: str
    counted: int | None
    of: int | None
    missing: Text | None = None

    @property
    def percent(self) -> float | None:
        """The share in percent, or None."""
        return None if self.counted is None or not self.of else 100.0 * self.counted / self.of


MEASURES = (
    Measure(
        "catalogue_coverage",
        Text("Industries served, of the published catalogue", "目录行业覆盖率"),
        "licensing.licence_coverage",
    ),
    Measure(
        "issued_industries",
        Text("Industries with at least one licence issued", "已发证行业占比"),
        "licensing.issuing_industries_share",
    ),
    Measure(
        "eligible_coverage",
        Text("Eligible applications that used the one licence", "符合条件申请的使用率"),
        "licensing.eligible_application_coverage",
    ),
    Measure(
        "decided_in_promised_time",
        Text("Decided in the promised time", "承诺时限内办结率"),
        "licensing.decided_in_promised_time",
    ),
    Measure("first_time_right", Text("Right at the first handing in", "一次提交通过率"), "licensing.first_time_right"),
    Measure(
        "asked_beyond_list", Text("Asked for documents beyond the list", "超清单要件率"), "licensing.asked_beyond_list"
    ),
)


def cover(
    catalogue: Catalogue, applied: Sequence[Applied], on: date, published_industries: int = 0
) -> tuple[Share, ...]:
    """Give every measure as known on a day, in the order of MEASURES.

    `published_industries` is the number of industries of the published catalogue, 0 where none was published.
    """
    known = [one for one in applied if one.applied_on <= on]
    joint = [one for one in known if one.used_one_licence]
    decided = [one for one in joint if one.decided_on is not None and one.decided_on <= on]
    live = {
        one.industry
        for one in catalogue.live
        if one.from_date is not None and one.from_date <= on and (one.until_date is None or on <= one.until_date)
    }
    issued = {one.industry for one in decided if one.outcome == "issued"}
    eligible = [one for one in known if one.is_eligible]
    promised = [one for one in decided if one.promised_due is not None]
    judged = [one for one in joint if one.completions_asked is not None and one.accepted_on is not None]
    asked = [one for one in joint if one.documents_beyond_list is not None]
    none = Text("No application of that kind is known yet.", "尚无相关申请记录。")
    return (
        _of_industries("catalogue_coverage", live if catalogue.live else None, published_industries, _NO_LIST),
        _of_industries("issued_industries", issued if decided else None, published_industries, none),
        _share("eligible_coverage", eligible, [one for one in eligible if one.used_one_licence], none),
        _share("decided_in_promised_time", promised, [one for one in promised if _in_time(one)], none),
        _share("first_time_right", judged, [one for one in judged if one.completions_asked == 0], none),
        _share("asked_beyond_list", asked, [one for one in asked if (one.documents_beyond_list or 0) > 0], none),
    )  # fmt: skip


_NO_LIST = Text("The zone declares no industry as live (catalogue/live_industries.csv).", "本区未声明已上线行业。")
_NO_NUMBER = Text("No published number of industries is given.", "未给出公布目录的行业数量。")


def _of_industries(name: str, counted: set[str] | None, of: int, lacking: Text) -> Share:
    missing = lacking if counted is None else _NO_NUMBER if not of else None
    return Share(name, None if counted is None else len(counted), of or None, missing and _named(name, missing))


def _named(name: str, text: Text) -> Text:
    named = next(one.name for one in MEASURES if one.id == name)
    return Text(f"{named.en}: {text.en}", f"{named.zh}：{text.zh}")


def _share(name: str, of: Sequence[Applied], counted: Sequence[Applied], none: Text) -> Share:
    return Share(name, len(counted), len(of)) if of else Share(name, None, 0, _named(name, none))


def _in_time(one: Applied) -> bool:
    return one.decided_on is not None and one.promised_due is not None and one.decided_on <= one.promised_due


def applied_of(
    case: Case, industry: str, is_eligible: bool | None, calendar: Calendar, beyond_list: int | None = None
) -> Applied:
    """Give a case of the one licence as an application: days, promise and completions as its events tell.

    Papers asked beyond the list are counted by whoever keeps the case; None where nobody counted.
    """
    did = [act for act, _, _ in case.did]
    readings = {reading.id: reading for reading in case.readings(calendar, case.day(case.last_at))}
    decision = case.clocks["decision"]
    return Applied(
        case.id, industry, case.day(case.opened_at), is_eligible, True,
        decision.ran[0][0] if decision.ran else None, case.decided_on, case.outcome or "",
        readings["decision"].promised_due, did.count("ask_completion"), beyond_list,
    )  # fmt: skip


def table_of(applied: Iterable[Applied]) -> Table:
    """Give applications as a table of texts, in the order of COLUMNS."""
    rows = [{name: _written(getattr(one, name)) for name in COLUMNS} for one in applied]
    return {name: [row[name] for row in rows] for name in COLUMNS}


def read_applications(table: Table) -> tuple[Applied, ...]:
    """Give the applications of a table as `table_of` writes it.

    Raises YoursToMend H102 with every cell that cannot be read, by its line and never its value.
    """
    troubles: list[Trouble] = []
    found: list[Applied] = []
    lacking = [name for name in COLUMNS if name not in table] if table else []
    if lacking:
        raise YoursToMend(Trouble("H102", f"the table applications has no column {lacking[0]}", "Add the column"))
    for line, cells in enumerate(zip(*(table[name] for name in COLUMNS), strict=True) if table else (), start=2):
        row = dict(zip(COLUMNS, cells, strict=True))
        try:
            found.append(_read(row))
        except ValueError as error:
            mend = "Write days so: 2025-12-31, yes or no, whole numbers; leave empty what is not known"
            place = Place("applications.csv", line)
            troubles.append(Trouble("H102", f"{error.args[0]} cannot be read", mend, place))
    if troubles:
        raise YoursToMend(troubles)
    return tuple(found)


def _read(row: Mapping[str, str]) -> Applied:
    applied_on = _day(row, "applied_on")
    if applied_on is None:
        raise ValueError("applied_on")
    return Applied(
        row["application"], row["industry"], applied_on, _yes(row, "is_eligible"), bool(_yes(row, "used_one_licence")),
        _day(row, "accepted_on"), _day(row, "decided_on"), row["outcome"], _day(row, "promised_due"),
        _whole(row, "completions_asked"), _whole(row, "documents_beyond_list"),
    )  # fmt: skip


def _day(row: Mapping[str, str], name: str) -> date | None:
    try:
        return date.fromisoformat(row[name]) if row[name] else None
    except ValueError:
        raise ValueError(name) from None


def _yes(row: Mapping[str, str], name: str) -> bool | None:
    if row[name] not in ("yes", "no", ""):
        raise ValueError(name)
    return {"yes": True, "no": False}.get(row[name])


def _whole(row: Mapping[str, str], name: str) -> int | None:
    if row[name] and not row[name].isdecimal():
        raise ValueError(name)
    return int(row[name]) if row[name] else None


def _written(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else value.isoformat() if isinstance(value, date) else str(value)
