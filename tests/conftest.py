"""What every test may ask for: places, and what this machine has. A missing thing skips with its reason."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(scope="session")
def repository() -> Path:
    """The folder of the project."""
    return REPOSITORY


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of shared facts and data beside the project; MILEPOST_SHARED names another one."""
    folder = Path(os.environ.get("MILEPOST_SHARED") or REPOSITORY.parent / "shared")
    if not folder.is_dir():
        pytest.skip(f"no folder of shared facts at {folder.name}/ beside the project (MILEPOST_SHARED names it)")
    return folder


@pytest.fixture(scope="session")
def chromium() -> str:
    """The installed Chromium; tests that ask for it carry the marker `browser`."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        pytest.skip("chromium is not installed (make test installs it where it may)")
    driver = pytest.importorskip("playwright._impl._driver", reason="Playwright is not installed")
    try:
        subprocess.run([driver.compute_driver_executable()[0], "--version"], capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("Playwright's driver cannot run here (Debian: libatomic1; make test installs it where it may)")
    return found


_WHOLE = (
    "benchmarks", "golden/records", "journeys", "rooms/check/samples", "rooms/check/test_standing_rows.py",
    "rooms/domains", "rooms/forecast/test_laws_of_evidence.py", "rooms/keep/test_ledger_is_killed.py",
    "rooms/show/exchange", "rooms/show/hall", "rooms/show/test_computed.py", "rooms/show/test_held_figures.py",
    "rooms/show/test_intake.py", "rooms/show/test_keeping_verbs.py", "rooms/show/test_large_deliveries.py",
)  # fmt: skip
"""Tests that go through many rooms at once: they are not part of the quick gate."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark as slow what goes through many rooms."""
    for item in items:
        if any(item.path.is_relative_to(REPOSITORY / "tests" / place) for place in _WHOLE):
            item.add_marker(pytest.mark.slow)
