"""A large delivery is written while it is checked, and its rows tell their lines by their places: nobody sees it."""

import itertools
import os
import random
import time
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from milepost.basics.errors import MilepostError, YoursToMend
from milepost.check import staging
from milepost.engines import delta
from milepost.engines.embedded import Engine
from milepost.keep import store as keeping
from milepost.keep.columns import kept_types
from milepost.keep.history import difference, history
from milepost.keep.rows import is_bare
from milepost.keep.store import Store
from milepost.show import intake
from milepost.show.intake import take_in
from small_registers import METER, READING, TODAY, records_zone, write_records

REGISTER = "small.reading"


def readings(first, count, **changed):
    for one in range(first, first + count):
        row = READING | {"read_at": f"2026-01-{1 + one // 24:02} {one % 24:02}:00", "index_kwh": f"{one}.5"}
        yield row | {"energy_kwh": f"{one % 7}.25", "pieces": str(one)} | changed


class Zones:
    """The same deliveries into two zones: one keeps every file whole, one keeps what it may bare."""

    def __init__(self, folder, monkeypatch):
        self.folder, self.patch, self.number = folder, monkeypatch, itertools.count()
        self.stores = {}
        for word in ("whole", "bare"):
            (folder / word).mkdir()
            self.zone = records_zone(folder / word)
            self.stores[word] = Store(folder / word / "data")
            self.send("meter", [METER, METER | {"meter_code": "M2", "site_code": "S2"}], only=word)

    def send(self, register, rows, change="add", only=None):
        path = self.write(rows, register)
        taken = []
        for word in [only] if only else list(self.stores):
            with self.patch.context() as patch:
                if word == "bare":
                    patch.setattr(intake, "_LARGE_BYTES", 0)
                    patch.setattr(keeping, "_BARE_BYTES", 0)
                taken.append(
                    take_in(self.zone, self.stores[word], path, f"small.{register}", TODAY, "somebody", change=change)
                )
        return taken

    def write(self, rows, register="reading"):
        path = self.folder / f"{next(self.number)}.csv"
        return write_records(path, self.zone.registers[f"small.{register}"], list(rows))

    def rows(self, word, version=None, known_on=None, of=REGISTER):
        register, store = self.zone.registers[of], self.stores[word]
        with Engine() as engine:
            view = store.view(engine, register, version, known_on)
            columns = ", ".join(kept_types(register))
            return engine.rows(f'select {columns} from "{view}" order by _version, _line')

    def bare_files(self, word="bare"):
        return [file for file in delta.files(self.stores[word].table(REGISTER)) if is_bare(file)]


@pytest.fixture
def zones(tmp_path, monkeypatch):
    return Zones(tmp_path, monkeypatch)


def test_the_kept_rows_are_the_same_whichever_way_they_were_kept(zones):
    zones.send("reading", readings(0, 40))
    zones.send("reading", readings(40, 40, meter_code="M2"))
    zones.send("reading", readings(3, 5, energy_kwh="9"), "correct")
    zones.send("reading", readings(10, 2), "close")
    zones.send("reading", readings(80, 9))
    assert len(zones.bare_files()) == 5
    assert not zones.bare_files("whole")
    for version in range(1, 6):
        assert zones.rows("bare", version) == zones.rows("whole", version)
    assert len(zones.rows("bare")) == 87
    assert {row[0] for row in zones.rows("bare", 1)} == set(range(2, 42))
    register = zones.zone.registers[REGISTER]
    found = []
    for store in zones.stores.values():
        with Engine() as engine:
            key = history(engine, store, register, ["M1", "2026-01-01 04:00"])
            found.append((key, difference(engine, store, register, 1, 4), store.touched(engine, register, 3)))
    assert found[0] == found[1]
    assert [row["_change"] for row in found[0][0]] == ["add", "correct"]


