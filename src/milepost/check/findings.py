"""What a statistician would want to know of a batch without having declared it.

A column that is wholly empty though somebody counts on it, rows whose cells have slipped into the neighbouring columns,
dates written in another way or either way round, amounts that are a thousand or ten thousand times their like, keys
that differ by blanks or width alone, words beside a code list, groups without a control total, a table that is cut. A
finding refuses no row and tells no value.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from milepost.basics.errors import nearest
from milepost.basics.text import Text
from milepost.check import slips
from milepost.check.fault import UNREAD
from milepost.check.forms import Ground, reconciled
from milepost.check.magnitudes import magnitudes
from milepost.check.spellings import spellings
from milepost.check.verdict import Finding
from milepost.engines.embedded import literal, quoted
from milepost.receive.batch import LINE
from milepost.registers.formula import Formula
from milepost.registers.meaning import columns_counted
from milepost.registers.register import DATES, Column, Written
from milepost.registers.rule import Rule

if TYPE_CHECKING:
    from milepost.check.records import Checking

MOST_LINES = 5
_MANY_SHORT = 0.2
_LOOKED_AT = 20_000
_MOST_FORMS = 4
_DAYS = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%Y年%m月%d日", "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d-%m-%Y")
_CLOCKS = ("", " %H:%M:%S", " %H:%M", "T%H:%M:%S", "T%H:%M:%SZ", " %I:%M %p")
_ODD = "[[:space:]\u3000\uff01-\uff5e\u00a0]"
_WIDE = "".join(chr(code) for code in range(0xFF01, 0xFF5F))
_NARROW = "".join(chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F))


def findings(
    work: Checking, ground: Ground, formulas: Mapping[str, Mapping[str, Formula]], counts: Mapping[str, int]
) -> tuple[Finding, ...]:
    """Give the findings on a batch that has been checked; `counts` are its rows by fault."""
    if work.change == "close":
        return ()
    found = [*_empty_columns(work, counts), *_slipped(work, counts), *_other_dates(work, counts), *_either_way(work)]
    found += [*spellings(work, counts), *_unknown_codes(work, counts), *_keys_alike(work, ground), *magnitudes(work)]
    return (*found, *_without_control(work, ground, formulas))


def _lines(work: Checking, query: str) -> tuple[int, ...]:
    return tuple(line for (line,) in work.engine.rows(f"{query} order by 1 limit {MOST_LINES}"))


def _empty_columns(work: Checking, counts: Mapping[str, int]) -> Iterator[Finding]:
    """Columns without a cell of which somebody should know; of one that may be empty and that nobody misses, nothing.

    Somebody misses a column that must be filled, one that is filled in rows kept before, and one that figures count.
    """
    valueless = _without_a_cell(work, work.table("typed"), {column.id: "value" for column in work.register.columns})
    # Only a cell that was not read, or is written in words of the source, is filled and has no value.
    unread = {name.partition("/")[2] for name in counts if name.partition("/")[0] in UNREAD}
    unsure = [name for name in valueless if name in unread or work.register.column(name).written != Written()]
    filled = set(unsure) - set(_without_a_cell(work, work.batch.table, dict.fromkeys(unsure, "text")))
    empty = [name for name in valueless if name not in filled]
    if not empty:
        return
    before, counted = _filled_before(work, empty), _counted(work)
    valid = work.register.valid
    for name in empty:
        says = Text("the whole column is empty", "整列为空")
        mend = Text("See whether the file's head names it as the register does", "核对文件表头与登记表列名是否一致")
        if name in before:
            says = Text("the whole column is empty, and rows kept before fill it", "整列为空，而此前留存的记录有值")
        elif name in counted:
            says = Text("the whole column is empty, and figures count it", "整列为空，而指标据其计算")
        elif work.register.column(name).may_be_empty or (valid is not None and name == valid.until):
            continue
        yield Finding("C061", name, work.batch.count, says, mend)


def _without_a_cell(work: Checking, table: str, columns: Mapping[str, str]) -> list[str]:
    """The columns of a table that no row fills; a text is filled where it is not empty."""
    left = list(columns)
    # Most columns show a filled cell at once; only the others are looked through.
    for source in (f"(select * from {quoted(table)} limit 1000)", quoted(table)):
        if not left:
            break
        cells = (f"nullif(r.{quoted(n)}, '')" if columns[n] == "text" else f"r.{quoted(n)}" for n in left)
        (counts,) = work.engine.rows(f"select {', '.join(f'count({cell})' for cell in cells)} from {source} r")
        left = [name for name, count in zip(left, counts, strict=True) if not count]
    return left


def _filled_before(work: Checking, names: Sequence[str]) -> set[str]:
    """Those of some columns that rows kept before fill; an end of validity is filled only when it comes."""
    until = work.register.valid.until if work.register.valid else None
    asked = {name: "kept" for name in names if name != until}
    return set(asked) - set(_without_a_cell(work, work.kept, asked)) if work.kept and asked else set()


def _counted(work: Checking) -> set[str]:
    """The columns that the formulas of figures name."""
    own = [one for one in work.indicators.values() if one.register == work.register.id]
    return {name for one in own for name in columns_counted(one, work.registers)}


def _slipped(work: Checking, counts: Mapping[str, int]) -> Iterator[Finding]:
    """Rows that wait and whose cells would fit one column to the left or right, from some column on."""
    if not any(name.partition("/")[0] in slips.SIGNS for name in counts):
        return
    for side, lines in slips.slipped_rows(work).items():
        where = {"left": ("left", "左"), "right": ("right", "右")}[side]
        says = Text(
            f"cells of these rows fit the columns one to the {where[0]} better, from some column on",
            f"这些行自某列起的单元格更符合{where[1]}侧一列的类型，疑似整体错位",
        )
        mend = Text("Look for a separator too many or a cell that is missing", "检查是否多了分隔符或缺了单元格")
        yield Finding("C060", "", len(lines), says, mend, tuple(lines[:MOST_LINES]))


def _forms(column: Column) -> list[str]:
    clocks = _CLOCKS if column.type == "moment" else ("",)
    months = ["%Y/%m", "%Y.%m", "%Y%m", "%Y年%m月"] if column.type == "month" else []
    return [*months, *(f"{day}{clock}" for day in _DAYS for clock in clocks)]


def _other_dates(work: Checking, counts: Mapping[str, int]) -> Iterator[Finding]:
    """Dates that are not read as declared and all fit one other way of writing, or two."""
    for column in work.register.columns:
        fault = f"C025/{column.id}"
        if column.type not in DATES or not counts.get(fault):
            continue
        cell, forms = f"r.{quoted(column.id)}", _forms(column)
        unread = f"array_position(r.blocking, {literal(fault)}) is not null"
        cells = f"select {cell} from {quoted(work.table('refused'))} r where {unread} limit {_LOOKED_AT}"
        fits = ", ".join(f"count(try_strptime({cell}, {literal(form)}))" for form in forms)
        ((count, *fitting),) = work.engine.rows(f"select count(*), {fits} from ({cells}) r")
        good = [form for form, found in zip(forms, fitting, strict=True) if found == count]
        is_mixed = counts[fault] < _filled_count(work, column)
        if good:
            yield _told_dates(column, counts[fault], good, is_mixed)
        elif several := _covering(work, cells, cell, {f: n for f, n in zip(forms, fitting, strict=True) if n}, count):
            yield _told_ways(column, counts[fault], several, is_mixed)


def _filled_count(work: Checking, column: Column) -> int:
    ((count,),) = work.engine.rows(f"select count(nullif({quoted(column.id)}, '')) from {quoted(work.batch.table)}")
    return int(count)


def _covering(work: Checking, cells: str, cell: str, forms: Mapping[str, int], count: int) -> list[str]:
    """A few ways of writing that together fit all of the cells, none where it takes more or a day may be a month."""
    chosen: list[str] = []
    left = dict(forms)
    while left and len(chosen) < _MOST_FORMS:
        best = max(left, key=lambda form: left[form])
        chosen.append(best)
        unfit = " and ".join(f"try_strptime({cell}, {literal(form)}) is null" for form in chosen)
        fits = ", ".join(f"count(try_strptime({cell}, {literal(form)}))" for form in forms)
        ((rest, *fitting),) = work.engine.rows(f"select count(*), {fits} from ({cells}) r where {unfit}")
        if not rest:
            slashed = {form[:8] for form in chosen} & {"%d/%m/%Y", "%m/%d/%Y"}
            return [] if len(slashed) > 1 else chosen
        left = {form: found for form, found in zip(forms, fitting, strict=True) if found}
    return []


def _declaring(column: Column, forms: Sequence[str], is_mixed: bool) -> str:
    """What to declare so that these dates are read, and those that are read already still are."""
    plain = {"month": ["%Y-%m"], "moment": ["%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S"]}.get(column.type, ["%Y-%m-%d"])
    before = [*(column.written.dates or plain)] if is_mixed else []
    return ", ".join(f'"{form}"' for form in dict.fromkeys([*before, *forms]))


def _told_ways(column: Column, count: int, forms: Sequence[str], is_mixed: bool) -> Finding:
    ways = ", ".join(forms)
    declared = _declaring(column, forms, is_mixed)
    says = Text(f"these dates are written in {len(forms)} ways: {ways}", f"这些日期有 {len(forms)} 种写法：{ways}")
    mend = Text(f"Declare written: {{dates: [{declared}]}}", f"声明 written: {{dates: [{declared}]}}")
    return Finding("C062", column.id, count, says, mend)


def _told_dates(column: Column, count: int, good: list[str], is_mixed: bool) -> Finding:
    declared = _declaring(column, good[:1], is_mixed)
    if {form[:8] for form in good} >= {"%d/%m/%Y", "%m/%d/%Y"}:
        says = Text(
            "these dates are written with day and month either way round, and no cell shows which",
            "这些日期的日与月顺序不明，没有单元格能够判定",
        )
        mend = Text(
            f"Ask the sender, then declare written: {{dates: [{declared}]}} or the other order",
            f"询问报送人后声明 written: {{dates: [{declared}]}} 或相反顺序",
        )
    else:
        says = Text(f"these dates are all written as {good[0]}", f"这些日期均写作 {good[0]}")
        mend = Text(f"Declare written: {{dates: [{declared}]}}", f"声明 written: {{dates: [{declared}]}}")
    return Finding("C062", column.id, count, says, mend)


def _either_way(work: Checking) -> Iterator[Finding]:
    """Dates that were read day first (or month first) as declared, though every one fits the other order too."""
    for column in work.register.columns:
        declared = [form for form in column.written.dates if form[:5] in ("%d/%m", "%m/%d", "%d-%m", "%m-%d")]
        if column.type not in DATES or len(declared) != 1:
            continue
        form = declared[0]
        swapped = f"{form[3:5]}{form[2]}{form[:2]}{form[5:]}"
        cell = f"r.{quoted(column.id)}"
        alike = f"count(*) filter (where try_strptime({cell}, {literal(swapped)}) is null)"
        different = f"count(*) filter (where {cell} <> '' and substring({cell}, 1, 2) <> substring({cell}, 4, 2))"
        query = f"select {different}, {alike} from {quoted(work.batch.table)} r where {cell} <> ''"
        ((count, only_one_way),) = work.engine.rows(query)
        if count and not only_one_way:
            says = Text(
                f"every date was read as {form} and fits {swapped} as well: no day is above 12",
                f"全部日期按 {form} 读取，但也都符合 {swapped}：没有大于12的日",
            )
            yield Finding("C062", column.id, count, says, Text("Ask the sender once", "请向报送人核实一次"))


def _unknown_codes(work: Checking, counts: Mapping[str, int]) -> Iterator[Finding]:
    """Words beside a code list: how many different ones, and what the commonest is likest to."""
    for column in work.register.columns:
        fault = f"C023/{column.id}"
        if not counts.get(fault):
            continue
        cell = f"r.{quoted(column.id)}"
        unknown = (
            f"from {quoted(work.table('refused'))} r where array_position(r.blocking, {literal(fault)}) is not null"
        )
        words = work.engine.rows(f"select {cell}, count(*) {unknown} group by 1 order by 2 desc, 1 limit 200")
        if not words:
            continue
        hints = dict.fromkeys(filter(None, (_likest(work, column, word[:100]) for word, _ in words[:20])))
        named = ", ".join(list(hints)[:MOST_LINES])
        many = f"{len(words)}{'+' if len(words) == 200 else ''}"
        says = Text(f"{many} different words stand here that are no code", f"共有 {many} 个不同的词不在代码表中")
        likely = Text(f"The commonest are likest to {named}", f"最常见者接近 {named}")
        none = Text(
            "None of them is like a code: see whether the column is the right one", "均与代码不相近：核对是否列错"
        )
        lines = _lines(work, f"select {quoted(LINE)} {unknown}")
        yield Finding("C065", column.id, counts[fault], says, likely if named else none, lines)


def _likest(work: Checking, column: Column, word: str) -> str:
    """The code whose name the word is, or that is written most like it."""
    if column.code_list:
        names = work.code_lists[column.code_list].names
        plain = word.strip().lower()
        for code, name in names.items():
            if plain in (name.en.lower(), name.zh):
                return code
        known = list(names)
    else:
        known = list(column.codes)
    plain = word.translate(str.maketrans(_WIDE, _NARROW)).strip()
    for code in known:
        if plain.lower() == code.lower():
            return code
    return nearest(word, known).removeprefix("did you mean ").rstrip("?")


def _keys_alike(work: Checking, ground: Ground) -> Iterator[Finding]:
    """Names in a key that are those of another row but for blanks or the width of signs."""
    for name in work.register.key:
        if work.register.column(name).type not in ("text", "code"):
            continue
        cell, typed = f"t.{quoted(name)}", quoted(work.table("typed"))
        odd = f"select distinct {cell} as word from {typed} t where regexp_matches({cell}, {literal(_ODD)})"
        work.engine.make(work.table("odd"), f"select word, {_plain('word')} as plain from ({odd}) o")
        ((count,),) = work.engine.rows(f"select count(*) from {quoted(work.table('odd'))}")
        if not count:
            continue
        odd = quoted(work.table("odd"))
        plain = f"select {cell} as plain from {typed} t"
        if work.kept:
            plain += f" union all select k.{quoted(name)} from {quoted(work.kept)} k"
        twins = (
            f"select o.word from {odd} o semi join ({plain}) p on p.plain = o.plain and o.plain <> o.word union "
            f"select o.word from {odd} o semi join (select plain from {odd} group by 1 having count(*) > 1) p "
            "on p.plain = o.plain"
        )
        rows = f"select t.{quoted(LINE)} from {typed} t semi join ({twins}) w on w.word = {cell}"
        ((found,),) = work.engine.rows(f"select count(*) from ({rows}) f")
        if found:
            says = Text(
                "the names of these rows are those of others but for blanks or the width of letters and digits",
                "这些行的名称除空格或全角、半角外与其他行相同",
            )
            mend = Text("Write each name in one way", "统一写法")
            yield Finding("C064", name, found, says, mend, _lines(work, rows))


def _plain(word: str) -> str:
    narrow = f"translate({word}, {literal(_WIDE)}, {literal(_NARROW)})"
    return f"replace(replace(replace({narrow}, ' ', ''), '\u3000', ''), '\u00a0', '')"


def _without_control(
    work: Checking, ground: Ground, formulas: Mapping[str, Mapping[str, Formula]]
) -> Iterator[Finding]:
    """Groups that have no control total, and control totals that have no rows."""
    for rule in work.register.rules:
        if rule.reconciles is None:
            continue
        totals = reconciled(ground, rule, formulas[rule.id])
        counted = "count(*) filter (where there is null), count(*) filter (where here is null), count(*)"
        ((alone, lacking, groups),) = work.engine.rows(f"select {counted} from ({totals}) c")
        if alone:
            says = Text(f"of {groups} groups {alone} have no control total", f"{groups} 组中有 {alone} 组没有控制总数")
            mend = Text("They are not judged; complete the control", "此类不作判断；请补齐控制总数")
            yield Finding("C066", rule.id, alone, says, mend)
        if lacking:
            says = Text(
                f"of {groups} groups {lacking} have a control total and no rows",
                f"{groups} 组中有 {lacking} 组有控制总数而无明细",
            )
            mend = Text("See whether rows are missing, or the control covers more", "核对明细是否缺失或控制口径更宽")
            yield Finding("C066", rule.id, lacking, says, mend)
        yield from _cut(work, rule, totals)


def _cut(work: Checking, rule: Rule, totals: str) -> Iterator[Finding]:
    """Totals that fall short of their controls, group upon group, and none above: the table holds a part of the whole.

    A few groups below their control are faults of a few rows, and each row tells of it; here at least
    `_MANY_SHORT` of the groups that can be judged lie below.
    """
    assert rule.reconciles is not None
    tolerance = format(rule.reconciles.tolerance, ".12f")
    counted = (
        f"count(*) filter (where c.there - coalesce(c.here, 0) > {tolerance}), "
        f"count(*) filter (where c.here - c.there > {tolerance}), count(*), sum(c.here), sum(c.there)"
    )
    ((short, above, groups, here, there),) = work.engine.rows(
        f"select {counted} from ({totals}) c where c.there is not null"
    )
    if above or not groups or short < max(2, _MANY_SHORT * groups) or not there or there < 0:
        return
    share = f"{100 * (here or 0) / there:.1f}"
    says = Text(
        f"the table is cut: {short} of {groups} totals fall short of their control and none is above; "
        f"together the rows hold {share} % of it",
        f"此表不完整：{groups} 项合计中有 {short} 项小于控制总数且无一超出；全部明细占控制总数的 {share}%",
    )
    mend = Text("Read it as a part of the whole, or ask for the rest", "仅作为部分数据使用，或索取其余部分")
    yield Finding("C067", rule.id, short, says, mend)
