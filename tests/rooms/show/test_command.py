"""The command line: exit codes, troubles and documents, with rooms of the test's own."""

import json
import os
import subprocess
import sys
from collections import Counter
from datetime import date, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from milepost.basics.errors import Place, Trouble, TryAgain, YoursToMend
from milepost.check.verdict import Refusal, Verdict
from milepost.keep.version import Version
from milepost.receive.batch import Batch, Receipt
from milepost.show.command import main
from milepost.show.intake import Intake
from milepost.show.rooms import Rooms

SECRET = "Li Wei owes 31,415"
BAD_UNIT = Trouble("D011", "untis is not a name an indicator has", "did you mean unit", Place("plan.yaml", 4, 7))
NO_AREA = Trouble("D012", "the zone lacks main_area", "Add main_area", Place("zone.yaml", 1))
FOLDER = Path("zones/hamlet")


PROGRAM_HEAD = (
    "import sys; from types import SimpleNamespace; from milepost.show import command, rooms\n"
    "def empty(*_): return SimpleNamespace(troubles=())\n"
)


def raising(error: BaseException):
    def never(*_, **__):
        raise error

    return never


def intake(refusals=(), warnings=(), accepted=3, was_known=False):
    moment = datetime(2025, 1, 2, 3, 4)
    receipt = Receipt("figures.csv", "ab" * 32, moment, "tester", "CSV, UTF-8")
    batch = Batch("published_figures", "rows", accepted + len(refusals), ("value",), receipt)
    counts = Counter(rule for refusal in (*refusals, *warnings) for rule in refusal.rules)
    verdict = Verdict(
        batch, "accepted", accepted, tuple(refusals), tuple(warnings),
        refused_count=len(refusals), warned_count=len(warnings), rule_counts=dict(counts),
    )  # fmt: skip
    version = Version("published_figures", 2, 1, 703, accepted, "cd" * 32, moment, receipt)
    place = Path("data/02_refused/published_figures/abab.csv") if refusals else None
    return Intake(
        "figures.csv", "published_figures", "ab" * 32, was_known, accepted, len(refusals), len(warnings), 0,
        version, None if was_known else verdict, place,
    )  # fmt: skip


def empty_walk(*_) -> SimpleNamespace:
    return SimpleNamespace(troubles=())


def rooms(**given) -> Rooms:
    zone = SimpleNamespace(folder=FOLDER)
    return Rooms(**{"open_zone": lambda _: zone, "check_zone": lambda _: (), **given})


def run(capsys, *arguments, **given) -> tuple[int, str, str]:
    code = main(list(arguments), rooms(**given))
    said = capsys.readouterr()
    return code, said.out, said.err


def test_a_walk_prints_exactly_one_document(capsys):
    asked = []

    def walk(zone, known_on, progress):
        asked.append((zone.folder, known_on, progress))
        return SimpleNamespace(troubles=(NO_AREA,), name="a walk")

    code, out, err = run(
        capsys, "walk", "zones/hamlet", "--known-on", "2023-11-22", "--json",
        walk=walk, plan_document=lambda walked: {"of": walked.name, "名": "亦庄"},
    )  # fmt: skip
    assert (code, err) == (0, f"{NO_AREA}\n"), "what went wrong with a file is told beside the document"
    assert json.loads(out) == {"of": "a walk", "名": "亦庄"}
    assert "亦庄" in out, "Chinese stays readable in a document"
    assert asked == [(FOLDER, date(2023, 11, 22), None)], "nobody watches, so no bar is drawn"


def test_a_document_holds_no_number_that_json_does_not_know(capsys):
    code, out, _ = run(
        capsys,
        "walk",
        "z",
        "--json",
        walk=lambda *_: SimpleNamespace(troubles=()),
        plan_document=lambda _: {"chance": float("nan")},
    )
    assert code == 70
    assert list(json.loads(out)) == ["troubles"]


def test_every_trouble_has_its_own_line(capsys):
    code, out, err = run(capsys, "walk", "z", open_zone=raising(YoursToMend([NO_AREA, BAD_UNIT])))
    assert (code, out) == (1, "")
    assert err.splitlines() == [
        "plan.yaml:4:7: D011: untis is not a name an indicator has. Did you mean unit.",
        "zone.yaml:1: D012: the zone lacks main_area. Add main_area.",
    ]


