"""Indicators of other indicators: a formula of their values, period by period, area by area.

The values are totals already, so a quotient is a ratio of sums, never a mean of ratios. Where an input has no value
nothing comes out, and the table names what is lacking.
"""

from __future__ import annotations

from collections.abc import Mapping

from milepost.engines.engine import Engine, literal, quoted
from milepost.measure.cut import Cut, in_unit, smallest
from milepost.registers.formula import Formula
from milepost.registers.indicator import Indicator


def make_composite(
    engine: Engine, indicator: Indicator, formula: Formula, inputs: Mapping[str, str | None], cut: Cut, name: str
) -> str | None:
    """Make the table of an indicator's values from those of its inputs (None: an input without any) and give its name.

    Where the indicator is a ratio whose denominator is another area's, it is taken there. Fewest contributors of the
    inputs stand behind a value, and the smallest item response is its own. A figure that is of January and February
    together goes with such figures only.
    """
    ratio = indicator.ratio
    elsewhere = ratio.denominator if ratio is not None and ratio.of_area else ""
    if all(table is None for table in inputs.values()):
        return None
    here = [table for key, table in inputs.items() if table is not None and key != elsewhere]
    if not here:
        return None
    keys = ", ".join(cut.columns)
    every = " union ".join(f"select {keys} from {quoted(table)}" for table in here)
    source, columns, lacks, counts, joints, responses = f"({every}) b", [], [], [], [], []
    for place, (key, table) in enumerate(inputs.items()):
        one = f"i{place}"
        if table is None:
            columns.append(f"cast(null as double) as {quoted(key)}")
            lacks.append(f"true as {quoted('lack_' + key)}")
            continue
        same = [f"{one}.{column} = b.{column}" for column in cut.columns]
        if key == elsewhere and ratio is not None and ratio.of_area:
            same = [f"{one}.area = {literal(ratio.of_area)}" if column == "area" else condition
                    for column, condition in zip(cut.columns, same, strict=True)]  # fmt: skip
        source += f" left join {quoted(table)} {one} on {' and '.join(same)}"
        columns.append(f"{one}.value as {quoted(key)}")
        lacks.append(f"{one}.value is null as {quoted('lack_' + key)}")
        counts.append(f"{one}.contributors")
        joints.append(f"coalesce({one}.is_joint, false)")
        responses.append(f"coalesce({one}.item_response, 1e0)")
    all_joint, any_joint = " and ".join(joints), " or ".join(joints)
    told = ", ".join(f"b.{column}" for column in cut.columns)
    known = f"{' + '.join(counts)} is not null"
    listed = ", ".join(
        (
            told, *columns, *lacks, f"({all_joint}) as is_joint",
            f"(({any_joint}) and not ({all_joint})) as is_mixed",
            f"case when {known} then {smallest(counts)} else null end as contributors",
            f"{smallest(responses)} as item_response",
        )
    )  # fmt: skip
    query = f"select {listed} from {source}"
    named = ", ".join(quoted(f"lack_{key}") for key in inputs)
    value = in_unit(indicator, formula, formula.sql)
    engine.make(
        name,
        f"select {keys}, 0 as rows, contributors, item_response, is_joint, false as is_lacking, {named}, "
        f"case when is_mixed then null else {value} end as value from ({query}) f",
    )
    return name
