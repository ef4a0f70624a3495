"""A Spark cluster of one master and two workers on the loopback, from what pip has installed; ended by process ids."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

_HOST, _PATIENCE_S = "127.0.0.1", 60
_PACKAGE = "org.apache.spark.deploy"


def why_not() -> str:
    """Say what is missing for a cluster; empty where it can be started."""
    if importlib.util.find_spec("pyspark") is None:
        return "pyspark is not installed (scripts/prepare-venv --dev)"
    if shutil.which("java") is None and not os.environ.get("JAVA_HOME"):
        return "Java is not installed (Debian: openjdk-17-jre-headless; make test installs it where it may)"
    return ""


@contextlib.contextmanager
def private_cluster(folder: Path, workers: int = 2, memory: str = "1g") -> Iterator[str]:
    """Start a master and workers of one core each, wait until all are there, and give the address; end them after."""
    port, page = _free_port(), _free_port()
    running: list[subprocess.Popen[bytes]] = []
    try:
        running.append(_start(folder, "master.Master", "--port", str(port), "--webui-port", str(page)))
        _wait(running, lambda: _workers(page) == 0, "the master")
        for number in range(workers):
            told = (
                "--cores",
                "1",
                "--memory",
                memory,
                "--webui-port",
                "0",
                "--work-dir",
                str(folder / f"work{number}"),
            )
            running.append(_start(folder, "worker.Worker", *told, f"spark://{_HOST}:{port}"))
        _wait(running, lambda: _workers(page) == workers, "the workers")
        yield f"spark://{_HOST}:{port}"
    finally:
        for one in reversed(running):
            _end(one)


@contextlib.contextmanager
def given_or_private(folder: Path, given: str | None) -> Iterator[str]:
    """Give the address of a cluster: the one that is given, or that of a private one; ends where none can be."""
    if given:
        yield given
        return
    if reason := why_not():
        raise SystemExit(reason)
    with private_cluster(folder) as url:
        yield url


def _start(folder: Path, name: str, *told: str) -> subprocess.Popen[bytes]:
    home = Path(importlib.util.find_spec("pyspark").origin).parent  # type: ignore[union-attr,arg-type]
    variables = {**os.environ, "SPARK_HOME": str(home), "SPARK_LOCAL_IP": _HOST, "SPARK_DAEMON_MEMORY": "256m",
                 "SPARK_LOCAL_DIRS": str(folder / "local"), "SPARK_NO_DAEMONIZE": "1"}  # fmt: skip
    command = [str(home / "bin" / "spark-class"), f"{_PACKAGE}.{name}", "--host", _HOST, *told]
    with (folder / f"{name}.log").open("ab") as log:
        return subprocess.Popen(command, env=variables, stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                                start_new_session=True)  # fmt: skip


def _end(one: subprocess.Popen[bytes]) -> None:
    """End a process and the executors it has started: each has a session of its own."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(one.pid, signal.SIGTERM)
    try:
        one.wait(20)
    except subprocess.TimeoutExpired:
        os.killpg(one.pid, signal.SIGKILL)
        one.wait(20)


def _wait(running: list[subprocess.Popen[bytes]], is_there: object, what: str) -> None:
    end = time.monotonic() + _PATIENCE_S
    while time.monotonic() < end:
        if any(one.poll() is not None for one in running):
            raise RuntimeError(f"{what} ended at once")
        with contextlib.suppress(OSError, ValueError):
            if is_there():  # type: ignore[operator]
                return
        time.sleep(0.2)
    raise RuntimeError(f"{what} did not come within {_PATIENCE_S} s")


def _workers(page: int) -> int:
    with urllib.request.urlopen(f"http://{_HOST}:{page}/json/", timeout=5) as answer:
        return int(json.load(answer)["aliveworkers"])


def _free_port() -> int:
    with socket.socket() as one:
        one.bind((_HOST, 0))
        return int(one.getsockname()[1])
