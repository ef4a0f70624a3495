"""Every error code has a page, every page a code, and a page says how to mend it."""

import re
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
SOURCES = {path: path.read_text("utf-8") for path in sorted((REPOSITORY / "src/milepost").rglob("*.py"))}
PAGES = {path.stem: path.read_text("utf-8") for path in sorted((REPOSITORY / "docs/errors").glob("[A-Z][0-9]*.md"))}

# A code given to a Trouble at once, and any other quoted word of that shape (a code passed by name).
RAISED = {code for text in SOURCES.values() for code in re.findall(r'\bTrouble\(\s*"([A-Z]\d{3})"', text)}
QUOTED = {code for text in SOURCES.values() for code in re.findall(r'"([A-Z]\d{3})"', text)}
# Rules for rows are declared, each with its code.
DECLARED = {
    code
    for path in sorted(
        [*(REPOSITORY / "src/milepost/registers").rglob("*.yaml"), *(REPOSITORY / "src/milepost/check").glob("*.yaml")]
    )
    for code in re.findall(r"^    code: ([A-Z]\d{3})$", path.read_text("utf-8"), flags=re.MULTILINE)
}


def test_there_are_codes_to_judge():
    assert len(RAISED) >= 8
    assert len(PAGES) >= 8


def test_every_code_has_a_page():
    assert len(DECLARED) > 30
    assert sorted((RAISED | DECLARED) - set(PAGES)) == []


def test_every_page_has_a_code():
    assert sorted(set(PAGES) - QUOTED - DECLARED) == []


@pytest.mark.parametrize("code", sorted(PAGES))
def test_a_page_says_what_it_means_and_how_to_mend_it(code):
    lines = [line for line in PAGES[code].splitlines() if line.strip()]
    assert lines[0].startswith(f"# {code}"), "the page opens with its code and a name"
    assert 3 <= len(lines) <= 14
    assert re.search(r"\bmend\b", PAGES[code], re.IGNORECASE), "the page says how to mend it"
