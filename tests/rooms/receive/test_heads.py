"""Heads of files: what a column answers to, what is passed over, what is refused by its place."""

import pytest

from milepost.basics.errors import Place, YoursToMend
from milepost.engines.embedded import Engine
from milepost.receive.heads import known_heads, read_heads
from milepost.receive.receive import receive
from registers_made import METERS, column, register

PLACE = Place("f.csv", 1)


def test_a_column_answers_to_its_id_its_other_heads_and_its_names():
    for head in (
        ["meter_code", "read_at", "energy_kwh"],
        ["电表", "date", "用电量（千瓦时）"],
        ["名meter_code", "the read_at", "Usage_kWh"],
    ):
        assert read_heads(head, METERS, PLACE).places == (0, 1, 2)


def test_space_and_line_ends_in_a_head_do_not_matter():
    wanted = register(column("x", also_written=("工业总产值 （万元）",)))
    assert read_heads(["\ufeff 工业总产值\n（万元） "], wanted, PLACE).places == (0,)


def test_a_name_that_two_columns_have_is_nobodys_but_an_id_comes_first():
    wanted = register(column("a", also_written=("x", "b")), column("b", also_written=("x",)))
    assert known_heads(wanted)["b"] == 1
    assert "x" not in known_heads(wanted)


def test_declared_heads_are_passed_over_and_others_refused_by_their_place():
    head = ["序号", "电表", "date", "Usage_kWh", "WeekStatus"]
    assert read_heads(head, METERS, PLACE).places == (None, 0, 1, 2, None)
    with pytest.raises(YoursToMend) as caught:
        read_heads([*head, "Load_Type"], METERS, PLACE)
    (trouble,) = caught.value.troubles
    assert (trouble.code, trouble.place) == ("R022", Place("f.csv", 1, 6))
    assert "Load_Type" not in str(trouble)


def test_one_column_under_two_heads_is_refused():
    with pytest.raises(YoursToMend) as caught:
        read_heads(["电表", "meter_code", "date", "Usage_kWh"], METERS, PLACE)
    assert [trouble.code for trouble in caught.value.troubles] == ["R021"]


def test_a_register_of_117000_enterprises_with_chinese_heads_is_received(tmp_path):
    wanted = register(
        column("credit_code", "credit_code", also_written=("统一社会信用代码",)),
        column("enterprise", also_written=("企业名称",)),
        column("founded_on", "date", also_written=("成立日期",)),
        column("capital_cny_10k", "number", also_written=("注册资本（万元）",)),
        not_kept=("序号", "经营范围"),
    )
    path = tmp_path / "企业.csv"
    with path.open("w", encoding="gb18030") as file:
        file.write("序号,统一社会信用代码,企业名称,成立日期,注册资本（万元）,经营范围\n")
        for number in range(117_000):
            founded = f"2018/3/{number % 28 + 1}"
            file.write(f'{number},91110302MA{number:08d},北京第{number}号有限公司,{founded},{number}.5,"研发,销售"\n')
    told = []
    with Engine() as engine:
        batch = receive(engine, wanted, path, "somebody", progress=lambda *told_now: told.append(told_now))
        last = engine.rows(f'select * from "{batch.table}" order by _line desc limit 1')
    assert batch.count == 117_000
    assert last == [(117_001, 0, "", "91110302MA00116999", "北京第116999号有限公司", "2018/3/16", "116999.5")]
    assert "GB18030" in batch.receipt.how_read
    assert "2018/12/31 (%Y/%m/%d) in founded_on" in batch.receipt.how_read
    assert [rows for _, rows, _ in told] == [50_000, 100_000, 117_000]


def test_a_column_that_may_be_left_out_is_empty_and_the_receipt_says_so(tmp_path):
    wanted = register(
        column("code"), column("name", may_be_empty=True, may_be_left_out=True), column("city", may_be_empty=True)
    )
    path = tmp_path / "f.csv"
    path.write_text("city,code\nA,1\nB,2\n", "utf-8")
    with Engine() as engine:
        batch = receive(engine, wanted, path, "somebody")
        rows = engine.rows(f'select code, name, city from "{batch.table}" order by _line')
    assert rows == [("1", "", "A"), ("2", "", "B")]
    assert "left out: name" in batch.receipt.how_read
    with pytest.raises(YoursToMend) as caught:
        read_heads(["code", "name"], wanted, PLACE)
    assert [trouble.code for trouble in caught.value.troubles] == ["R023"], "what may only be empty is still needed"
