"""The forecast benchmark: test values reach nothing that is said, odd files are handled, and scores are right."""

import csv
import json
import re
import subprocess
import sys
from collections.abc import Iterable
from math import sqrt
from pathlib import Path

import numpy as np
import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / "benchmarks"))

from forecasting.made_targets import DRAWS, make_targets  # noqa: E402
from forecasting.scoring import BASE, OURS, SIGNED_BASE  # noqa: E402
from forecasting.series_file import read_tests, read_training, season_length  # noqa: E402

Rows = list[tuple[str, str, str, object, object]]


def made(count: int = 12, n: int = 40, h: int = 6, seed: int = 1, shift: float = 0.0) -> Rows:
    """Yearly and quarterly random walks; `shift` moves the test values only."""
    random = np.random.default_rng(seed)
    rows: Rows = []
    for i in range(count):
        y = 100 + np.cumsum(random.normal(0.5, 2, n + h))
        y[n:] += shift
        period = "YEARLY" if i % 2 else "QUARTERLY"
        rows += [(f"S{i}", period, "train" if t < n else "test", t + 1, float(v)) for t, v in enumerate(y)]
    return rows


def written(path: Path, rows: Iterable[tuple[object, ...]], header: str = "series,period,part,t,value") -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header.split(","))
        writer.writerows(rows)
    return path


def run(path: Path, *more: str) -> tuple[str, dict[str, object]]:
    command = [sys.executable, str(REPOSITORY / "benchmarks/forecast.py"), str(path), "--processes", "1", *more]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout, json.loads(done.stdout.splitlines()[-1])


@pytest.mark.slow
def test_changing_test_values_changes_no_chance(tmp_path):
    hashes, briers = [], []
    for name, shift in (("a", 0.0), ("b", 50.0)):
        path = written(tmp_path / f"{name}.csv", made(shift=shift))
        said, result = run(path, "--out", str(tmp_path / name))
        hashes.append(re.search(r"sha256 ([0-9a-f]{64})", said)[1])
        briers.append(result["chances"]["ALL"]["k in (-1, 1)"]["brier"][OURS])
        assert said.index("sha256") < said.index("sMAPE"), "the hash is printed before any score"
    assert hashes[0] == hashes[1]
    assert briers[0] != briers[1], "the scores do depend on the test values"
    assert (tmp_path / "a/chances.csv").read_bytes() == (tmp_path / "b/chances.csv").read_bytes()


@pytest.mark.slow
def test_changing_a_training_value_does_change_the_chances(tmp_path):
    rows = made()
    _, before = run(written(tmp_path / "a.csv", rows))
    rows[0] = (*rows[0][:4], 500.0)
    _, after = run(written(tmp_path / "b.csv", rows))
    assert before["chances_sha256"] != after["chances_sha256"]


@pytest.mark.slow
def test_the_order_of_the_rows_changes_nothing(tmp_path):
    rows = made()
    shuffled = sorted(rows, key=lambda row: (row[0], hash(str(row[3])) % 97))
    _, one = run(written(tmp_path / "a.csv", rows))
    _, other = run(written(tmp_path / "b.csv", shuffled))
    assert one["chances_sha256"] == other["chances_sha256"]
    assert one["methods"]["ALL"][OURS]["smape"] == pytest.approx(other["methods"]["ALL"][OURS]["smape"])


