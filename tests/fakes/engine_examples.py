"""Written examples of the house's SQL, each a sentence, a query and its answer; and which engine does not give it yet.

The tables are `r` (rows of all kinds) and `s` (states); `differs` has the mark of docs/decisions/0008-engines.md.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

STOPS = None
NOT_OURS, NOT_THEIRS, NEVER = "not yet ours", "not yet theirs", "never"
R_TYPES = {
    "id": "bigint", "a": "decimal(18,3)", "b": "decimal(18,9)", "n": "bigint", "x": "double", "s": "varchar",
    "d": "date", "m": "timestamp", "p": "boolean",
}  # fmt: skip
R_ROWS: list[tuple[Any, ...]] = [
    (1, "1.250", "0.000000001", 3, 2.675, "亦庄", "2024-01-31", "2024-01-31 23:59:59", True),
    (2, "-999999999999999.999", "999999999.999999999", 9007199254740993, -2.5, "a\\b%", "2023-02-28",
     "2023-02-28 00:00:00", False),
    (3, "0.000", "-1.500000000", -7, 0.1, "\u3000Ab ", "2024-12-01", "2024-12-01 12:30:00.250000", None),
    (4, None, None, None, None, None, None, None, None),
    (5, "12.345", "0.333333333", 0, 123456.789, "a\n", "2025-01-01", "2025-01-01 00:00:00", True),
]  # fmt: skip
S_TYPES = {"k": "varchar", "start": "date", "v": "decimal(18,2)"}
S_ROWS = [("甲", "2024-01-01", "1.00"), ("甲", "2024-03-01", "2.50"), ("乙", "2024-02-01", "4.00"), (None, None, None)]


@dataclass(frozen=True)
class Example:
    """What is said, how it is asked, what must come out (None: the work stops), and by which engines it does not."""

    says: str
    query: str
    answer: list[tuple[Any, ...]] | None
    differs: dict[str, str] = field(default_factory=dict)


EXAMPLES = (
    Example("whole numbers divide as fractions", "select cast(n as double) / 2 as v from r where id = 1", [(1.5,)]),
    Example(
        "a division by nothing gives nothing",
        "select cast(n as double) / nullif(n, 0) as v from r where id = 5",
        [(None,)],
    ),
    Example(
        "a division by a zero that nobody has caught gives infinity",
        "select x / 0 as v from r where id = 1",
        [(float("inf"),)],
        {"spark": NEVER, "postgres": NEVER},
    ),
    Example(
        "a product of two decimals keeps all its places",
        "select cast(a as decimal(19, 3)) * b as v from r where id = 2",
        [(Decimal("-999999999999999998000000.000000000001"),)],
    ),
    Example(
        "a sum of decimals is exact in whatever order",
        "select sum(a) as v, sum(b) as w from r",
        [(Decimal("-999999999999986.404"), Decimal("999999998.833333333"))],
    ),
    Example(
        "a sum of whole numbers goes beyond 64 bits",
        "select sum(n * 1000) as v, sum(n) as w from r",
        [(9007199254740989000, 9007199254740989)],
    ),
    Example(
        "a sum of nothing is nothing, a count of nothing is zero",
        "select sum(a) as v, count(a) as w, count(*) as z from r where id = 4",
        [(None, 0, 1)],
    ),
    Example(
        "a sum over chosen rows",
        "select sum(a) filter (where p) as v, count(*) filter (where x > 1) as w from r",
        [(Decimal("13.595"), 2)],
    ),
    Example(
        "a fraction becomes a decimal by being rounded half away from zero",
        "select cast(x as decimal(38, 12)) as v from r where x is not null order by id",
        [(Decimal("2.675"),), (Decimal("-2.5"),), (Decimal("0.1"),), (Decimal("123456.789"),)],
    ),
    Example(
        "a large fraction becomes the decimal it is and not its shortest text",
        "select cast(x * 1e20 as decimal(38, 12)) as v from r where id = 5",
        [(Decimal("12345678900000001617057954.693403115520"),)],
    ),
    Example(
        "a decimal becomes the nearest fraction",
        "select cast(b as double) as v, cast(a as double) as w from r where id = 2",
        [(1e9, -1e15)],
    ),
    Example(
        "a fraction is rounded as a fraction",
        "select round(x, 2) as v, round(x) as w from r where id in (1, 2) order by id",
        [(2.68, 3.0), (-2.5, -3.0)],
    ),
    Example(
        "a decimal is rounded half away from zero", "select round(b, 0) as v from r where id = 3", [(Decimal("-2"),)]
    ),
    Example(
        "the least and the greatest pass over nothing",
        "select least(a, n) as v, greatest(a, n) as w from r where id in (3, 4) order by id",
        [(Decimal("-7"), Decimal("0")), (None, None)],
    ),
    Example(
        "wide decimals side by side keep their places",
        "select greatest(cast(sum(a) as decimal(38, 9)), sum(b)) as v from r",
        [(Decimal("999999998.833333333"),)],
    ),
    Example(
        "nothing is last whichever way rows are ordered",
        "select id from r order by n desc, id",
        [(2,), (1,), (5,), (3,), (4,)],
    ),
    Example(
        "all columns order the rows",
        "select p, id from r order by all",
        [(False, 2), (True, 1), (True, 5), (None, 3), (None, 4)],
    ),
    Example(
        "texts are ordered by their signs",
        "select s from r where s is not null order by s",
        [("a\n",), ("a\\b%",), ("\u3000Ab ",), ("亦庄",)],
    ),
    Example("a length counts signs", "select length(s) as v from r order by id", [(2,), (4,), (4,), (None,), (2,)]),
    Example("spaces of all kinds are trimmed", "select trim(s) as v from r where id = 3", [("Ab",)]),
    Example(
        "letters are made large or small",
        "select upper(s) as v, lower(s) as w from r where id = 3",
        [("\u3000AB ", "\u3000ab ")],
    ),
    Example(
        "the sharp s has a large letter of its own",
        "select upper('straße') as v",
        [("STRAẞE",)],
        {"spark": NOT_OURS, "postgres": NOT_OURS, "clickhouse": NOT_OURS},
    ),
    Example(
        "a reversed stroke in a pattern is a sign like others",
        "select id from r where s like 'a\\_%' order by id",
        [(2,)],
    ),
    Example(
        "a point matches all but the end of a line", "select id from r where regexp_matches(s, '^(a.)$') order by 1", []
    ),
    Example("a pattern ends at the very end", "select id from r where regexp_matches(s, '^(a)$') order by 1", []),
    Example(
        "a month begins on its first day",
        "select cast(date_trunc('month', m) as date) as v, "
        "cast(date_trunc('quarter', d) as date) as w from r where id in (1, 3) order by id",
        [(date(2024, 1, 1), date(2024, 1, 1)), (date(2024, 12, 1), date(2024, 10, 1))],
    ),
    Example(
        "a month after the last of January is the last of February",
        "select cast(d + interval 1 month as date) as v from r where id = 1",
        [(date(2024, 2, 29),)],
    ),
    Example(
        "days are counted from date to date",
        "select date_diff('day', d, cast(m as date)) as v, "
        "date_diff('day', date '2024-02-28', date '2024-03-01') as w from r where id = 3",
        [(0, 2)],
    ),
    Example(
        "a moment keeps its parts of a second",
        "select m from r where id = 3",
        [(datetime(2024, 12, 1, 12, 30, 0, 250000),)],
    ),
    Example(
        "a date of long ago stays what it is",
        "select date '1582-10-10' as v, extract(year from date '0099-12-31') as w",
        [(date(1582, 10, 10), 99)],
    ),
    Example(
        "what comes next in order",
        "select start, lead(start) over (partition by k order by start) as v from s where k = '甲' order by 1",
        [(date(2024, 1, 1), date(2024, 3, 1)), (date(2024, 3, 1), None)],
    ),
    Example(
        "what adds up so far",
        "select start, sum(v) over (partition by k order by start) as w from s where k is not null order by k, start",
        [(date(2024, 2, 1), Decimal("4")), (date(2024, 1, 1), Decimal("1")), (date(2024, 3, 1), Decimal("3.5"))],
    ),
    Example(
        "rows that have a partner",
        "select r.id from r semi join s on s.start = r.d + interval 1 day order by 1",
        [(1,)],
    ),
    Example(
        "rows that have a later partner",
        "select r.id from r semi join s on s.start > r.d order by 1",
        [(1,), (2,)],
        {"clickhouse": NOT_THEIRS},
    ),
    Example(
        "rows that have none",
        "select r.id from r where not exists (select 1 from s where s.start > r.d) order by 1",
        [(3,), (4,), (5,)],
    ),
    Example(
        "rows that nothing is joined to have nothing beside them",
        "select r.id, s.v from r left join s on s.start = r.d order by 1",
        [(1, None), (2, None), (3, None), (4, None), (5, None)],
    ),
    Example(
        "nothing is the same as nothing where that is asked",
        "select count(*) as v from s a join s b on a.k is not distinct from b.k",
        [(6,)],
    ),
    Example(
        "both sides of a full join are kept",
        "select coalesce(a.v, b.v) as v from (select v from s where v < 2) a "
        "full join (select v from s where v > 2) b on a.v = b.v order by 1",
        [(Decimal("1"),), (Decimal("2.5"),), (Decimal("4"),)],
    ),
    Example(
        "equal rows are one in a union", "select k from s union select k from s order by 1", [("乙",), ("甲",), (None,)]
    ),
    Example(
        "different values are counted once",
        "select count(distinct k) as v, count(distinct s.start) as w from s",
        [(2, 3)],
    ),
    Example("the middle of four lies between two", "select quantile_cont(x, 0.5) as v from r", [(1.3875,)]),
    Example(
        "a text that is no number stops the work",
        "select cast(s as double) as v from r where id = 1",
        STOPS,
        {"clickhouse": NOT_OURS},
    ),
    Example(
        "a decimal that grows beyond 38 digits stops the work",
        "select cast(a as decimal(38, 3)) * cast(a as decimal(38, 3)) * a * a as v from r where id = 2",
        STOPS,
        {"postgres": NEVER, "clickhouse": NOT_THEIRS},
    ),
    Example(
        "a number that is too small for a fraction is zero",
        "select x * 1e-200 * 1e-200 as v from r where id = 1",
        [(0.0,)],
        {"postgres": NEVER},
    ),
    Example(
        "a whole number beyond 2^53 becomes a fraction near it",
        "select cast(sum(n * -3) as double) as v from r where id = 2",
        [(-27021597764222976.0,)],
        {"postgres": NEVER, "clickhouse": NEVER},
    ),
    Example(
        "a whole fraction written as a text",
        "select cast(x * 1e20 as varchar) as v from r where id = 2",
        [("-2.5e+20",)],
        {"spark": NOT_OURS, "clickhouse": NOT_OURS},
    ),
)
