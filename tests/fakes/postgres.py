"""A private PostgreSQL server from the machine's own programs, on a socket in a temporary folder."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_NOBODY = "65534"


def why_not() -> str:
    """Why no private server can be started here; empty where it can."""
    try:
        import psycopg  # noqa: F401
    except ImportError:
        return "psycopg is not installed"
    if _programs() is None:
        return "PostgreSQL is not installed"
    if os.geteuid() == 0 and shutil.which("setpriv") is None:
        return "PostgreSQL does not run as root, and setpriv is not installed"
    return ""


def _programs() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


@contextmanager
def private_postgres() -> Iterator[str]:
    """A server's URL; it is stopped and its folder removed afterwards."""
    programs = _programs()
    assert programs is not None
    folder = Path(tempfile.mkdtemp(prefix="milepost-pg-"))
    run_as: list[str] = []
    if os.geteuid() == 0:
        os.chown(folder, int(_NOBODY), int(_NOBODY))
        run_as = ["setpriv", "--reuid", _NOBODY, "--regid", _NOBODY, "--clear-groups"]
    data = folder / "data"

    def run(*words: str | Path) -> None:
        subprocess.run([*run_as, *words], stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT, cwd="/", check=True)

    run(programs / "initdb", "-D", data, "-U", "milepost", "-A", "trust", "-E", "UTF8")
    control = (programs / "pg_ctl", "-D", data, "-w")
    try:
        run(*control, "-l", folder / "log", "-o", f"-k {folder} -c listen_addresses=''", "start")
        yield f"postgresql://milepost@/postgres?host={folder}"
    finally:
        run(*control, "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def fresh_database(server: str, name: str) -> Iterator[str]:
    """The URL of an empty database on a server; it is dropped afterwards."""
    import psycopg

    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    try:
        yield server.replace("/postgres?", f"/{name}?")
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
