"""Registers and indicators together: every formula read over the names it may use, every reference followed.

What is read here is what `check` runs and `measure` computes; a declaration that passes here can be computed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from milepost.basics.declared import Placed
from milepost.basics.errors import Place, Trouble, YoursToMend, listed, nearest
from milepost.basics.unit import factor, is_unit
from milepost.registers.formula import Formula, Name, Wanted, names_of, read_formula
from milepost.registers.indicator import Indicator
from milepost.registers.register import DATES, Register
from milepost.registers.rule import Reference, Rule


def indicator_names(indicators: Mapping[str, Indicator | None]) -> dict[str, Name]:
    """Give what the full name of each indicator stands for in another's formula: a total in its unit.

    Its SQL is its own name in quotation marks: a column of whatever table joins the indicators' values.
    """
    return {
        key: Name("real", "" if one.unit == "fraction" else one.unit, 0, f'"{key}"', True)
        for key, one in indicators.items()
        if one is not None
    }


def indicator_formula(
    indicator: Indicator, registers: Mapping[str, Register], indicators: Mapping[str, Indicator | None]
) -> tuple[Formula, Formula | None]:
    """Give the formula of a computed indicator, in the formula's own unit, and the condition on its rows.

    Raises YoursToMend with the troubles of both (F001 to F007, D022 no such register).
    """
    if indicator.formula is None:
        raise ValueError("the indicator is not computed")
    if indicator.register is None:
        return read_formula(indicator.formula, indicator_names(indicators), wanted="total"), None
    names = names_of(_register(indicator.register, registers, indicator.place).columns)
    troubles: list[Trouble] = []
    formula = _read(indicator.formula, names, "total", troubles)
    where = _read(indicator.where, names, "condition", troubles) if indicator.where is not None else None
    if troubles or formula is None:
        raise YoursToMend(troubles)
    return formula, where


def columns_counted(indicator: Indicator, registers: Mapping[str, Register]) -> frozenset[str]:
    """Give the columns of its register without whose cells a computed indicator has no figure: those of its formula.

    Raises YoursToMend as `indicator_formula` does.
    """
    if indicator.formula is None or indicator.register is None:
        return frozenset()
    formula, where = indicator_formula(indicator, registers, {})
    return frozenset({*formula.columns, *(where.columns if where else ())})


def unit_factor(indicator: Indicator, formula: Formula) -> float | None:
    """Give what the formula's number is multiplied by to be in the indicator's unit, None where they do not fit.

    A formula without a unit is a pure number.
    """
    return factor(formula.unit or "fraction", indicator.unit)


def faults(
    registers: Mapping[str, Register],
    own_registers: Mapping[str, Register],
    indicators: Mapping[str, Indicator | None],
    own_indicators: Mapping[str, Indicator | None],
) -> Iterator[Trouble]:
    """Yield what is wrong with the rules of `own_registers` and with the computed indicators among `own_indicators`.

    `registers` and `indicators` are all they may name.

    F001 to F007 formulas; F008 a formula's unit is not the indicator's; F009 hundredths are multiplied by 100; D022 no
    such register; D023 no such column; D027 a column of the wrong type for its use.
    """
    for register in own_registers.values():
        for rule in register.rules:
            yield from _of_rule(rule, register, registers)
        yield from _of_times(register)
    for indicator in own_indicators.values():
        if indicator is not None and indicator.formula is not None:
            yield from _of_indicator(indicator, registers, indicators)


def _read(text: Placed, names: Mapping[str, Name], wanted: Wanted, troubles: list[Trouble]) -> Formula | None:
    try:
        return read_formula(text, names, wanted=wanted)
    except YoursToMend as error:
        troubles.extend(error.troubles)
        return None


def rule_formulas(rule: Rule, register: Register, registers: Mapping[str, Register]) -> dict[str, Formula]:
    """Give the formulas of a rule by the name of their field (holds, where, total, total_there, where_there).

    Raises YoursToMend with the troubles of all of them.
    """
    names = names_of(register.columns)
    troubles: list[Trouble] = []
    asked: list[tuple[str, Placed | None, Mapping[str, Name], Wanted]] = [
        ("where", rule.where, names, "condition"),
        ("holds", rule.holds, names, "group_condition" if rule.by else "condition"),
    ]
    if (control := rule.reconciles) is not None:
        there = names_of(_register(control.register, registers, control.place).columns)
        asked += [("total", control.total, names, "total"), ("total_there", control.total_there, there, "total")]
        asked += [("where_there", control.where_there, there, "condition")]
    found = {field: _read(text, known, wanted, troubles) for field, text, known, wanted in asked if text is not None}
    if troubles:
        raise YoursToMend(troubles)
    return {field: formula for field, formula in found.items() if formula is not None}


def _register(name: str, registers: Mapping[str, Register], place: Place) -> Register:
    if name not in registers:
        mend = nearest(name, registers).rstrip("?") or f"There are: {listed(sorted(registers), 30) or 'none'}"
        raise YoursToMend(Trouble("D022", f"there is no register {name}", mend, place))
    return registers[name]


def _of_rule(rule: Rule, register: Register, registers: Mapping[str, Register]) -> Iterator[Trouble]:
    try:
        formulas = rule_formulas(rule, register, registers)
    except YoursToMend as error:
        yield from error.troubles
        return
    if rule.reconciles is not None:
        here, there = formulas["total"], formulas["total_there"]
        if factor(here.unit or "fraction", there.unit or "fraction") != 1:
            what = f"the total is in {here.unit or 'no unit'}, its control in {there.unit or 'no unit'}"
            yield Trouble("F005", what, "Bring both to one unit", rule.reconciles.place)
        yield from _missing(rule.reconciles.by.values(), registers[rule.reconciles.register], rule.reconciles.place)
    if rule.refers is not None:
        yield from _of_reference(rule.refers, registers)


def _of_reference(refers: Reference, registers: Mapping[str, Register]) -> Iterator[Trouble]:
    try:
        other = _register(refers.register, registers, refers.place)
    except YoursToMend as error:
        yield from error.troubles
        return
    yield from _missing(refers.columns.values(), other, refers.place)
    if refers.on and other.valid is None:
        what = f"{other.id} says of no row how long it is valid"
        yield Trouble("D027", what, "Leave out on, or declare its valid", refers.place)


def _missing(columns: Iterable[str], register: Register, place: Place) -> Iterator[Trouble]:
    for name in columns:
        if name not in register.column_ids:
            mend = nearest(name, register.column_ids).rstrip("?") or f"It has {listed(register.column_ids, 30)}"
            yield Trouble("D023", f"{register.id} has no column {name}", mend, place)


def _of_times(register: Register) -> Iterator[Trouble]:
    named = [register.happened, *((register.valid.start, register.valid.until) if register.valid else ())]
    for name in named:
        if name in register.column_ids and register.column(name or "").type not in DATES:
            what = f"the column {name} of {register.id} says when, and is no date"
            yield Trouble("D027", what, "Make its type date, month or moment", register.place)


def _of_indicator(
    indicator: Indicator, registers: Mapping[str, Register], indicators: Mapping[str, Indicator | None]
) -> Iterator[Trouble]:
    try:
        formula, _ = indicator_formula(indicator, registers, indicators)
    except YoursToMend as error:
        yield from error.troubles
        return
    place = indicator.formula.place if indicator.formula is not None else indicator.place
    if _are_known(indicator, formula, registers):
        yield from _of_unit(indicator, formula, place)
    if indicator.register is not None:
        register = registers[indicator.register]
        others = [indicator.happened, indicator.area_from, indicator.contributor]
        named = (*indicator.by, *(name for name in others if name is not None))
        yield from _missing(named, register, indicator.place)
        yield from _of_time(indicator, register)


def _are_known(indicator: Indicator, formula: Formula, registers: Mapping[str, Register]) -> bool:
    """Are the units known that a formula's unit is held against? One that is not is told where it is written."""
    columns = registers[indicator.register].columns if indicator.register is not None else ()
    used = [column.unit for column in columns if column.id in formula.columns and column.unit]
    return all(map(is_unit, (indicator.unit, *used)))


