"""Readings as one flat table: every column with its type and its meaning in both languages, every reading a row.

The columns are declared once, for the CSV, the Parquet file, the Excel sheet and the page that explains them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal, get_args

from milepost.basics.text import LANGUAGES, Text
from milepost.measure.reading import FigureKind, Reading
from milepost.plan.zone import Zone
from milepost.show.wording import Wording

Cell = str | int | float | bool | None
Kind = Literal["text", "whole", "real", "day", "yes_no"]


@dataclass(frozen=True)
class Field:
    """A column of an exported table: its name, type and meaning, and how it is read off a reading."""

    id: str
    kind: Kind
    says: Text
    of: Callable[[Zone, Reading], Any]


def fields() -> tuple[Field, ...]:
    """Give the columns of exported readings in their order."""
    return _FIELDS


def rows(zone: Zone, readings: Iterable[Reading]) -> Iterator[list[Any]]:
    """Give each reading as its cells, in the order of `fields`; a day is a date, nothing known is None."""
    for reading in readings:
        yield [field.of(zone, reading) for field in _FIELDS]


def notice_text(zone: Zone) -> str:
    """Give the zone's notice in both languages as one line, empty where it has none."""
    notice = zone.declared.notice
    return " ".join(f"{notice.en} / {notice.zh}".split()) if notice is not None else ""


def _named(zone: Zone, reading: Reading, language: str) -> str:
    return zone.indicators[reading.indicator].name[language]


def _area(zone: Zone, reading: Reading, language: str) -> str:
    area = zone.areas.get(reading.area)
    return area.name[language] if area else reading.area


def _pairs(pairs: Iterable[tuple[str, object]]) -> str:
    return "; ".join(f"{name}={value}" for name, value in pairs)


def _versions(_: Zone, reading: Reading) -> str:
    if reading.made is not None:
        return _pairs(reading.made.versions)
    return f"{reading.row.register}={reading.row.version}"


def _kinds(language: str) -> str:
    """Every kind of figure with the word that pages have for it."""
    words = Wording(language)
    return "; ".join(f"{kind}: {words.word('kind', kind)}" for kind in get_args(FigureKind))


_FIELDS: tuple[Field, ...] = (
    Field("reading", "text", Text("Lasting id of the reading; its lineage is told by it", "读数的固定编号，可据此溯源"),
          lambda _, r: r.id),
    Field("indicator", "text", Text("Id of the indicator", "指标编号"), lambda _, r: r.indicator),
    Field("indicator_en", "text", Text("Name of the indicator in English", "指标英文名称"),
          lambda z, r: _named(z, r, "en")),
    Field("indicator_zh", "text", Text("Name of the indicator in Chinese", "指标中文名称"),
          lambda z, r: _named(z, r, "zh")),
    Field("area", "text", Text("Id of the area", "区域编号"), lambda _, r: r.area),
    Field("area_en", "text", Text("Name of the area in English", "区域英文名称"), lambda z, r: _area(z, r, "en")),
    Field("area_zh", "text", Text("Name of the area in Chinese", "区域中文名称"), lambda z, r: _area(z, r, "zh")),
    Field("period", "text", Text("The period as it was written", "时期（原写法）"), lambda _, r: r.period.text),
    Field("shape", "text", Text("span, point, to_date (from the start of a year on), open or undated",
                                "span 时段、point 时点、to_date 累计、open 起始日、undated 无日期"),
          lambda _, r: r.period.shape),
    Field("first_day", "day", Text("First day of the period", "时期首日"), lambda _, r: r.period.start),
    Field("last_day", "day", Text("Last day of the period", "时期末日"), lambda _, r: r.period.end),
    Field("as_of", "day", Text("The day inside the period up to which the figure goes, where it is stated",
                               "数值截至的日期（在时期之内，如有说明）"), lambda _, r: r.as_of),
    Field("divided_by", "text", Text("Columns and values the figure is for, where it is divided", "分组列及其取值"),
          lambda _, r: _pairs(r.made.dimensions) if r.made else ""),
    Field("value", "real", Text("The value, in the unit beside it", "数值（单位见右）"), lambda _, r: r.value),
    Field("unit", "text", Text("Unit of the value", "计量单位"), lambda _, r: r.unit),
    Field("is_growth", "yes_no",
          Text("The value is growth over a year before, as a fraction", "是否为同比增速（小数）"),
          lambda _, r: r.is_growth),
    Field("kind", "text", Text(*map(_kinds, LANGUAGES)), lambda _, r: r.kind),
    Field("basis", "text", Text("published, or computed from records", "published 已公布，computed 由记录计算"),
          lambda _, r: r.basis),
    Field("contributors", "whole", Text("Units a computed figure is counted over", "计算所涉单位数"),
          lambda _, r: r.contributors),
    Field("item_response", "real",
          Text("Share of the rows of a computed figure whose cells are filled", "计算所依据记录中单元格有值的比例"),
          lambda _, r: r.item_response if r.made else None),
    Field("known_on", "day", Text("The day from which the figure was known", "截至已知日"), lambda _, r: r.known_on),
    Field("is_known_on_assumed", "yes_no", Text("The source gives no full date of publication", "截至已知日是否为推定"),
          lambda _, r: r.is_known_on_assumed),
    Field("published_name", "text", Text("What the source calls it", "来源所用名称"), lambda _, r: r.published_name),
    Field("published_text", "text", Text("The number as the source writes it", "来源所写数字"),
          lambda _, r: r.published_text),
    Field("published_unit", "text", Text("The unit as the source writes it", "来源所写单位"),
          lambda _, r: r.published_unit),
    Field("published_on", "text", Text("When it was published, as far as it is known", "公布时间"),
          lambda _, r: r.published_on),
    Field("source_title", "text", Text("Title of the source", "来源标题"), lambda _, r: r.source_title),
    Field("source_url", "text", Text("Address of the source", "来源网址"), lambda _, r: r.source_url),
    Field("note", "text", Text("Note", "备注"), lambda _, r: r.note),
    Field("notice", "text", Text("What the zone says of all its figures, such as that they are made up",
                                 "本区对全部数据的说明（如合成数据）"), lambda z, _: notice_text(z)),
    Field("formula_hash", "text", Text("Short name of the formula of a computed figure", "计算公式摘要"),
          lambda _, r: r.made.formula_hash if r.made else ""),
    Field("versions", "text", Text("Versions of the registers it was read from", "所读登记簿版本"), _versions),
    Field("file", "text", Text("File of a published figure", "已公布数值所在文件"), lambda _, r: r.row.file),
    Field("line", "whole", Text("Line of the file", "文件行号"), lambda _, r: r.row.line or None),
)  # fmt: skip
