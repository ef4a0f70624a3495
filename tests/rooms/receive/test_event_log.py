"""Event logs in several dresses read alike; what a column was taken for is told; dangers are refused."""

from __future__ import annotations

import gzip
import random
from datetime import datetime, timedelta, timezone

import pytest

from milepost.basics.errors import YoursToMend
from milepost.receive.event_log import read_event_log
from milepost.receive.moments import read_moments

BEIJING = timezone(timedelta(hours=8))
WAYS = [("register", "check", "decide", "send")] * 6 + [("register", "check", "ask", "check", "decide", "send")] * 3


def made(cases: int = 60, seed: int = 3) -> list[dict[str, object]]:
    """Events of a permit log; the file's order is the order of time over all cases."""
    chance = random.Random(seed)
    rows = []
    for number in range(cases):
        moment = datetime(2024, 1, 1, 9, tzinfo=BEIJING) + timedelta(hours=7 * number)
        planned = moment + timedelta(days=10)
        for step in chance.choice(WAYS):
            who = f"Resource{chance.randint(1, 5):02d}"
            rows.append({"case": f"case-{number}", "step": step, "at": moment, "who": who, "planned": planned})
            moment += timedelta(hours=chance.randint(1, 90), seconds=chance.randint(0, 59))
    return sorted(rows, key=lambda row: row["at"])


def as_csv(rows, names: dict[str, str], separator: str = ",", form=lambda at: at.isoformat()) -> str:
    lines = [separator.join(names.values())]
    for row in rows:
        cells = [form(row[key]) if isinstance(row[key], datetime) else str(row[key]) for key in names]
        lines.append(separator.join(cells))
    return "\n".join(lines)


def as_xes(rows) -> str:
    cases: dict[str, list] = {}
    for row in rows:
        cases.setdefault(row["case"], []).append(row)
    text = ['<?xml version="1.0" encoding="UTF-8"?>', '<log xes.version="1.0" xmlns="http://www.xes-standard.org/">']
    text.append('<extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>')
    text.append('<global scope="event"><string key="concept:name" value="none"/></global>')
    text.append('<string key="concept:name" value="a log &amp; more"/>')
    for case, events in cases.items():
        text.append(f'<trace><string key="concept:name" value="{case}"/>')
        text.append(f'<date key="enddate_planned" value="{events[0]["planned"].isoformat()}"/>')
        for row in events:
            text.append(f'<event><string key="concept:name" value="{row["step"]}"/>')
            text.append(f'<string key="org:resource" value="{row["who"]}"><int key="badge" value="7"/></string>')
            text.append(f'<date key="time:timestamp" value="{row["at"].isoformat()}"/></event>')
        text.append("</trace>")
    return "\n".join([*text, "</log>"])


STANDARD = {
    "step": "concept:name",
    "at": "time:timestamp",
    "who": "org:resource",
    "case": "case:concept:name",
    "planned": "case:enddate_planned",
}


def read(tmp_path, text: str | bytes, name: str = "log.csv", **given):
    path = tmp_path / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return read_event_log(path, **given)


def told(log) -> dict[str, tuple[str, str]]:
    return {found.role: (found.column, found.sign) for found in log.roles}


def same(one, two) -> bool:
    """The same events, whatever the order of rows."""

    def events(log):
        return sorted(
            (log.case_names[c], log.activity_names[a], t)
            for c, a, t in zip(log.cases, log.activities, log.moments.utc, strict=True)
        )

    return events(one) == events(two)


def test_standard_names_are_known(tmp_path):
    log = read(tmp_path, as_csv(made(), STANDARD))
    assert told(log) == {
        "case": ("case:concept:name", "standard name"),
        "activity": ("concept:name", "standard name"),
        "time": ("time:timestamp", "standard name"),
        "resource": ("org:resource", "standard name"),
        "planned_end": ("case:enddate_planned", "standard name"),
    }
    assert (len(log.case_names), len(log.cases), log.set_aside, log.notes) == (60, len(made()), 0, ())


def test_xes_and_csv_of_the_same_log_are_the_same(tmp_path):
    rows = made()
    xes, table = read(tmp_path, as_xes(rows), "log.xes"), read(tmp_path, as_csv(rows, STANDARD))
    assert same(xes, table)
    assert told(xes) == told(table)
    assert xes.how_read == "XES" and "badge" not in xes.columns
    packed = read(tmp_path, gzip.compress(as_xes(rows).encode()), "log.xes.gz")
    assert same(packed, xes) and packed.content_hash == xes.content_hash


@pytest.mark.parametrize(
    ("names", "separator"),
    [
        (
            {
                "case": "Case ID",
                "step": "Activity",
                "at": "Complete Timestamp",
                "who": "Resource",
                "planned": "Deadline",
            },
            ",",
        ),
        ({"case": "办件编号", "step": "环节名称", "at": "办理时间", "who": "经办人", "planned": "承诺办结时间"}, ";"),
        ({"who": "col5", "at": "col4", "step": "col2", "case": "col1", "planned": "plan"}, "\t"),
    ],
)
def test_other_names_or_none_that_tell_are_found(tmp_path, names, separator):
    rows = made()
    log = read(tmp_path, as_csv(rows, names, separator))
    assert same(log, read(tmp_path, as_csv(rows, STANDARD)))
    assert told(log)["planned_end"][0] == names["planned"]
    assert told(log)["time"][0] == names["at"]