def test_what_was_not_kept_leaves_nothing_behind(zones):
    fault, hold = readings(0, 1, energy_kwh="-1"), readings(1, 1, energy_kwh="2000000")
    for rows in (
        [*readings(2, 9), *fault],
        [*readings(20, 9), *hold],
        [*readings(40, 9), *readings(40, 1, pieces="7")],
    ):
        whole, bare = zones.send("reading", rows)
        assert (bare.accepted, bare.refused, bare.held) == (whole.accepted, whole.refused, whole.held)
        assert bare.rule_counts == whole.rule_counts
    assert not zones.bare_files()
    assert zones.rows("bare") == zones.rows("whole")
    assert not list((zones.folder / "bare" / "data" / "03_kept").glob(".*"))


@pytest.mark.parametrize(
    "wrong",
    [
        {"how": ""}, {"how": "guessed"}, {"read_at": ""}, {"read_at": "2026-01-32 10:00"}, {"pieces": "1.5"},
        {"temperature": "warm"}, {"is_final": "?"}, {"page": "ftp://a"}, {"about": "soon"}, {"meter_code": "M9"},
        {"read_at": "2026-12-05 10:00"}, {"energy_kwh": "-1"}, {"index_kwh": "1,000"}, {"billed_in": "2026-01-02"},
        {"how": "estimated", "is_final": "yes"}, {"energy_kwh": "3e6"},
    ],
    ids=lambda wrong: "-".join(wrong),
)  # fmt: skip
def test_a_fault_behind_the_beginning_is_found(zones, monkeypatch, wrong):
    monkeypatch.setattr(staging, "_BEGINNING", 1)
    whole, bare = zones.send("reading", [*readings(0, 30), *readings(30, 1, **wrong), *readings(31, 5)])
    said = ("accepted", "refused", "warned", "held", "rule_counts", "refusals", "findings")
    assert [getattr(bare, one) for one in said] == [getattr(whole, one) for one in said]
    assert whole.rule_counts
    assert zones.rows("bare") == zones.rows("whole")


@pytest.mark.parametrize("rows", [[{"words": "a"}, {}, {"words": "b"}], [{"amount": "1,5"}, {"amount": "1.5"}]])
def test_rows_of_columns_that_may_all_be_empty_are_kept_alike(zones, monkeypatch, rows):
    monkeypatch.setattr(staging, "_BEGINNING", 1)
    whole, bare = zones.send("note", rows)
    assert (bare.accepted, bare.refused) == (whole.accepted, whole.refused)
    assert zones.rows("bare", of="small.note") == zones.rows("whole", of="small.note") != []


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [("endless.csv", b"x" * 1_100_000, "R010"), ("broken.csv.gz", b"\x1f\x8b\x08\x00broken", "R030")],
)
def test_a_large_file_that_cannot_be_read_stays_as_it_came(zones, monkeypatch, name, content, code):
    monkeypatch.setattr(intake, "_LARGE_BYTES", 0)
    path, store = zones.folder / name, zones.stores["bare"]
    path.write_bytes(content)
    with pytest.raises(YoursToMend, match=code):
        take_in(zones.zone, store, path, REGISTER, TODAY, "somebody")
    assert content in [one.read_bytes() for one in (store.folder / "01_received").iterdir()]


def test_a_large_file_that_may_not_be_read_is_told(zones, monkeypatch):
    monkeypatch.setattr(intake, "_LARGE_BYTES", 0)
    path, opened = zones.write(readings(0, 3)), Path.open

    def refused(self, *asked, **named):
        if self == path:
            raise PermissionError
        return opened(self, *asked, **named)

    monkeypatch.setattr(Path, "open", refused)
    with pytest.raises(YoursToMend, match="R000"):
        take_in(zones.zone, zones.stores["bare"], path, REGISTER, TODAY, "somebody")


