"""A ledger's database for each test: SQLite always, PostgreSQL where it is installed."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from fakes.postgres import fresh_database, private_postgres, why_not

_number = itertools.count()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A private server, or a skip with the reason."""
    if reason := why_not():
        pytest.skip(reason)
    with private_postgres() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def ledger_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty ledger."""
    if request.param == "sqlite":
        yield str(tmp_path / "ledger.sqlite")
        return
    with fresh_database(request.getfixturevalue("postgres_server"), f"ledger_{next(_number)}") as url:
        yield url