def _of_unit(indicator: Indicator, formula: Formula, place: Place) -> Iterator[Trouble]:
    from milepost.registers.grammar import is_hundredfold

    if unit_factor(indicator, formula) is None:
        what = f"the formula of {indicator.id} gives {formula.unit or 'a pure number'}, it is in {indicator.unit}"
        mend = f"Correct the formula, or write a unit that {formula.unit} becomes"
        if not formula.unit:
            mend = "Write unit: fraction, percent, or index_points where 100 stands for the base"
        elif factor("fraction", indicator.unit) is not None:
            mend = f"Divide by something in {formula.unit}, such as a column with the value of the base"
        yield Trouble("F008", what, mend, place)
    elif not formula.unit and is_hundredfold(formula.text) and factor("fraction", indicator.unit) == 100:
        what = f"{indicator.id} is in {indicator.unit}, which are hundredths already, and its formula multiplies by 100"
        yield Trouble("F009", what, "Leave out the 100", place)


def _of_time(indicator: Indicator, register: Register) -> Iterator[Trouble]:
    """A stock counts what is valid on a day; everything else needs a column that says when."""
    has_time = bool(indicator.happened or register.happened)
    if not has_time and register.valid is None:
        what = f"no column of {register.id} says when, so {indicator.id} has no periods"
        yield Trouble("D027", what, "Declare happened, or valid for a register of states", indicator.place)
