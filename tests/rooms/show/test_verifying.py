"""`milepost verify`: a licence from a file, by the issuer's keys and status list, without a network."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest

from milepost.basics.text import Text
from milepost.domains.licensing.keys import key_entry
from milepost.domains.licensing.licence import Licence, Part, issued, status_list_credential
from milepost.domains.licensing.qr_code import qr_text
from milepost.science.credential import Ed25519Signer
from milepost.show.command import main

ISSUER, LIST = "did:web:zone.example", "https://zone.example/status/1"
SIGNER = Ed25519Signer(bytes(range(32)), f"{ISSUER}#1")
NOW = datetime.now(UTC)


@pytest.fixture
def files(tmp_path):
    first = NOW.date() - timedelta(days=5)
    part = Part("food", Text("Food", "食品"), "N-1", Text("A", "部门"), first, date(NOW.year + 3, 1, 1), 4)
    licence = Licence("E-1", "9111", "Blue Cup", "cafe", Text("Cafe", "咖啡馆"), "1 Road", ISSUER, Text("Z", "区"),
                      (part,), LIST, 3)  # fmt: skip
    document = issued(licence, SIGNER, NOW - timedelta(days=4))
    keys = {"id": ISSUER, "verificationMethod": [
        key_entry(SIGNER.verification_method, SIGNER.public_key, NOW - timedelta(days=30))]}  # fmt: skip
    (tmp_path / "licence.json").write_text(json.dumps(document), "utf-8")
    (tmp_path / "code.txt").write_text(qr_text(document), "utf-8")
    (tmp_path / "keys.json").write_text(json.dumps(keys), "utf-8")
    for name, revoked in (("clear", []), ("revoked", [4])):
        status = status_list_credential(LIST, ISSUER, revoked, SIGNER, NOW - timedelta(hours=1))
        (tmp_path / f"{name}.json").write_text(json.dumps(status), "utf-8")
    return tmp_path


def run(files, name, *more):
    return main(["verify", str(files / name), "--keys", str(files / "keys.json"), *more])


@pytest.mark.parametrize("name", ["licence.json", "code.txt"])
def test_a_true_licence_is_told_valid(files, name, capsys):
    assert run(files, name, "--status", str(files / "clear.json")) == 0
    said = capsys.readouterr().out
    assert said.startswith("Valid\n") and "Blue Cup" in said and "Food" in said


def test_without_a_status_list_it_says_what_was_not_checked(files, capsys):
    assert run(files, "licence.json", "--language", "zh") == 0
    assert capsys.readouterr().out.startswith("签名有效；未核验是否撤销")


def test_a_revoked_part_is_told(files, capsys):
    assert run(files, "licence.json", "--status", str(files / "revoked.json"), "--json") == 1
    document = json.loads(capsys.readouterr().out)
    assert document["verdict"] == "not_valid"
    assert [part["standing"] for part in document["parts"]] == ["revoked"]


def test_an_altered_licence_is_told(files, capsys):
    path = files / "licence.json"
    path.write_text(path.read_text("utf-8").replace("Blue Cup", "Red Cup"), "utf-8")
    assert run(files, "licence.json") == 1
    said = capsys.readouterr().out
    assert "H210" in said and "Red Cup" not in said


def test_a_copy_for_another_place_is_told(files, capsys):
    assert run(files, "licence.json", "--premises", "2 Road") == 1
    assert "H217" in capsys.readouterr().out


@pytest.mark.parametrize(("file", "code"), [("keys.json", "H201"), ("clear.json", "H203")])
def test_a_file_that_is_no_json_is_told(files, capsys, file, code):
    (files / file).write_text("<html>", "utf-8")
    assert run(files, "licence.json", "--status", str(files / "clear.json")) == 1
    assert code in capsys.readouterr().err


def test_a_file_that_is_not_there_is_told(files, capsys):
    assert run(files, "nowhere.json") == 1
    assert "C001" in capsys.readouterr().err