def test_the_written_chances_give_the_printed_brier(tmp_path):
    rows = made()
    _, result = run(written(tmp_path / "a.csv", rows), "--out", str(tmp_path))
    true = {(s, t - 40): v for s, _, part, t, v in rows if part == "test"}
    squares, events = [], []
    with (tmp_path / "chances.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["law"] == "k in (-1, 1)":
                event = true[row["series"], int(row["h"])] >= float(row["threshold"])
                squares.append((float(row[OURS]) - event) ** 2)
                events.append(event)
    table = result["chances"]["ALL"]["k in (-1, 1)"]
    assert len(squares) == 12 * DRAWS == table["targets"]
    assert table["brier"][OURS] == pytest.approx(np.mean(squares), abs=1e-5)
    assert table["brier"][BASE] == pytest.approx(np.mean(events) * (1 - np.mean(events)), abs=1e-5)
    assert table["brier"][SIGNED_BASE] <= table["brier"][BASE] + 1e-9


def test_odd_files_are_handled_and_told(tmp_path):
    rows: Rows = [
        *[("constant", "WEEKLY", "train", t, 5) for t in range(1, 9)],
        *[("constant", "WEEKLY", "test", t, 5) for t in range(9, 11)],
        *[("zeros", "DAILY", "train", t, 0) for t in range(1, 31)],
        *[("zeros", "DAILY", "test", t, 0) for t in range(31, 34)],
        *[("one value", "HOURLY", "train", 1, 3.5), ("one value", "HOURLY", "test", 2, 4)],
        *[("negative", "FORTNIGHTLY", "train", t, -t * 3.0) for t in range(1, 20)],
        *[("negative", "FORTNIGHTLY", "test", 20, -60), ("negative", "FORTNIGHTLY", "test", 21, "")],
        *[("gap", "MONTHLY", "train", t, t % 12) for t in range(1, 60) if t not in (20, 21)],
        *[("gap", "MONTHLY", "test", t, t % 12) for t in range(60, 66)],
        *[("dates", "QUARTERLY", "train", f"20{10 + q // 4}-{q % 4 * 3 + 1:02}-01", 9 + q) for q in range(20)][::-1],
        *[("dates", "QUARTERLY", "test", f"20{15 + q // 4}-{q % 4 * 3 + 1:02}-01", 29 + q) for q in range(4)],
        *[("no t", "YEARLY", "train", "", v) for v in (3, 5, 4, 6, 7, 8)],
        *[("no t", "YEARLY", "test", "", v) for v in (9, 9)],
        ("untested", "YEARLY", "train", 1, 1),
        ("blank", "YEARLY", "train", 1, "n/a"),
        ("blank", "YEARLY", "test", 2, 1),
        ("other part", "YEARLY", "validate", 2, 1),
    ]
    said, result = run(written(tmp_path / "odd.csv", rows))
    assert result["series"] == 7
    for told in (
        "1 series without test rows", "2 series without a single training value", "neither train nor test",
        "2 training values missing", "t is missing", "not in the order of t", "season is not known",
    ):  # fmt: skip
        assert told in said, told
    assert result["methods"]["QUARTERLY"][OURS]["smape"] < 5, "a straight line given backwards is still a straight line"


def test_a_file_that_is_none_is_refused_in_words(tmp_path):
    command = [sys.executable, str(REPOSITORY / "benchmarks/forecast.py")]
    wrong = written(tmp_path / "wrong.csv", [("a", 1)], header="serie,value")
    for path, words in ((wrong, "did you mean serie?"), (tmp_path / "absent.csv", "absent.csv")):
        done = subprocess.run([*command, str(path)], capture_output=True, text=True, timeout=60)
        assert done.returncode == 2
        assert words in done.stderr
        assert "Traceback" not in done.stderr


def test_the_first_pass_does_not_read_test_values(tmp_path):
    plain = written(tmp_path / "a.csv", made())
    spoiled = written(tmp_path / "b.csv", [(*row[:4], "secret" if row[2] == "test" else row[4]) for row in made()])
    for one, other in zip(read_training(plain)[0], read_training(spoiled)[0], strict=True):
        assert one.key == other.key
        np.testing.assert_array_equal(one.y, other.y)
        assert one.steps == other.steps
    assert np.isnan(np.concatenate(list(read_tests(spoiled, read_training(spoiled)[0]).values()))).all()


def test_made_targets_follow_the_published_law():
    y = np.array([10.0, 12.0, 11.0, 15.0])
    targets = list(make_targets("N0001", y, 6))
    assert len(targets) == 2 * DRAWS
    for target in targets:
        low, high = (-1, 1) if target.law == "k in (-1, 1)" else (0, 1)
        assert low <= target.k <= high
        assert 1 <= target.step <= 6
        assert target.threshold == pytest.approx(15 + target.k * np.diff(y).std(ddof=1) * sqrt(target.step))
    assert targets == list(make_targets("N0001", y, 6))
    assert targets != list(make_targets("N0002", y, 6))
    many = [target for i in range(200) for target in make_targets(f"X{i}", y, 6)]
    assert np.mean([target.k for target in many if target.law == "k in (-1, 1)"]) == pytest.approx(0, abs=0.03)
    assert np.mean([target.step for target in many]) == pytest.approx(3.5, abs=0.1)


def test_names_of_frequencies_are_read_in_any_writing():
    assert [season_length(name) for name in ("Monthly", "QUARTERLY", "half-hourly", "52", "lunar", "M")] == [
        12, 4, 48, 52, None, 12,
    ]  # fmt: skip
