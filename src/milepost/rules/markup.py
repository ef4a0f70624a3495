"""XML is read safely here: no document type, no entities, nothing fetched; size and depth bounded.

Only the element tree comes out, each element with its place; what the elements mean is for `dmn`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat

from milepost.basics.errors import Place, Trouble, YoursToMend

_LARGEST_BYTES = 8_000_000
_DEEPEST = 100


@dataclass
class Element:
    """An element: local name, namespace, attributes by local name, text, elements below it, place."""

    tag: str
    namespace: str
    attributes: dict[str, str]
    place: Place
    text: str = ""
    below: list[Element] = field(default_factory=list)

    def get(self, name: str, otherwise: str = "") -> str:
        """Give an attribute, without blanks around it."""
        return self.attributes.get(name, otherwise).strip()

    def all(self, *tags: str) -> Iterator[Element]:
        """Give the elements right below that have one of these names."""
        return (element for element in self.below if element.tag in tags)

    def first(self, *tags: str) -> Element | None:
        """Give the first element right below that has one of these names, or None."""
        return next(self.all(*tags), None)


class _Refused(Exception):
    def __init__(self, what: str, mend: str) -> None:
        super().__init__(what)
        self.what, self.mend = what, mend


def read_xml(path: Path, shown_as: str | None = None) -> Element:
    """Give the root element of an XML file. Raises YoursToMend (L001 unreadable, L002 not safe or not XML)."""
    file = shown_as or str(path)
    try:
        if path.stat().st_size > _LARGEST_BYTES:
            raise YoursToMend(Trouble("L001", "the file is larger than 8 MB", "Split the model", Place(file)))
        content = path.read_bytes()
    except OSError as error:
        raise YoursToMend(Trouble("L001", "the file cannot be read", "Put it at this place", Place(file))) from error
    builder = _Builder(file)
    try:
        builder.parser.Parse(content, True)
    except expat.ExpatError as error:
        place = Place(file, error.lineno, error.offset + 1)
        what = f"the text is not XML: {expat.ErrorString(error.code)}"
        raise YoursToMend(Trouble("L002", what, "Mend the XML at this place", place)) from error
    except _Refused as error:
        raise YoursToMend(Trouble("L002", error.what, error.mend, builder.place())) from error
    assert builder.root is not None, "expat accepts no document without a root"
    return builder.root


class _Builder:
    """Hears what the parser reads and builds the tree."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.root: Element | None = None
        self.open: list[Element] = []
        self.parser = expat.ParserCreate(namespace_separator="\n")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.characters
        self.parser.StartDoctypeDeclHandler = self.refuse_document_type
        self.parser.EntityDeclHandler = self.refuse_document_type

    def place(self) -> Place:
        return Place(self.file, self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self.open) >= _DEEPEST:
            raise _Refused(f"the elements are nested deeper than {_DEEPEST}", "Flatten the model")
        namespace, _, tag = name.rpartition("\n")
        local = {key.rpartition("\n")[2]: value for key, value in attributes.items()}
        element = Element(tag, namespace, local, self.place())
        if self.open:
            self.open[-1].below.append(element)
        else:
            self.root = element
        self.open.append(element)

    def end(self, name: str) -> None:
        self.open.pop()

    def characters(self, text: str) -> None:
        self.open[-1].text += text

    def refuse_document_type(self, *_: object) -> None:
        raise _Refused("the file declares a document type or entities, which are not read", "Remove the <!DOCTYPE ...>")