def test_what_a_process_that_died_left_behind_is_taken_away_a_day_later(zones):
    data, left = zones.stores["bare"].folder, []
    for name in ("03_kept/.staged-1-ab.parquet", "03_kept/tmp_.staged-1-ab.parquet", "01_received/.a.part"):
        for age, word in ((0, "new"), (25 * 3600, "old")):
            file = (data / name).with_name(f"{Path(name).stem}{word}{Path(name).suffix}")
            file.write_bytes(b"half")
            os.utime(file, (time.time() - age,) * 2)
            left += [file] if age == 0 else []
    before = {file for file in data.rglob("*") if file.is_file()}
    zones.send("reading", readings(0, 3))
    assert before - {file for file in data.rglob("*") if file.is_file()} == {f for f in before if "old" in f.name}
    assert all(file.exists() for file in left)


def test_files_are_gathered_around_a_bare_one(zones, monkeypatch):
    monkeypatch.setattr(keeping, "_GATHERED", 3)
    zones.send("reading", readings(0, 24 * 28))
    (bare,) = zones.bare_files()
    for one in range(6):
        zones.send("reading", readings(24 * one, 3, meter_code="M2"), only="whole")
        path = zones.write(readings(24 * one, 3, meter_code="M2"))
        take_in(zones.zone, zones.stores["bare"], path, REGISTER, TODAY, "somebody")
    files = delta.files(zones.stores["bare"].table(REGISTER))
    assert bare in files
    assert len(files) < 7
    assert {row[:1] + row[5:] for row in zones.rows("bare")} == {row[:1] + row[5:] for row in zones.rows("whole")}


def test_a_delivery_that_comes_second_is_checked_and_written_again(zones, monkeypatch):
    path, commit = zones.write(readings(0, 5)), Store.commit
    other = zones.write(readings(0, 3, meter_code="M2"))
    store = zones.stores["bare"]

    def late(self, *asked):
        monkeypatch.setattr(Store, "commit", commit)
        take_in(zones.zone, store, other, REGISTER, TODAY, "somebody")
        return commit(self, *asked)

    monkeypatch.setattr(intake, "_LARGE_BYTES", 0)
    monkeypatch.setattr(keeping, "_BARE_BYTES", 0)
    monkeypatch.setattr(Store, "commit", late)
    assert take_in(zones.zone, store, path, REGISTER, TODAY, "somebody").accepted == 5
    assert [row[4] for row in zones.rows("bare")] == [1] * 3 + [2] * 5
    assert len(zones.bare_files()) == 2


def test_a_bare_file_lacks_no_column_that_must_be_there(zones):
    zones.send("reading", readings(0, 5))
    register = zones.zone.registers[REGISTER]
    (file,) = zones.bare_files()
    assert [name for name, _ in delta.columns(file)] == ["_version", *register.column_ids]


@pytest.mark.parametrize("word", ["whole", "bare"])
def test_rows_keep_their_lines_where_many_threads_read_a_file(zones, word):
    rng, keys = random.Random(7), list(range(400_000))
    rng.shuffle(keys)
    stamps = (datetime(2026, 1, 1) + timedelta(seconds=key) for key in keys)
    rows = [
        {"meter_code": f"M{1 + key % 2}", "read_at": str(stamp), "how": "read", "is_final": "yes", "pieces": str(key)}
        for key, stamp in zip(keys, stamps, strict=True)
    ]
    (taken,) = zones.send("reading", rows, only=word)
    assert taken.accepted == len(keys)
    assert bool(zones.bare_files(word)) == (word == "bare")
    place = list(kept_types(zones.zone.registers[REGISTER])).index("pieces")
    assert [(row[0], row[place]) for row in zones.rows(word)] == list(enumerate(keys, start=2))


def test_a_query_that_may_mix_its_rows_is_not_taken_for_one_in_order(tmp_path):
    with Engine() as engine:
        engine.make("ones", "select 1 as n")
        for query in (
            "select distinct n from ones",
            "select a.n from ones a join ones b on a.n = b.n",
            "select n from ones union all select n from ones",
        ):
            with pytest.raises(MilepostError, match="order of rows"):
                engine.make_in_order("copy", query)
            with pytest.raises(MilepostError, match="order of rows"):
                engine.write_in_order(query, tmp_path / "x.parquet")
    assert not list(tmp_path.iterdir())
