"""The README names every verb of the command line, and no other."""

import re

import pytest

from milepost.show.command import main


def test_the_readme_names_every_verb_and_no_other(repository, capsys):
    with pytest.raises(SystemExit):
        main(["--help"])
    verbs = set(re.findall(r"^    ([a-z-]+)(?:  |$)", capsys.readouterr().out, flags=re.MULTILINE))
    named = set(re.findall(r"^\| `milepost ([a-z-]+) ", (repository / "README.md").read_text("utf-8"), re.MULTILINE))
    assert len(verbs) >= 7
    assert named == verbs
