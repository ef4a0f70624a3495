"""Examples that a wing ships come out as they are written."""

import importlib
from pathlib import Path

import pytest

from milepost.show.catalogue import find_wings

FILES = [(wing.id, path) for wing in find_wings() for path in sorted((wing.folder / "examples").glob("*.yaml"))]


def worked(wing: str, path: Path):
    return list(importlib.import_module(f"milepost.domains.{wing}.worked").worked(path))


def test_there_are_examples_to_judge():
    assert {wing for wing, _ in FILES} >= {"licensing"}


@pytest.mark.parametrize(("wing", "path"), FILES, ids=[f"{wing}/{path.stem}" for wing, path in FILES])
def test_every_example_comes_out_as_written(wing, path):
    found = worked(wing, path)
    assert len(found) > 0
    assert len({says for says, _, _ in found}) == len(found), "each example says something of its own"
    for says, expected, came_out in found:
        assert came_out == expected, says
