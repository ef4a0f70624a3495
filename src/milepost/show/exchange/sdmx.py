"""The cube in the exchange forms of SDMX 3.0: SDMX-CSV 2.0, SDMX-JSON 2.0, and the structure both speak of.

SDMX, *Statistical Data and Metadata eXchange*, ISO 17369; the field guides of sdmx-twg/sdmx-csv and
sdmx-twg/sdmx-json. The forms are written by hand, since they are small; tests read them with the standard's own
schemas and with another program (docs/decisions).
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from milepost.basics.text import LANGUAGES, Text
from milepost.receive.waiting import neutral
from milepost.show.exchange.cube import CONCEPTS, FLOW, STRUCTURE, TIME, VALUE, VERSION, Attribute, Cube, Dimension
from milepost.show.exchange.writing import appearing, as_text

AS_OF = Attribute("AS_OF", Text("As known on", "截至已知日"), lambda r: "", "GregorianDay")
"""The day the data are as of, said once for all of them."""

_SCHEMAS = "https://json.sdmx.org/2.0.0/sdmx-json-{}-schema.json"
_CONCEPT_URN = "urn:sdmx:org.sdmx.infomodel.conceptscheme.Concept={}:{}({}).{}"


def write_csv(place: Path, cube: Cube) -> int:
    """Write the observations as SDMX-CSV 2.0, with the day they are as of in each row, and give their count."""
    dimensions = [dimension.id for dimension in cube.dimensions]
    head = ["STRUCTURE", "STRUCTURE_ID", "ACTION", *dimensions, TIME, VALUE, *_attribute_ids(cube), AS_OF.id]
    flow = f"{cube.agency}:{FLOW}({VERSION})"
    with appearing(place) as passing, passing.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(head)
        for one in cube.observations:
            told = [neutral(attribute.of(one.reading)) for attribute in cube.attributes]
            cells = [*one.key, one.time, as_text(one.reading.value), *told, cube.known_on.isoformat()]
            writer.writerow(["dataflow", flow, "I", *cells])
    return len(cube.observations)


def _attribute_ids(cube: Cube) -> list[str]:
    return [attribute.id for attribute in cube.attributes]


def write_json(place: Path, cube: Cube, prepared: datetime | None = None) -> int:
    """Write the observations as an SDMX-JSON 2.0 data message, and give their count."""
    _write(place, data_message(cube, prepared or datetime.now(UTC)))
    return len(cube.observations)


def write_structure(place: Path, cube: Cube, prepared: datetime | None = None) -> None:
    """Write the data structure definition, its code lists, concepts and dataflow as an SDMX-JSON 2.0 message."""
    _write(place, structure_message(cube, prepared or datetime.now(UTC)))


def _write(place: Path, message: dict[str, Any]) -> None:
    with appearing(place) as passing:
        passing.write_text(json.dumps(message, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _names(text: Text) -> dict[str, Any]:
    return {"name": text.en, "names": {language: text[language] for language in LANGUAGES}}


def _meta(cube: Cube, kind: str, prepared: datetime) -> dict[str, Any]:
    return {
        "schema": _SCHEMAS.format(kind),
        "id": f"{cube.agency}-{kind}-{cube.known_on:%Y%m%d}",
        "prepared": prepared.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "contentLanguages": list(LANGUAGES),
        "sender": {"id": cube.agency, **_names(cube.zone.declared.name)},
    }


# --- data ------------------------------------------------------------------------------------------------------


def data_message(cube: Cube, prepared: datetime) -> dict[str, Any]:
    """Give the observations as a message: a flat data set, whose keys and attributes are places in lists of values."""
    lists = [list(dimension.codes) for dimension in cube.dimensions]
    places = [{code: place for place, code in enumerate(codes)} for codes in lists]
    times = sorted({one.time for one in cube.observations})
    time_places = {time: place for place, time in enumerate(times)}
    told = _Told(cube.attributes)
    observations = {}
    for one in cube.observations:
        key = [str(known[code]) for known, code in zip(places, one.key, strict=True)]
        key.append(str(time_places[one.time]))
        observations[":".join(key)] = [_number(float(one.reading.value)), *told.places_of(one.reading)]
    flow = {"urn": cube.urn("Dataflow", FLOW), "rel": "dataflow"}
    structure = {
        **_names(cube.zone.declared.name),
        "dataSets": [0],
        "links": [flow, {"urn": cube.urn("DataStructure", STRUCTURE), "rel": "datastructure"}],
        "dimensions": {"observation": [*_dimensions(cube.dimensions), _time(len(cube.dimensions), times)]},
        "measures": {"observation": [{"id": VALUE, **_names(_VALUE_NAME), "format": {"dataType": "Double"}}]},
        "attributes": {
            "dataSet": [{"id": AS_OF.id, **_names(AS_OF.name), "relationship": {"dataflow": {}},
                         "values": [{"value": cube.known_on.isoformat()}]}],
            "observation": told.described(),
        },
        "annotations": [{"id": "asOf", "type": "asOf", "title": "As known on", "value": cube.known_on.isoformat()}],
    }  # fmt: skip
    data_set = {"structure": 0, "action": "Information", "links": [flow], "annotations": [0], "attributes": [0]}
    message = {"structures": [structure], "dataSets": [data_set | {"observations": observations}]}
    return {"meta": _meta(cube, "data", prepared), "data": message}


def _number(value: float) -> float | int:
    return int(value) if value.is_integer() and abs(value) < 1e15 else value


def _dimensions(dimensions: Iterable[Dimension]) -> list[dict[str, Any]]:
    return [
        {
            "id": one.id,
            **_names(one.name),
            "keyPosition": place,
            "values": [{"id": code, **_names(name)} for code, name in one.codes.items()],
        }
        for place, one in enumerate(dimensions)
    ]


def _time(place: int, times: list[str]) -> dict[str, Any]:
    return {
        "id": TIME,
        **_names(_TIME_NAME),
        "keyPosition": place,
        "roles": [TIME],
        "format": {"dataType": "ObservationalTimePeriod"},
        "values": [{"value": time} for time in times],
    }


class _Told:
    """The values of each attribute in the order they were first met; what is empty has no place."""

    def __init__(self, attributes: tuple[Attribute, ...]) -> None:
        self.attributes = attributes
        self.values: list[dict[str, int]] = [{} for _ in attributes]

    def places_of(self, reading: Any) -> list[int | None]:
        """Give the place of each attribute's value."""
        found: list[int | None] = []
        for attribute, known in zip(self.attributes, self.values, strict=True):
            said = attribute.of(reading)
            found.append(known.setdefault(said, len(known)) if said else None)
        return found

    def described(self) -> list[dict[str, Any]]:
        """Give the attributes with their values."""
        return [
            {"id": one.id, **_names(one.name), "relationship": {"observation": {}}, "values": _said(one, known)}
            for one, known in zip(self.attributes, self.values, strict=True)
        ]


