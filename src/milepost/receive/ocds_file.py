"""Open contracting data (OCDS 1.1): releases are merged to compiled releases and laid flat to a register's columns.

A column is a path of the standard, as its id or in `also_written`: `ocid`, `tender/value/amount`,
`awards/suppliers/name`. The longest list named by the columns gives the rows: one for each contract where a column
reads `contracts/...`, one for each process where none goes through a list. Fields no column names are passed over,
because the standard has far more of them than any register. Releases of other files are not known here.

Merging: Open Contracting Partnership, OCDS 1.1, "Merging". https://standard.open-contracting.org/1.1/en/schema/merging/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from milepost.basics.errors import Place, Trouble, YoursToMend, listed
from milepost.receive.json_text import cell, read_json
from milepost.receive.packed import opened

_LARGEST_BYTES = 500_000_000
_WHOLE_LISTS = frozenset({"additionalIdentifiers", "additionalClassifications", "changes"})
"""Lists of objects that the standard's schema replaces as a whole (`wholeListMerge`)."""
_OF_ONE_RELEASE = frozenset({"id", "date", "tag"})
_MARKS = (b'"releases"', b'"records"', b'"ocid"')


def is_ocds(path: Path, shown_as: str) -> bool:
    """Is it a package, record or release? Told by its first letters: an object that has the standard's names."""
    with opened(path, shown_as) as file:
        begins = file.read(100_000).lstrip(b"\xef\xbb\xbf \t\r\n")
    first_line = begins.split(b"\n", 1)[0].rstrip()
    is_lines = first_line.endswith(b"}") and len(first_line) < len(begins.rstrip())
    return begins[:1] == b"{" and any(mark in begins for mark in _MARKS) and not is_lines


def compiled(path: Path, shown_as: str) -> list[dict[str, Any]]:
    """Give the compiled release of each process in a file, in the order they first appear.

    Releases are merged; a record whose releases are only linked gives the compiled release it holds.
    Raises YoursToMend: R003 not UTF-8, R030 too large, R032 not JSON, R036 not OCDS or a release without its date.
    """
    place = Place(shown_as)
    with opened(path, shown_as) as file:
        content = file.read(_LARGEST_BYTES + 1)
    if len(content) > _LARGEST_BYTES:
        raise YoursToMend(Trouble("R030", "the file is too large to be merged", "Send it by year", place))
    try:
        package = read_json(content.decode("utf-8-sig"), place)
    except UnicodeDecodeError:
        raise YoursToMend(Trouble("R003", "the text is not UTF-8", "Save the file as UTF-8", place)) from None
    return list(_processes(package, place))


def _processes(package: Any, place: Place) -> Iterator[dict[str, Any]]:
    for record in _objects(package.get("records", []), place):
        releases = record.get("releases", [])
        linked = not releases or any("ocid" not in release for release in _objects(releases, place))
        if linked and isinstance(record.get("compiledRelease"), dict):
            yield record["compiledRelease"]
        else:
            yield from _merged(releases, place)
    if "records" not in package:
        yield from _merged(package.get("releases", [package]), place)


def _objects(found: Any, place: Place) -> list[dict[str, Any]]:
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise _not_ocds("what should be a list of objects is not one", place)
    return found


def _not_ocds(what: str, place: Place) -> YoursToMend:
    mend = "Send a release package or a record package of OCDS 1.1"
    return YoursToMend(Trouble("R036", what, mend, place))


def _merged(found: Any, place: Place) -> Iterator[dict[str, Any]]:
    releases = _objects(found, place)
    if not all(isinstance(release.get("ocid"), str) for release in releases):
        raise _not_ocds("a release has no ocid", place)
    processes: dict[str, list[dict[str, Any]]] = {}
    for release in releases:
        processes.setdefault(release["ocid"], []).append(release)
    for group in processes.values():
        if len(group) > 1 and not all(isinstance(release.get("date"), str) for release in group):
            raise _not_ocds("a release that is to be merged has no date", place)
        yield merge(group)


