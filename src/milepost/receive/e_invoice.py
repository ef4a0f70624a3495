"""Chinese fully digital e-invoices (数电票) as the tax bureau's platform gives them out in XML: one row for each line.

The fields of the whole invoice stand in every row of it. A column answers to an element by its name (`SellerName`),
its path (`SellerInformation/SellerName`) or the words on the printed invoice (销售方名称); the words are data
(`e_invoice_fields.csv`). Name spaces are passed over. What no column names is passed over too. Signatures are not
verified here. A document type or an entity in the file is refused before anything of it is expanded.

The format has no published schema. What is read is what invoices in the wild show: EInvoice with Header, EInvoiceData
(SellerInformation, BuyerInformation, BasicInformation, IssuItemInformation for each line, AdditionalInformation) and
TaxSupervisionInfo.
"""

from __future__ import annotations

import csv
import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from xml.parsers import expat

from milepost.basics.errors import Place, Trouble, YoursToMend
from milepost.receive.heads import trimmed
from milepost.receive.packed import opened

_INVOICE, _ITEM = "EInvoice", "IssuItemInformation"
_DEEPEST = 32
_LONGEST_TEXT = 100_000
_LARGEST_BYTES = 200_000_000


@dataclass
class Invoice:
    """One invoice: its own fields by path, and those of each of its lines."""

    fields: dict[str, str] = field(default_factory=dict)
    items: list[dict[str, str]] = field(default_factory=list)


def is_xml(path: Path, shown_as: str) -> bool:
    """Does the file begin as XML does?"""
    with opened(path, shown_as) as file:
        return file.read(4096).lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<"


def invoices(path: Path, shown_as: str) -> list[Invoice]:
    """Give the invoices of a file.

    Raises YoursToMend: R030 too large, R033 XML that is broken or not safe, R034 no e-invoice in it.
    """
    with opened(path, shown_as) as file:
        content = file.read(_LARGEST_BYTES + 1)
    if len(content) > _LARGEST_BYTES:
        raise YoursToMend(Trouble("R030", "the file is too large", "Send one invoice in a file", Place(shown_as)))
    reader = _Reader(shown_as)
    reader.read(content)
    if not any(invoice.items for invoice in reader.found):
        mend = "Send the XML file that the tax bureau's platform gives for a fully digital e-invoice"
        raise YoursToMend(Trouble("R034", "there is no e-invoice with lines in this XML file", mend, Place(shown_as)))
    return reader.found


def rows(found: Sequence[Invoice], elements: Sequence[str]) -> Iterator[list[str]]:
    """Give for each line of each invoice the texts of `elements`, empty where the invoice has none."""
    for invoice in found:
        for item in invoice.items:
            yield [_text(item, element) or _text(invoice.fields, element) for element in elements]


def element_named(head: str) -> str:
    """Give the element a head stands for: words of the printed invoice are turned into theirs, others stay.

    >>> element_named("销售方名称"), element_named("SellerName"), element_named("nothing")
    ('SellerName', 'SellerName', 'nothing')
    """
    return _words().get(trimmed(head), head)


def is_there(found: Sequence[Invoice], element: str) -> bool:
    """Is it an element of the format, or one of these invoices?"""
    return element in _words().values() or any(
        _text(part, element) for invoice in found for part in (invoice.fields, *invoice.items)
    )


@functools.cache
def _words() -> dict[str, str]:
    """Words and elements, each with its element."""
    file = resources.files("milepost.receive").joinpath("e_invoice_fields.csv")
    entries = list(csv.DictReader(file.read_text("utf-8").splitlines()))
    names = {entry[column]: entry["element"] for column in ("name_zh", "element") for entry in entries}
    return {trimmed(name): element for name, element in names.items()}


def _text(fields: dict[str, str], element: str) -> str:
    """Give the text at a path, or at the one path that ends with `element`; two that end so are nobody's."""
    if element in fields:
        return fields[element]
    found = [text for path, text in fields.items() if path.endswith(f"/{element}")]
    return found[0] if len(found) == 1 else ""


class _Reader:
    """Follows the elements of an XML file and lays each invoice flat; expands nothing."""

    def __init__(self, shown_as: str) -> None:
        self.found: list[Invoice] = []
        self._shown_as, self._steps, self._text = shown_as, [""], ""
        self._item: dict[str, str] | None = None
        self._begins = 0
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.buffer_text = True
        self._parser.StartDoctypeDeclHandler = self._refuse_doctype
        self._parser.EntityDeclHandler = self._refuse_doctype
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._add

    def read(self, content: bytes) -> None:
        try:
            self._parser.Parse(content, True)
        except expat.ExpatError as error:
            mend = "Send the file as the platform gave it"
            raise self._trouble("R033", "the XML is broken", mend, error.lineno) from None

    def _trouble(self, code: str, what: str, mend: str, line: int = 0) -> YoursToMend:
        return YoursToMend(Trouble(code, what, mend, Place(self._shown_as, line or self._parser.CurrentLineNumber)))

    def _refuse_doctype(self, *_: object) -> None:
        raise self._trouble("R033", "the XML declares a document type or an entity", "Send it without them")

    def _start(self, tag: str, _: object) -> None:
        name = tag.rpartition(" ")[2]
        if len(self._steps) > _DEEPEST:
            raise self._trouble("R033", f"elements are nested more than {_DEEPEST} deep", "Send it without them")
        self._steps.append(name)
        self._text = ""
        if name == _INVOICE:
            self.found.append(Invoice())
            self._begins = len(self._steps)
        elif name == _ITEM and self.found:
            self._item = {}

    def _add(self, text: str) -> None:
        self._text += text
        if len(self._text) > _LONGEST_TEXT:
            raise self._trouble("R033", f"a text is longer than {_LONGEST_TEXT:,} letters", "Send it without it")

    def _end(self, _: str) -> None:
        name = self._steps[-1]
        text = self._text.strip()
        if self.found and text:
            path = "/".join(self._steps[self._begins :])
            (self.found[-1].fields if self._item is None else self._item)[path] = text
        if name == _ITEM and self._item is not None:
            self.found[-1].items.append(self._item)
            self._item = None
        self._steps.pop()
        self._text = ""
