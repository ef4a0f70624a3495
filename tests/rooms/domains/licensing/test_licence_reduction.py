"""The statement of reduction: every count is its list, what is not known is missing, nothing published is mixed in."""

import json

import pytest
from made_catalogue import DAY, made

from milepost.domains.licensing.asking import resolve
from milepost.domains.licensing.opening import process
from milepost.domains.licensing.reading import shipped
from milepost.domains.licensing.reduction import GENERAL_DAYS, JOINT_DAYS, state, straight_way
from milepost.show.command import main


def stated(catalogue, guide, **answers):
    return state(catalogue, resolve(catalogue, [guide], answers, DAY))


def test_a_complete_catalogue_gives_every_number_and_its_list(tmp_path):
    found = stated(made(tmp_path), "tea_house_town", floor_area_m2=50)
    assert found.counts == {"permits": (2, 1), "items": (3, 2), "steps": (2, 1), "documents": (6, 2), "fields": (5, 3)}
    for name, pair in found.counts.items():
        assert pair == tuple(len(held) for held in found.lists[name]), name
    assert found.lists["documents"][1] == ["lease", "plan"]
    assert found.lists["fields"][1] == ["shop_address", "owner_address", "floor_area_m2"]


def test_days_are_stated_against_both_baselines(tmp_path):
    found = stated(made(tmp_path), "tea_house_town", floor_area_m2=50)
    assert found.days == {"statutory": (15 + GENERAL_DAYS, 6), "practice": (9 + 8, 6)}
    assert found.together == {"statutory": 20, "practice": 9}
    assert [held["basis"] for held in found.day_lists["statutory"]] == [
        "catalogue", "Administrative Licensing Law, art. 42 par. 1"
    ]  # fmt: skip
    assert any("general limit" in text.en for text in found.missing)


def test_one_permit_without_its_list_makes_the_number_missing(tmp_path):
    found = stated(made(tmp_path), "tea_house_town", floor_area_m2=150)
    assert found.counts["permits"] == (3, 1)
    assert found.counts["documents"] == found.counts["fields"] == (None, None)
    assert sum("for 1 of 3 permits (Fire)" in text.en for text in found.missing) == 2


def test_what_depends_on_an_answer_is_not_counted_and_is_said(tmp_path):
    found = stated(made(tmp_path), "tea_house_town")
    assert found.counts["permits"] == (2, 1)
    assert any("1 permits depend on answers" in text.en for text in found.missing)


def test_the_practice_baseline_is_missing_where_one_permit_lacks_it(tmp_path):
    more = [{"guide": "sign_town", "permit": "hygiene", "need": "required", "practice_days": "3", "citation": "c"}]
    found = stated(made(tmp_path, requirements=more), "sign_town", floor_area_m2=250)
    assert found.days["practice"] == (None, None)
    assert found.days["statutory"] == (3 * GENERAL_DAYS, JOINT_DAYS)


def test_a_published_practice_is_stated_as_the_guide_gives_it():
    found = stated(shipped(), "convenience_store_jingmen")
    assert found.days["practice"] == (7, 1)


@pytest.mark.parametrize("guide", sorted(shipped().guides))
def test_no_shipped_guide_has_a_document_or_field_count_or_a_zero_for_what_is_unknown(guide):
    found = stated(shipped(), guide)
    assert found.counts["documents"] == found.counts["fields"] == (None, None)
    for name, pair in found.counts.items():
        if None not in pair:
            assert pair == tuple(len(held) for held in found.lists[name])


def test_the_fewest_acts_to_the_licence_are_those_of_the_processes():
    alone, joint = straight_way(process("single_permit")), straight_way(process("joint_licence"))
    assert [act for act, _ in alone] == ["submit", "accept", "give_opinion", "grant", "issue"]
    assert sorted(act for act, _ in joint) == sorted(
        ["submit", "accept", "give_opinion", "visit", "gather", "grant", "issue"]
    )


def test_the_command_states_the_convenience_store(repository, capsys):
    code = main(["ask", str(repository / "zones/etown"), "licensing.reduction",
                 "--set", "industry=convenience_store", "--json"])  # fmt: skip
    document = json.loads(capsys.readouterr().out)
    assert code == 0
    assert document["permits"] == [5, 1]
    assert document["working_days"] == [100, 45]
    assert document["documents"] == document["fields"] == [None, None]
    assert document["baseline"]["used"] == "statutory"
    assert document["baseline"]["practice"]["working_days"] == [None, None]
    assert document["lists"]["permits"]["before"] == [
        "food_sale", "drink_sale", "drug_sale", "medical_device_sale", "tobacco_retail"
    ]  # fmt: skip
    assert any("no complete list of documents" in text["en"] for text in document["missing"])


def test_the_published_store_stands_beside_ours_with_its_source(repository, capsys):
    main(["ask", str(repository / "zones/etown"), "licensing.reduction", "--json"])
    published = json.loads(capsys.readouterr().out)["published"]
    shanghai = {one["measure"]: (one["before"], *one["after"]) for one in published if one["baseline"] == "statutory"}
    assert shanghai == {"permits": (5, 1, 1), "working_days": (95, 5, 5), "documents": (53, 10, 10),
                        "fields": (313, 98, 98)}  # fmt: skip
    practice = {(one["measure"], one["before"], *one["after"]) for one in published if one["baseline"] == "practice"}
    assert {("working_days", 38, 5, 5), ("documents", 42, 10, 10)} <= practice
    assert all(one["source"] for one in published)


def test_requirements_are_answered_with_reasons_and_the_next_question(repository, capsys):
    main(["ask", str(repository / "zones/etown"), "licensing.requirements", "--set", "industry=homestay",
          "--set", "answers=floor_area_m2=320", "--json"])  # fmt: skip
    document = json.loads(capsys.readouterr().out)
    assert [one["field"] for one in document["next_questions"]] == ["works_cost_cny"]
    inspection = next(one for one in document["permits"] if one["permit"] == "fire_inspection")
    assert inspection["standing"] == "required"
    assert inspection["reasons"][0]["line"] == 1 and inspection["reasons"][0]["source"].startswith("http")
    assert "licensing/rules/hygiene_over_300_m2.yaml" in document["tables_read"]


@pytest.mark.parametrize(
    ("setting", "code"),
    [("industry=convenience_stor", "H110"), ("guide=nowhere", "H110"), ("scenario=nothing", "H110"),
     ("answers=floor_area_m2", "H111"), ("answers=area=3", "H111"), ("baseline=old", "Q004")],
)  # fmt: skip
def test_a_faulty_question_is_told(repository, capsys, setting, code):
    assert main(["ask", str(repository / "zones/etown"), "licensing.reduction", "--set", setting]) == 1
    assert code in capsys.readouterr().err


def test_a_scenario_is_resolved_and_counted_like_a_guide(repository, capsys, tmp_path):
    main(["ask", str(repository / "zones/etown"), "licensing.reduction", "--set", "scenario=open_restaurant", "--json"])
    assert json.loads(capsys.readouterr().out)["permits"] == [3, 1]
    catalogue = made(tmp_path)
    guides = catalogue.scenarios["open_tea_house"].guides
    both = state(catalogue, resolve(catalogue, guides, {"floor_area_m2": 250}, DAY))
    assert both.counts["permits"] == (3, 1), "fire and food are asked by both services and counted once"