def _said(attribute: Attribute, known: dict[str, int]) -> list[Any]:
    if attribute.codes is not None:
        return [{"id": said, **_names(attribute.codes[said])} for said in known] or [None]
    return [{"value": said} for said in known] or [None]


# --- structure -------------------------------------------------------------------------------------------------

_TIME_NAME = Text("Time", "时期")
_VALUE_NAME = Text("Value", "数值")


def structure_message(cube: Cube, prepared: datetime) -> dict[str, Any]:
    """Give the structure of the cube as a message: concepts, code lists, data structure definition, dataflow."""
    coded = [(one.id, one.name, one.codes) for one in cube.dimensions]
    coded += [(one.id, one.name, one.codes) for one in cube.attributes if one.codes is not None]
    named = [*((one.id, one.name) for one in cube.dimensions), (TIME, _TIME_NAME), (VALUE, _VALUE_NAME)]
    named += [(one.id, one.name) for one in (*cube.attributes, AS_OF)]
    own = {"agencyID": cube.agency, "version": VERSION, "isExternalReference": False}
    title, notice = cube.zone.declared.name, cube.zone.declared.notice
    if notice is not None:
        title = Text(f"{title.en}. {notice.en}", f"{title.zh}。{notice.zh}")
    data = {
        "conceptSchemes": [
            {"id": CONCEPTS, **own, **_names(Text("Concepts of readings", "读数概念")),
             "concepts": [{"id": id, **_names(name)} for id, name in named]}
        ],
        "codelists": [
            {"id": f"CL_{id}", **own, **_names(name),
             "codes": [{"id": code, **_names(said)} for code, said in codes.items()]}
            for id, name, codes in coded if codes
        ],
        "dataStructures": [
            {"id": STRUCTURE, **own, **_names(title), "dataStructureComponents": _components(cube)}
        ],
        "dataflows": [
            {"id": FLOW, **own, **_names(title), "structure": cube.urn("DataStructure", STRUCTURE)}
        ],
    }  # fmt: skip
    return {"meta": _meta(cube, "structure", prepared), "data": data}


def _components(cube: Cube) -> dict[str, Any]:
    return {
        "dimensionList": {
            "id": "DimensionDescriptor",
            "dimensions": [
                {"id": one.id, "position": place, "conceptIdentity": _concept(cube, one.id),
                 "localRepresentation": _coded(cube, one.id) if one.codes else {"format": {"dataType": "String"}}}
                for place, one in enumerate(cube.dimensions)
            ],
            "timeDimension": {"id": TIME, "conceptIdentity": _concept(cube, TIME),
                              "localRepresentation": {"format": {"dataType": "ObservationalTimePeriod"}}},
        },
        "measureList": {
            "id": "MeasureDescriptor",
            "measures": [{"id": VALUE, "usage": "mandatory", "conceptIdentity": _concept(cube, VALUE),
                          "localRepresentation": {"format": {"dataType": "Double"}}}],
        },
        "attributeList": {
            "id": "AttributeDescriptor",
            "attributes": [
                *(_attribute(cube, one, {"observation": {}}) for one in cube.attributes),
                _attribute(cube, AS_OF, {"dataflow": {}}),
            ],
        },
    }  # fmt: skip


def _attribute(cube: Cube, one: Attribute, relationship: dict[str, Any]) -> dict[str, Any]:
    form = _coded(cube, one.id) if one.codes is not None else {"format": {"dataType": one.kind}}
    return {"id": one.id, "usage": "optional", "attributeRelationship": relationship,
            "conceptIdentity": _concept(cube, one.id), "localRepresentation": form}  # fmt: skip


def _concept(cube: Cube, id: str) -> str:
    return _CONCEPT_URN.format(cube.agency, CONCEPTS, VERSION, id)


def _coded(cube: Cube, id: str) -> dict[str, Any]:
    return {"enumeration": cube.urn("Codelist", f"CL_{id}", "codelist")}
