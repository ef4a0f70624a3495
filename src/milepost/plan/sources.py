"""The files of a zone's folder, read together, and the line of every word in them."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from pathlib import Path

from milepost.basics.declared import Node, read_yaml
from milepost.basics.errors import Place, Trouble, YoursToMend


class Sources:
    """The declarations of several files: their nodes, and all troubles met so far."""

    def __init__(self) -> None:
        self.roots: dict[str, Node] = {}
        self.troubles: list[Trouble] = []

    def read(self, path: Path) -> Node | None:
        """Give the node of a YAML file, or None when it cannot be read; its troubles are kept."""
        try:
            self.roots[str(path)] = read_yaml(path)
        except YoursToMend as error:
            self.troubles.extend(error.troubles)
        return self.roots.get(str(path))

    def where(self, place: Place, *names: str) -> Place:
        """Give the place of the value `names` lead to inside the mapping at `place`; `place` where there is none.

        Lists are entered by position: `where(place, "inside", "0")`.
        """
        node = self._mappings.get(place)
        for name in names:
            if node is None:
                return place
            if isinstance(node.value, list):
                node = node.value[int(name)] if int(name) < len(node.value) else None
            else:
                node = node.value.get(name) if isinstance(node.value, dict) else None
        return node.place if node is not None else place

    @functools.cached_property
    def _mappings(self) -> dict[Place, Node]:
        """Every mapping by its place: worked out only when a trouble must be placed."""
        return {node.place: node for root in self.roots.values() for node in _inside(root)}


def _inside(node: Node) -> Iterator[Node]:
    children = node.value.values() if isinstance(node.value, dict) else node.value
    if isinstance(node.value, dict | list):
        for child in children:
            yield from _inside(child)
    if isinstance(node.value, dict):
        yield node