def test_a_column_numbering_the_events_is_not_the_activity(tmp_path):
    rows = [{**row, "n": number} for number, row in enumerate(made())]
    names = {"n": "Event", "case": "Case", "step": "what was done", "at": "when"}
    assert told(read(tmp_path, as_csv(rows, names)))["activity"] == ("what was done", "content")


def test_the_caller_may_say_otherwise(tmp_path):
    text = as_csv(made(), STANDARD)
    log = read(tmp_path, text, roles={"activity": "org:resource"})
    assert told(log)["activity"] == ("org:resource", "given")
    assert len(log.activity_names) == 5
    with pytest.raises(YoursToMend, match="V004"):
        read(tmp_path, text, roles={"activity": "concept:nme"})


def test_chinese_in_the_old_encoding_is_read(tmp_path):
    names = {"case": "办件编号", "step": "环节名称", "at": "办理时间"}
    text = as_csv(made(), names, form=lambda at: at.strftime("%Y年%m月%d日 %H:%M:%S"))
    log = read(tmp_path, text.encode("gb18030"))
    assert "gb18030" in log.how_read
    assert any("time zone" in note for note in log.notes)


def test_rows_without_a_case_or_an_activity_are_set_aside_and_counted(tmp_path):
    text = as_csv(made(), STANDARD) + "\n,2024-01-01T00:00:00+08:00,x,case-1,\nregister,not a time,x,case-1,\nx"
    log = read(tmp_path, text)
    assert log.set_aside == 2
    assert len(log.cases) == len(made()) + 1
    assert any("set aside" in note for note in log.notes) and any("not moments" in note for note in log.notes)


@pytest.mark.parametrize(
    "text",
    [
        '<?xml version="1.0"?><!DOCTYPE log [<!ENTITY a "b">]><log><trace/></log>',
        '<?xml version="1.0"?><!DOCTYPE log SYSTEM "file:///etc/passwd"><log/>',
        "<log>" * 100 + "</log>" * 100,
    ],
)
def test_xml_that_can_do_harm_is_refused(tmp_path, text):
    with pytest.raises(YoursToMend, match="V002"):
        read(tmp_path, text, "log.xes")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "V001"),
        (b"<log><trace>", "V001"),
        (b"\x1f\x8bdamaged", "V001"),
        (b"a,b\n1,2\n", "V003"),
        (b"<log/>", "V003"),
        (b"\xff\xff\xff\x00\x81", "V001"),
    ],
)
def test_a_file_that_is_no_log_is_told(tmp_path, content, code):
    with pytest.raises(YoursToMend, match=code):
        read(tmp_path, content)
    with pytest.raises(YoursToMend, match="V001"):
        read_event_log(tmp_path / "nothing.csv")


def test_a_log_too_large_is_refused_also_when_packed(tmp_path, monkeypatch):
    monkeypatch.setattr("milepost.receive.event_log.MOST_BYTES", 10_000)
    with pytest.raises(YoursToMend, match="V001"):
        read(tmp_path, gzip.compress(b"0" * 20_000))
    with pytest.raises(YoursToMend, match="V001"):
        read(tmp_path, "0" * 20_000)


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2011-10-11T13:45:40.276+02:00", "2011-10-11T11:45:40.276"),
        ("2011-10-11 13:45", "2011-10-11T13:45"),
        ("2011-10-11T13:45:40Z", "2011-10-11T13:45:40"),
        ("2011/10/11 13:45", "2011-10-11T13:45"),
        ("25.10.2011 13:45", "2011-10-25T13:45"),
        ("10/25/2011 01:45:00 PM", "2011-10-25T13:45"),
        ("2011年10月5日", "2011-10-05T00:00"),
        ("1318333540", "2011-10-11T11:45:40"),
        ("1318333540276", "2011-10-11T11:45:40.276"),
    ],
)
def test_moments_are_read_as_written(text, utc):
    found = read_moments([text, "", text])
    expected = (datetime.fromisoformat(utc) - datetime(1970, 1, 1)).total_seconds()
    assert found.utc[0] == found.utc[2] == pytest.approx(expected)
    assert found.utc[1] != found.utc[1]


@pytest.mark.parametrize("text", ["12", "case-7", "13:45", "2011", "20111011", "20.5"])
def test_what_is_no_moment_is_not_guessed(text):
    assert read_moments([text] * 5) is None


def test_a_day_that_could_be_either_way_round_is_told():
    assert read_moments(["05/04/2011", "06/04/2011"]).is_ambiguous
    assert not read_moments(["25/04/2011", "06/04/2011"]).is_ambiguous
