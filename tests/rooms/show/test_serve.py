"""Serving: on this machine alone, and calm when the port is taken."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from milepost.basics.errors import TryAgain
from milepost.show.web.serve import serve

TESTS = Path(__file__).resolve().parents[2]

PROGRAM = """
from fakes.etown import TODAY, source_row, walk_on
from milepost.show.web.serve import serve
from milepost.show.web.site import make_app
serve(make_app(walk_on, source_row, today=lambda: TODAY), 0, lambda address: print(address, flush=True))
"""


def test_a_taken_port_is_told_before_anything_starts() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(TryAgain) as found:
        serve(None, taken.getsockname()[1])
    assert [trouble.code for trouble in found.value.troubles] == ["S104"]


def test_it_serves_on_this_machine_until_it_is_interrupted() -> None:
    path = os.pathsep.join([str(TESTS), str(TESTS.parent / "src")])
    running = subprocess.Popen(
        [sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": path}
    )
    try:
        assert running.stdout is not None
        address = running.stdout.readline().strip()
        assert address.startswith("http://127.0.0.1:")
        with urllib.request.urlopen(f"{address}en/", timeout=30) as answer:
            assert "22 tasks were announced" in answer.read().decode()
    finally:
        running.send_signal(signal.SIGINT)
        assert running.wait(30) == 0
        if running.stdout:
            running.stdout.close()
