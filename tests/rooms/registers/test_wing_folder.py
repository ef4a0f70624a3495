"""A wing is its folder: indicators and words are read from it when asked for."""

import pytest

from milepost.basics.errors import YoursToMend
from milepost.registers.domain import Domain

ENTRY = """{name}:
  name: {{en: Ships, zh: 船只}}
  definition: {{en: Number of ships, zh: 船只数量}}
  kind: stock
  unit: count
"""


def wing(folder, **files):
    for name, text in files.items():
        path = folder / "sea" / f"{name.replace('__', '/')}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return Domain.from_folder(folder / "sea")


def test_an_indicator_is_named_after_its_wing(tmp_path):
    found = wing(tmp_path, indicators=ENTRY.format(name="ships")).indicators()
    assert list(found) == ["sea.ships"]
    assert found["sea.ships"].place.line == 2


def test_a_file_and_a_folder_of_indicators_are_read_together(tmp_path):
    domain = wing(tmp_path, indicators=ENTRY.format(name="ships"), indicators__b=ENTRY.format(name="crews"))
    assert list(domain.indicators()) == ["sea.ships", "sea.crews"]


def test_faults_of_all_files_are_told_at_once(tmp_path):
    bad = ENTRY.format(name="ships").replace("stock", "stok")
    domain = wing(tmp_path, indicators=bad, indicators__b=bad.replace("unit", "unti"))
    with pytest.raises(YoursToMend) as caught:
        domain.indicators()
    assert {trouble.code for trouble in caught.value.troubles} == {"D011", "D012", "D013", "Z008"}
    assert {trouble.place.file for trouble in caught.value.troubles} == {"sea/indicators.yaml", "sea/indicators/b.yaml"}


def test_words_are_read_in_each_language(tmp_path):
    domain = wing(tmp_path, words__en="label: Sea\nhelp: Ships", words__zh="label: 海\nhelp: 船")
    assert (domain.label.en, domain.label.zh, domain.help.zh) == ("Sea", "海", "船")


def test_nothing_is_read_before_it_is_asked_for(tmp_path):
    assert Domain.from_folder(tmp_path / "not_there").id == "not_there"
