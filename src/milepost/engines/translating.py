"""What engines have in common that do not speak the house's SQL: a query is translated by the types of its tables.

Each knows its tables by name in small letters, with their columns as the house's SQL names the types. Nothing is run
here.
"""

from __future__ import annotations

from typing import Self

from milepost.engines.dialect import Mends, tables_of, translated


class Translating:
    """An engine that is spoken to in the dialect `dialect` of sqlglot's, with the mends of its own page of words."""

    dialect: str
    mends: Mends
    _tables: dict[str, dict[str, str]]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of every table."""
        raise NotImplementedError

    def columns(self, name: str) -> dict[str, str]:
        """Give the columns of a table or view with their types, as the house's SQL names those."""
        return dict(self._tables[name.lower()])

    def _translated(self, query: str) -> str:
        known = {name: self._tables[name] for name in tables_of(query) if name in self._tables}
        return translated(query, self.dialect, self.mends, known)
