"""Fully digital e-invoices: a row for each line, the invoice's own fields in each; nothing is expanded."""

import pytest

from milepost.basics.errors import YoursToMend
from milepost.engines.embedded import Engine
from milepost.receive.receive import receive
from registers_made import column, register

INVOICE = """<?xml version="1.0" encoding="UTF-8"?>
<{p}EInvoice{ns}><{p}Header><{p}EIid>26110000000000000001</{p}EIid><{p}InherentLabel><{p}EInvoiceType>
<{p}LabelName>数电发票</{p}LabelName></{p}EInvoiceType><{p}GeneralOrSpecialVAT><{p}LabelName>增值税专用发票</{p}LabelName>
</{p}GeneralOrSpecialVAT></{p}InherentLabel></{p}Header><{p}EInvoiceData>
<{p}SellerInformation><{p}SellerIdNum>91110302MA0000001X</{p}SellerIdNum><{p}SellerName>甲公司</{p}SellerName></{p}SellerInformation>
<{p}BuyerInformation><{p}BuyerName>乙 &amp; 丙公司</{p}BuyerName></{p}BuyerInformation>
<{p}BasicInformation><{p}TotalAmWithoutTax>300.00</{p}TotalAmWithoutTax></{p}BasicInformation>
<{p}IssuItemInformation><{p}ItemName>*电力*电费</{p}ItemName><{p}Amount>100.00</{p}Amount><{p}TaxRate>0.13</{p}TaxRate></{p}IssuItemInformation>
<{p}IssuItemInformation><{p}ItemName>*服务*咨询</{p}ItemName><{p}Amount>200.00</{p}Amount></{p}IssuItemInformation>
</{p}EInvoiceData><{p}TaxSupervisionInfo><{p}InvoiceNumber>26110000000000000001</{p}InvoiceNumber>
<{p}IssueTime>2026-01-02</{p}IssueTime></{p}TaxSupervisionInfo></{p}EInvoice>"""
LINES = register(
    column("invoice", also_written=("发票号码",)),
    column("issued_on", "date", also_written=("IssueTime",)),
    column("kind", also_written=("发票类型",)),
    column("seller", also_written=("SellerInformation/SellerName",)),
    column("buyer", also_written=("购买方名称",)),
    column("item", also_written=("ItemName",)),
    column("amount_cny", "number", also_written=("金额",)),
    column("rate", also_written=("税率/征收率",)),
    column("remark", also_written=("备注",)),
)
ROWS = [
    (
        1,
        "26110000000000000001",
        "2026-01-02",
        "增值税专用发票",
        "甲公司",
        "乙 & 丙公司",
        "*电力*电费",
        "100.00",
        "0.13",
        "",
    ),
    (
        2,
        "26110000000000000001",
        "2026-01-02",
        "增值税专用发票",
        "甲公司",
        "乙 & 丙公司",
        "*服务*咨询",
        "200.00",
        "",
        "",
    ),
]


def received(path, text):
    path.write_text(text, "utf-8")
    with Engine() as engine:
        batch = receive(engine, LINES, path, "somebody")
        return batch, engine.rows(f'select * exclude (_surplus, _beyond) from "{batch.table}" order by _line')


@pytest.mark.parametrize(("prefix", "declared"), [("", ""), ("", ' xmlns="urn:x"'), ("e:", ' xmlns:e="urn:y"')])
def test_each_line_is_a_row_whatever_the_name_space(tmp_path, prefix, declared):
    batch, rows = received(tmp_path / "f.xml", INVOICE.format(p=prefix, ns=declared))
    assert batch.receipt.how_read.startswith("e-invoice XML, 1 invoices")
    assert rows == ROWS


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><EInvoice>&b;</EInvoice>', "R033"),
        ('<!DOCTYPE x SYSTEM "file:///etc/passwd"><EInvoice/>', "R033"),
        ("<EInvoice><IssuItemInformation>", "R033"),
        ("<a>" * 100 + "</a>" * 100, "R033"),
        ("<EInvoice>" + "x" * 200_000 + "</EInvoice>", "R033"),
        ("<EInvoice>&unknown;</EInvoice>", "R033"),
        ("<html><body/></html>", "R034"),
        ("<EInvoice><Header/></EInvoice>", "R034"),
    ],
)
def test_other_xml_is_refused(tmp_path, text, code):
    with pytest.raises(YoursToMend) as caught:
        received(tmp_path / "f.xml", text)
    assert [trouble.code for trouble in caught.value.troubles] == [code]