def test_troubles_are_one_document_when_a_document_was_asked(capsys):
    code, out, err = run(capsys, "walk", "z", "--json", open_zone=raising(YoursToMend(NO_AREA)))
    assert code == 1
    assert json.loads(out) == {
        "troubles": [
            {"code": "D012", "what": "the zone lacks main_area", "mend": "Add main_area", "file": "zone.yaml",
             "line": 1, "column": None}
        ]
    }  # fmt: skip
    assert "D012" in err


def test_a_passing_trouble_asks_to_try_again(capsys):
    code, _, err = run(capsys, "walk", "z", walk=raising(TryAgain(Trouble("K001", "it is busy", "Try again"))))
    assert code == 75
    assert err == "K001: it is busy. Try again.\n"


@pytest.mark.parametrize(
    ("error", "code", "shown"),
    [
        (FileNotFoundError(2, "No such file or directory", "zones/none"), 1, "zones/none: C001"),
        (PermissionError(13, "Permission denied", "data"), 1, "data: C001"),
        (OSError(28, "No space left on device"), 75, "C002"),
    ],
)
def test_what_the_system_refuses_is_told_calmly(capsys, error, code, shown):
    given, _, err = run(capsys, "walk", "z", walk=raising(error))
    assert given == code
    assert err.startswith(shown)
    assert len(err.splitlines()) == 1


def test_a_fault_tells_its_place_and_never_a_value(capsys):
    code, out, err = run(capsys, "walk", "z", walk=raising(ValueError(SECRET)))
    assert (code, out) == (70, "")
    assert "C900" in err
    assert "ValueError" in err
    assert "Traceback" not in err
    assert SECRET not in err


def test_a_traceback_is_shown_on_demand_only(capsys, monkeypatch):
    monkeypatch.setenv("MILEPOST_DEBUG", "1")
    code, _, err = run(capsys, "walk", "z", walk=raising(ValueError("x")))
    assert code == 70
    assert "Traceback" in err


def test_an_interruption_is_quiet(capsys):
    assert run(capsys, "walk", "z", walk=raising(KeyboardInterrupt())) == (130, "", "")


def test_a_well_formed_zone_says_what_it_holds(capsys):
    plan = SimpleNamespace(goals=(1, 2, 3), actions=(1,), items=lambda: iter("ab"), targets=lambda: iter("abcd"))
    zone = SimpleNamespace(folder=FOLDER, plan=plan, indicators={"x": 1}, areas={"a": 1, "b": 2})
    code, out, _ = run(capsys, "check-zone", "zones/hamlet", open_zone=lambda _: zone)
    assert code == 0
    assert out == (
        "zones/hamlet is well formed: goals 3, actions 1, items 2, targets 4, indicators 1, areas 2\n"
    )  # fmt: skip


def test_an_ill_formed_zone_tells_every_trouble(capsys):
    code, out, _ = run(capsys, "check-zone", "z", check_zone=lambda _: (BAD_UNIT, NO_AREA))
    assert code == 1
    assert [line.split(": ")[1] for line in out.splitlines()] == ["D011", "D012"]
    code, out, _ = run(capsys, "check-zone", "z", "--json", check_zone=lambda _: (BAD_UNIT, NO_AREA))
    assert code == 1
    document = json.loads(out)
    assert document["is_well_formed"] is False
    assert [trouble["line"] for trouble in document["troubles"]] == [4, 1]


UNKNOWN_UNIT, UNKNOWN_AREA = "the unit is not known", "the area is not declared"
REFUSALS = (
    Refusal(12, ("V004", "V002"), ("Use a known unit", "Declare the area"), (UNKNOWN_UNIT, UNKNOWN_AREA)),
    Refusal(40, ("V004",), ("Use a known unit",), (UNKNOWN_UNIT,)),
)


def test_a_verdict_names_rules_lines_and_where_rows_wait(capsys):
    warning = Refusal(7, ("V020",), ("Add the date",), ("no date of publication is given",))
    code, out, err = run(
        capsys, "receive", "z", "published_figures", "figures.csv",
        take_in=lambda *_: intake(REFUSALS, (warning,)),
    )  # fmt: skip
    assert (code, err) == (1, "")
    assert out.splitlines() == [
        "figures.csv for published_figures: CSV, UTF-8",
        "  accepted 3, kept as version 2 (703 rows in all)",
        "  refused 2, waiting with every reason in data/02_refused/published_figures/abab.csv",
        "    V004: the unit is not known: lines 12, 40. Use a known unit.",
        "    V002: the area is not declared: line 12. Declare the area.",
        "  accepted with a warning 1",
        "    V020: no date of publication is given: line 7. Add the date.",
    ]


