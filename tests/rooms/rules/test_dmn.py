"""DMN files: what level 2 does not try, and files that are not what they say."""

from __future__ import annotations

import time
from decimal import Decimal
from pathlib import Path

import pytest

from milepost.basics.errors import YoursToMend
from milepost.rules.dmn import read_model
from milepost.rules.model import Model, decide_model

SPACE = "https://www.omg.org/spec/DMN/20230324/MODEL/"


def written(folder: Path, inside: str, head: str = "") -> Path:
    path = folder / "model.dmn"
    path.write_text(f'<?xml version="1.0"?>{head}<definitions xmlns="{SPACE}" name="m">{inside}</definitions>', "utf-8")
    return path


def troubles(path: Path) -> list[str]:
    with pytest.raises(YoursToMend) as caught:
        read_model(path, path.name)
    return [trouble.code for trouble in caught.value.troubles]


def decision(name: str, text: str, requires: str = "") -> str:
    return f"""<decision id="{name}" name="{name}">{requires}
      <literalExpression><text>{text}</text></literalExpression></decision>"""


def needs(*names: str) -> str:
    return "".join(
        f'<informationRequirement><requiredDecision href="#{name}"/></informationRequirement>' for name in names
    )


LOAN = """
<inputData id="i" name="Loan Amount"><variable name="Loan Amount" typeRef="number"/></inputData>
<businessKnowledgeModel id="f" name="Fee of"><encapsulatedLogic>
  <formalParameter name="amount" typeRef="number"/>
  <decisionTable hitPolicy="FIRST">
    <input><inputExpression typeRef="number"><text>amount</text></inputExpression></input>
    <output typeRef="number"/>
    <rule><inputEntry><text>&gt; 100</text></inputEntry><outputEntry><text>amount / 10</text></outputEntry>
      <annotationEntry><text>article 7</text></annotationEntry></rule>
    <rule><inputEntry><text>-</text></inputEntry><outputEntry><text>5</text></outputEntry></rule>
  </decisionTable></encapsulatedLogic></businessKnowledgeModel>
<decision id="d1" name="Fee">
  <informationRequirement><requiredInput href="#i"/></informationRequirement>
  <knowledgeRequirement><requiredKnowledge href="#f"/></knowledgeRequirement>
  <invocation><literalExpression><text>Fee of</text></literalExpression>
    <binding><parameter name="amount"/><literalExpression><text>Loan Amount * 2</text></literalExpression></binding>
  </invocation></decision>
<decision id="d2" name="Offer">
  <informationRequirement><requiredDecision href="#d1"/></informationRequirement>
  <knowledgeRequirement><requiredKnowledge href="#f"/></knowledgeRequirement>
  <context>
    <contextEntry><variable name="low fee"/><literalExpression><text>Fee of(1)</text></literalExpression>
    </contextEntry>
    <contextEntry><variable name="total"/><literalExpression><text>low fee + Fee</text></literalExpression>
    </contextEntry>
  </context></decision>
"""


@pytest.fixture
def loan(tmp_path: Path) -> Model:
    return read_model(written(tmp_path, LOAN))


def test_an_invocation_binds_its_parameters_by_name(loan: Model) -> None:
    found = decide_model(loan, "Fee", {"Loan Amount": 100})
    assert found.value == Decimal(20)
    (ruling,) = found.rulings.values()
    assert ruling.fired[0].line.citation == "article 7"


def test_a_context_sees_its_earlier_entries_and_the_decisions_below(loan: Model) -> None:
    assert decide_model(loan, "Offer", {"Loan Amount": 100}).value == {"low fee": Decimal(5), "total": Decimal(25)}


def test_an_input_of_another_kind_is_null(loan: Model) -> None:
    assert decide_model(loan, "Fee", {"Loan Amount": "100"}).value == Decimal(5)


def test_an_unknown_decision_or_input_is_told_with_the_nearest(loan: Model) -> None:
    for ask in (lambda: decide_model(loan, "Fees", {}), lambda: decide_model(loan, "Fee", {"Loan Amont": 1})):
        with pytest.raises(YoursToMend) as caught:
            ask()
        assert "L005" in str(caught.value)
        assert "Did you mean" in str(caught.value)


def test_a_chain_of_decisions_does_not_depend_on_their_order(tmp_path: Path) -> None:
    inside = decision("c", "b + 1", needs("b")) + decision("a", "1") + decision("b", "a + 1", needs("a"))
    assert decide_model(read_model(written(tmp_path, inside)), "c", {}).value == Decimal(3)


def test_decisions_in_a_circle_are_refused(tmp_path: Path) -> None:
    inside = decision("a", "b", needs("b")) + decision("b", "a", needs("a")) + decision("c", "a", needs("a"))
    assert troubles(written(tmp_path, inside)) == ["L006"]


def test_a_name_that_is_not_required_is_not_known(tmp_path: Path) -> None:
    assert troubles(written(tmp_path, decision("a", "1") + decision("b", "a + 1"))) == ["L011"]


@pytest.mark.parametrize(
    ("inside", "codes"),
    [
        (decision("a", "1", needs("nobody")), ["L005"]),
        ('<decision name="a"/>', ["L004"]),
        ('<decision name="a"><relation/></decision>', ["L004"]),
        ('<decision name="a"><decisionTable hitPolicy="BEST"/></decision>', ["L020"]),
        ('<decision name="a"><decisionTable hitPolicy="PRIORITY"><output/></decisionTable></decision>', ["L024"]),
        ('<decision name="a"><decisionTable aggregation="SUM"><output/></decisionTable></decision>', ["L025"]),
        ('<decision name="a"><decisionTable><output/><rule/></decisionTable></decision>', ["L021"]),
        (decision("a", "1 +") + decision("b", "x"), ["L010", "L011"]),
        (decision("a", "1").replace("<literalExpression", '<literalExpression expressionLanguage="python"'), ["L004"]),
    ],
)
def test_what_is_not_read_is_refused_by_name(tmp_path: Path, inside: str, codes: list[str]) -> None:
    assert troubles(written(tmp_path, inside)) == codes


@pytest.mark.parametrize(
    "head",
    [
        '<!DOCTYPE definitions [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>',
        '<!DOCTYPE definitions SYSTEM "http://127.0.0.1:9/x.dtd">',
        '<!DOCTYPE definitions [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
    ],
)
def test_a_document_type_is_refused_before_anything_is_expanded(tmp_path: Path, head: str) -> None:
    assert troubles(written(tmp_path, decision("a", '"&amp;"'), head)) == ["L002"]


def test_other_files_are_refused(tmp_path: Path) -> None:
    assert troubles(tmp_path / "absent.dmn") == ["L001"]
    path = tmp_path / "x.dmn"
    for content, code in (
        (b"", "L002"),
        (b"PK\x03\x04 not xml", "L002"),
        (b"<a><b></a>", "L002"),
        (b"<a/>", "L003"),
        (b"\xff\xfe\x00", "L002"),
        (b"<a>" * 500, "L002"),
        (b"<a>" + b" " * 8_000_001 + b"</a>", "L001"),
    ):
        path.write_bytes(content)
        start = time.perf_counter()
        assert troubles(path) == [code], content[:20]
        assert time.perf_counter() - start < 1


def test_troubles_carry_line_and_column(tmp_path: Path) -> None:
    path = written(tmp_path, f"\n\n  {decision('a', '1 +')}")
    with pytest.raises(YoursToMend) as caught:
        read_model(path, "m.dmn")
    assert str(caught.value.troubles[0].place) == "m.dmn:4:7"