def merge(releases: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Give the compiled release of releases with one ocid: the later one speaks, what it does not say stays.

    Objects are merged name by name; lists of objects entry by entry by their `id`; other lists are replaced as a
    whole; null takes a value away (OCDS 1.1, "Merging").
    """
    ordered = sorted(releases, key=lambda release: str(release.get("date", "")))
    found: dict[str, Any] = {"tag": ["compiled"]}
    for release in ordered:
        found["id"] = f"{release.get('ocid')}-{release.get('date')}"
        found["date"] = release.get("date")
        _merge_object(found, {name: value for name, value in release.items() if name not in _OF_ONE_RELEASE})
    return found


def _merge_object(old: dict[str, Any], new: Mapping[str, Any]) -> None:
    for name, value in new.items():
        if value is None:
            old.pop(name, None)
        elif isinstance(value, dict):
            if value:
                there = old.get(name)
                old[name] = there if isinstance(there, dict) else {}
                _merge_object(old[name], value)
        elif _is_merged_by_id(name, value):
            there = old.get(name)
            old[name] = there if isinstance(there, list) else []
            _merge_list(old[name], value)
        elif value != [] or name in _WHOLE_LISTS or name not in old:
            old[name] = value


def _is_merged_by_id(name: str, value: Any) -> bool:
    is_list = isinstance(value, list) and bool(value) and all(isinstance(entry, dict) for entry in value)
    return is_list and name not in _WHOLE_LISTS


def _merge_list(old: list[dict[str, Any]], new: list[dict[str, Any]]) -> None:
    there = {str(entry["id"]): entry for entry in old if "id" in entry}
    for entry in new:
        name = str(entry["id"]) if "id" in entry else None
        if name is None or name not in there:
            fresh: dict[str, Any] = {}
            old.append(fresh)
            if name is not None:
                there[name] = fresh
                fresh["id"] = entry["id"]
            _merge_object(fresh, entry)
        else:
            _merge_object(there[name], {key: value for key, value in entry.items() if key != "id"})


def rows(processes: Sequence[Mapping[str, Any]], paths: Sequence[str], place: Place) -> Iterator[list[str]]:
    """Give the cells under each of `paths`, a row for each entry of the longest list that a path goes through.

    A list of plain words is written with semicolons. Raises YoursToMend (R036) where paths go through lists that do
    not hold each other, such as `awards` and `contracts`.
    """
    lists = _lists_through(processes, paths)
    deepest = max(lists, key=len, default=())
    if aside := sorted("/".join(one) for one in lists if one != deepest[: len(one)]):
        what = f"columns go through lists beside each other: {'/'.join(deepest)} and {listed(aside)}"
        mend = "Make a register for each of the lists"
        raise YoursToMend(Trouble("R036", what, mend, place))
    steps = [tuple(path.split("/")) for path in paths]
    for process in processes:
        for chain in _chains(process, deepest):
            yield [_value(chain, step) for step in steps]


def _lists_through(processes: Sequence[Mapping[str, Any]], paths: Sequence[str]) -> set[tuple[str, ...]]:
    """Give the paths of all lists of objects that `paths` go through, in any of the processes."""
    found: set[tuple[str, ...]] = set()
    for path in paths:
        steps = tuple(path.split("/"))
        nodes: list[Any] = list(processes)
        for depth, step in enumerate(steps, start=1):
            below = [node[step] for node in nodes if isinstance(node, dict) and step in node]
            if any(_is_list_of_objects(node) for node in below):
                found.add(steps[:depth])
            nodes = [one for node in below for one in (node if isinstance(node, list) else [node])]
    return found


def _is_list_of_objects(node: Any) -> bool:
    return isinstance(node, list) and bool(node) and all(isinstance(entry, dict) for entry in node)


def _chains(process: Mapping[str, Any], deepest: tuple[str, ...]) -> Iterator[dict[tuple[str, ...], Any]]:
    """Give for each entry of the deepest list the entries it stands in, by the path they stand at."""
    chains: list[dict[tuple[str, ...], Any]] = [{(): process}]
    node_at: tuple[str, ...] = ()
    for depth in range(1, len(deepest) + 1):
        path, longer = deepest[:depth], []
        for chain in chains:
            node = chain[node_at]
            below = node.get(path[-1]) if isinstance(node, dict) else None
            entries = below if isinstance(below, list) else [] if below is None else [below]
            longer += [{**chain, path: entry} for entry in entries]
        chains, node_at = longer, path
    yield from chains


def _value(chain: Mapping[tuple[str, ...], Any], steps: tuple[str, ...]) -> str:
    begins = max((path for path in chain if path == steps[: len(path)]), key=len)
    node = chain[begins]
    for step in steps[len(begins) :]:
        node = node.get(step) if isinstance(node, dict) else None
    if isinstance(node, list):
        return "; ".join(cell(entry) for entry in node if not isinstance(entry, dict | list))
    return "" if isinstance(node, dict) else cell(node)