def test_each_mend_has_its_own_line(capsys):
    mends = ("Declare it; did you mean BDA", "Declare it; did you mean BEIJING")
    wrong = tuple(Refusal(line, ("C011",), (mend,), (UNKNOWN_AREA,)) for line, mend in enumerate(mends, start=2))
    _, out, _ = run(capsys, "receive", "z", "r", "f.csv", take_in=lambda *_: intake(wrong))
    assert out.splitlines()[3:] == [
        "    C011: the area is not declared: line 2. Declare it; did you mean BDA.",
        "    C011: the area is not declared: line 3. Declare it; did you mean BEIJING.",
    ]


def test_a_file_that_is_known_is_not_done_again(capsys):
    code, out, _ = run(capsys, "receive", "z", "r", "f.csv", take_in=lambda *_: intake(was_known=True))
    assert code == 0
    assert "known already" in out


def test_a_file_without_refusals_is_done(capsys):
    code, out, _ = run(capsys, "receive", "z", "r", "f.csv", "--json", take_in=lambda *_: intake())
    assert code == 0
    (file,) = json.loads(out)["files"]
    assert (file["accepted_count"], file["refused_count"], file["waiting_in"], file["version"]) == (3, 0, None, 2)


def test_a_file_that_cannot_be_read_does_not_keep_the_others_out(capsys):
    def take_in(zone, register, file, sending, progress):
        if file.name == "bad.csv":
            raise YoursToMend(Trouble("R001", "the file is empty", "Send one with rows", Place("bad.csv")))
        return intake()

    code, out, err = run(capsys, "receive", "z", "r", "bad.csv", "good.csv", take_in=take_in)
    assert code == 1
    assert "  accepted 3, kept" in out
    assert err == "bad.csv: R001: the file is empty. Send one with rows.\n"
    code, out, _ = run(capsys, "receive", "z", "r", "bad.csv", "good.csv", "--json", take_in=take_in)
    document = json.loads(out)
    assert code == 1
    assert [trouble["code"] for trouble in document["troubles"]] == ["R001"]
    assert len(document["files"]) == 1


def test_a_site_is_served_where_it_was_asked(capsys):
    served = []
    code, _, _ = run(
        capsys, "serve", "zones/hamlet", "--port", "8123", serve=lambda *given: served.append(given)
    )  # fmt: skip
    assert code == 0
    assert served == [(SimpleNamespace(folder=FOLDER), 8123)]


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["wlk", "z"], "did you mean walk?"),
        (["walk", "z", "--known-on", "22.11.2023"], "a day is written as 2023-11-22"),
        (["walk", "z", "--language", "fr"], "it may be: en, zh"),
        (["serve", "z", "--port", "99999"], "up to 65535"),
        (["walk"], "ZONE"),
        ([], "VERB"),
    ],
)
def test_what_is_not_written_as_it_is_read_gets_a_hint(capsys, arguments, hint):
    with pytest.raises(SystemExit) as stopped:
        main(arguments, rooms())
    assert stopped.value.code == 2
    said = capsys.readouterr().err
    assert hint in said
    assert len(said.splitlines()) == 2


def test_a_verb_that_is_not_built_does_not_exist(capsys):
    for verb in ("report",):
        with pytest.raises(SystemExit) as stopped:
            main([verb, "z"], rooms())
        assert stopped.value.code == 2
    assert "is not known here" in capsys.readouterr().err


