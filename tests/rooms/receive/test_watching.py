"""A folder is watched: whole files are handed on once, and again only when they have changed or it was asked for."""

import pytest

from milepost.basics.errors import YoursToMend
from milepost.receive.watching import arrivals


def watched(folder, *looks, again=None):
    """Names of the files handed on, when each of `looks` is done between two looks at the folder."""
    left = list(looks)

    def sleep(_):
        left.pop(0)()

    return [path.name for path in arrivals(folder, 0.0, sleep, lambda: not left, again)]


def nothing():
    """Nothing happens between two looks."""


def test_a_file_is_handed_on_when_it_has_stayed_as_it_was(tmp_path):
    (tmp_path / "b.csv").write_text("1")
    (tmp_path / "a.csv").write_text("1")
    assert watched(tmp_path) == []
    assert watched(tmp_path, nothing, nothing) == ["a.csv", "b.csv"]


def test_a_file_that_still_grows_waits(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("1")
    assert watched(tmp_path, lambda: path.write_text("12"), lambda: path.write_text("123")) == []
    assert watched(tmp_path, lambda: path.write_text("1234"), nothing) == ["a.csv"]


def test_a_changed_file_is_handed_on_again(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("1")
    assert watched(tmp_path, nothing, lambda: path.write_text("12"), nothing, nothing) == ["a.csv", "a.csv"]


def test_what_was_asked_for_again_is_handed_on_again(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("1")
    again = set()
    looks = (nothing, lambda: again.add(path), nothing, nothing, nothing)
    assert watched(tmp_path, *looks, again=again) == ["a.csv", "a.csv"]


def test_hidden_unfinished_and_linked_files_and_folders_are_passed_over(tmp_path):
    for name in (".a.csv", "b.csv.part", "~$c.xlsx", "d.csv~", "e.csv.crdownload"):
        (tmp_path / name).write_text("1")
    (tmp_path / "folder").mkdir()
    (tmp_path / "link.csv").symlink_to(tmp_path / ".a.csv")
    assert watched(tmp_path, nothing, nothing) == []


def test_a_folder_that_is_not_there_is_yours_to_mend(tmp_path):
    with pytest.raises(YoursToMend) as told:
        watched(tmp_path / "nowhere", nothing)
    assert [trouble.code for trouble in told.value.troubles] == ["R039"]