def test_help_loads_no_heavy_library():
    program = (
        "import sys; from milepost.show.command import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'django', 'duckdb', 'deltalake', 'numpy', 'pint', 'rich', 'pyarrow', 'openpyxl'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"
    assert "check-zone" in done.stdout


def test_a_closed_pipe_is_quiet():
    program = (
        PROGRAM_HEAD + "many = {'lines': ['x' * 80] * 20000}\n"
        "given = rooms.Rooms(open_zone=lambda _: None, walk=empty, plan_document=lambda _: many)\n"
        "sys.exit(command.main(['walk', 'z', '--json'], given))"
    )
    reading, writing = os.pipe()
    process = subprocess.Popen([sys.executable, "-c", program], stdout=writing, stderr=subprocess.PIPE)
    os.close(writing)
    os.read(reading, 10)
    os.close(reading)
    _, said = process.communicate(timeout=60)
    assert (process.returncode, said) == (141, b"")


def test_a_document_survives_an_output_that_knows_no_chinese():
    program = (
        PROGRAM_HEAD
        + "given = rooms.Rooms(open_zone=lambda _: None, walk=empty, plan_document=lambda _: {'a': '亦庄'})\n"
        "sys.exit(command.main(['walk', 'z', '--json'], given))"
    )
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, env=environment, check=False)
    assert done.returncode == 0
    assert json.loads(done.stdout) == {"a": "亦庄"}


def test_an_event_log_is_told_with_the_roles_that_were_found(tmp_path, capsys):
    log = tmp_path / "log.csv"
    log.write_text(
        "case:concept:name,concept:name,time:timestamp\n"
        "1,apply,2024-01-01T09:00:00Z\n1,decide,2024-01-11T09:00:00Z\n2,apply,2024-01-02T09:00:00Z\n",
        encoding="utf-8",
    )
    assert main(["event-log", str(log)]) == 0
    told = capsys.readouterr().out
    assert "3 events of 2 cases" in told
    assert "case is read from case:concept:name" in told
    assert main(["event-log", str(log), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["cases"] == 2


@pytest.mark.parametrize(
    ("flags", "expected"),
    [((), ("add", None)), (("--correct",), ("correct", None)), (("--close", "--sheet", "2024"), ("close", "2024"))],
)
def test_how_a_file_is_sent_is_handed_on(capsys, flags, expected):
    seen = []

    def take_in(zone, register, file, sending, progress):
        seen.append((sending.change, sending.sheet))
        return intake()

    run(capsys, "receive", "z", "r", "f.csv", *flags, take_in=take_in)
    assert seen == [expected]


def test_ctrl_c_says_that_the_store_is_whole(capsys):
    code, out, err = run(capsys, "receive", "z", "r", "f.csv", take_in=raising(KeyboardInterrupt()))
    assert (code, out) == (130, "")
    assert "all rows are kept or none" in err
    assert "same command again" in err


def watching(*files):
    """A watched folder in which these files arrive, one after another, until somebody ends it."""

    def arrivals(folder, again):
        for file in files:
            yield folder / file
        yield from sorted(again)
        raise KeyboardInterrupt

    return arrivals


def test_each_file_that_arrives_in_a_watched_folder_is_taken_in(capsys):
    code, out, err = run(
        capsys, "receive", "z", "r", "inbox", "--watch", "--json",
        arrivals=watching("a.csv", "b.csv"), take_in=lambda *_: intake(),
    )  # fmt: skip
    assert code == 130
    assert [len(json.loads(line)["files"]) for line in out.splitlines()] == [1, 1]
    assert err.startswith("watching inbox; Ctrl-C ends it")


def test_what_could_not_be_taken_just_now_is_tried_again(capsys):
    tried = []

    def take_in(zone, register, file, sending, progress):
        tried.append(file.name)
        if len(tried) == 1:
            raise TryAgain(Trouble("K001", "the store cannot be written", "Try again"))
        return intake()

    _, out, err = run(
        capsys, "receive", "z", "r", "inbox", "--watch", arrivals=watching("a.csv", "b.csv"), take_in=take_in
    )
    assert tried == ["a.csv", "b.csv", "a.csv"]
    assert out.count("accepted 3") == 2
    assert "K001" in err


def test_a_bad_file_does_not_end_the_watch(capsys):
    def take_in(zone, register, file, sending, progress):
        if file.name == "bad.csv":
            raise YoursToMend(Trouble("R001", "the file is empty", "Send one with rows", Place("bad.csv")))
        return intake()

    _, out, err = run(
        capsys, "receive", "z", "r", "inbox", "--watch", arrivals=watching("bad.csv", "good.csv"), take_in=take_in
    )
    assert "accepted 3" in out
    assert "bad.csv: R001" in err


def test_one_folder_is_watched_at_a_time(capsys):
    code, _, err = run(capsys, "receive", "z", "r", "a", "b", "--watch")
    assert code == 1
    assert "one folder is watched at a time" in err
