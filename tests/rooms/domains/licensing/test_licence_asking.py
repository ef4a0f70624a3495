"""Asking: nothing is asked that cannot matter, nothing is left out that could, and every answer has its reason."""

from datetime import date
from itertools import product

import pytest
from made_catalogue import DAY, made

from milepost.basics.errors import YoursToMend
from milepost.domains.licensing.asking import possible_answers, questions, resolve, typed_answers
from milepost.domains.licensing.reading import shipped

GUIDES = sorted(shipped().guides)


def result(resolved):
    """What an applicant would get: no reasons, only what is needed."""
    items = tuple((item.permit.id, item.standing) for item in resolved.items)
    papers = tuple((paper.document.id, paper.handing) for paper in resolved.papers)
    return items, papers, tuple(one.may_use for one in resolved.eligibility)


def asked_of(catalogue, guides, everything):
    """The answers a person gives who is asked one question after the other, the first each time."""
    given = {}
    while waiting := questions(catalogue, guides, given, DAY):
        name = waiting[0].field.id
        assert name not in given
        given[name] = everything[name]
    return given


def every_answer(catalogue, guides):
    """Every combination of answers, one for each piece of each question any condition of the guides reads."""
    names = set()
    for guide in guides:
        rules = [r.rule for r in catalogue.requirements.get(guide, ())]
        rules += [a.rule for a in catalogue.documents_asked.get(guide, ())] + [catalogue.guides[guide].eligibility]
        for rule in rules:
            names |= catalogue.rules[rule].needs if rule else set()
    held = {name: possible_answers(catalogue, guides, name, DAY) for name in sorted(names)}
    return [dict(zip(held, values, strict=True)) for values in product(*held.values())]


@pytest.mark.parametrize("guide", GUIDES)
def test_skipped_answers_cannot_matter(guide):
    catalogue, count = shipped(), 0
    for everything in every_answer(catalogue, [guide]):
        given = asked_of(catalogue, [guide], everything)
        assert result(resolve(catalogue, [guide], given, DAY)) == result(resolve(catalogue, [guide], everything, DAY))
        count += 1
    assert count >= 1


@pytest.mark.parametrize("guide", [guide for guide in GUIDES if questions(shipped(), [guide], {}, DAY)])
def test_every_question_asked_can_still_change_the_result(guide):
    """For each question asked on any way, two of its answers lead to two results, whatever else is said the same."""
    catalogue = shipped()
    every, seen = every_answer(catalogue, [guide]), 0
    for everything in every:
        given = {}
        while waiting := questions(catalogue, [guide], given, DAY):
            for question in waiting:
                name = question.field.id
                fitting = [e for e in every if all(e[k] == v for k, v in given.items())]
                values = possible_answers(catalogue, [guide], name, DAY)
                assert any(
                    len({result(resolve(catalogue, [guide], {**e, name: v}, DAY)) for v in values}) > 1 for e in fitting
                ), name
                seen += 1
            given[waiting[0].field.id] = everything[waiting[0].field.id]
    assert seen > 0


def test_there_are_guides_with_and_without_questions():
    asking = [guide for guide in GUIDES if questions(shipped(), [guide], {}, DAY)]
    assert len(asking) == 7
    assert "homestay_zhuzhou" in asking and "cinema_suzhou" not in asking


def test_the_question_that_may_save_another_is_asked_first():
    """Near a heritage site the approval is needed, whatever the kitchen; asked the other way both must be asked."""
    first = [q.field.id for q in questions(shipped(), ["supermarket_guide"], {}, DAY)]
    assert first.index("near_heritage_site") < first.index("catering_or_central_air")
    left = questions(shipped(), ["supermarket_guide"], {"near_heritage_site": True, "floor_area_m2": 10}, DAY)
    assert left == ()


def test_thresholds_differ_by_city_and_cite_their_source():
    zhuzhou = resolve(shipped(), ["homestay_zhuzhou"], {"floor_area_m2": 200, "works_cost_cny": 0}, DAY)
    jiayuguan = resolve(shipped(), ["ktv_jiayuguan"], {"floor_area_m2": 200, "sells_food": False}, DAY)
    fire = [next(i for i in one.items if i.permit.id == "fire_inspection") for one in (zhuzhou, jiayuguan)]
    assert [item.standing for item in fire] == ["required", "not_required"]
    assert "50 square metres" in fire[0].reasons[0].citation
    assert "300 square metres" in fire[1].reasons[0].citation
    assert fire[0].reasons[0].source != fire[1].reasons[0].source


@pytest.mark.parametrize(
    ("area", "cost", "standing"),
    [(300, 300_001, "not_required"), (301, 300_000, "not_required"), (301, 300_001, "required")],
)
def test_a_tea_shop_of_hunan_needs_the_inspection_only_over_both_bounds(area, cost, standing):
    found = resolve(shipped(), ["tea_shop_hunan"], {"floor_area_m2": area, "works_cost_cny": cost}, DAY)
    assert next(i.standing for i in found.items if i.permit.id == "fire_inspection") == standing


def test_a_reason_names_table_line_and_tests():
    found = resolve(shipped(), ["homestay_zhuzhou"], {"floor_area_m2": 51, "works_cost_cny": 1}, DAY)
    reason = next(i for i in found.items if i.permit.id == "fire_inspection").reasons[0]
    assert (reason.table, reason.line, reason.tests) == ("fire_inspection_over_50_m2_zhuzhou", 1,
                                                         ("floor_area_m2 > 50 m2",))  # fmt: skip


def test_a_settled_need_has_its_reason_before_every_answer_is_known():
    found = resolve(shipped(), ["homestay_zhuzhou"], {"floor_area_m2": 100}, DAY)
    review = next(i for i in found.items if i.permit.id == "fire_design_review")
    assert review.standing == "not_required"
    assert [reason.line for reason in review.reasons] == [2]


def test_an_answer_counts_for_every_field_of_the_same_definition(tmp_path):
    catalogue = made(tmp_path)
    guides = ["tea_house_town", "sign_town"]
    assert [q.field.id for q in questions(catalogue, guides, {}, DAY)] == ["floor_area_m2"]
    by_one = resolve(catalogue, guides, {"floor_area_m2": 150}, DAY)
    by_other = resolve(catalogue, guides, {"area_of_shop_m2": 150}, DAY)
    assert result(by_one) == result(by_other)
    assert by_one.is_settled and by_other.is_settled


def test_a_permit_of_two_services_is_one_and_the_stronger_need_holds(tmp_path):
    catalogue = made(tmp_path)
    guides = catalogue.scenarios["open_tea_house"].guides
    found = {i.permit.id: i.standing for i in resolve(catalogue, guides, {"floor_area_m2": 150}, DAY).items}
    assert found == {"registration": "required", "food": "required", "hygiene": "required", "fire": "required"}
    # Over 200 the second service asks for a filing only, and the first still for the permit.
    over = {i.permit.id: i.standing for i in resolve(catalogue, guides, {"floor_area_m2": 250}, DAY).items}
    assert over["fire"] == "required"
    alone = {i.permit.id: i.standing for i in resolve(catalogue, ["sign_town"], {"floor_area_m2": 250}, DAY).items}
    assert alone == {"fire": "filing", "food": "filing"}


def test_a_question_that_could_only_weaken_a_certain_need_is_not_asked(tmp_path):
    more = [{"guide": "sign_town", "permit": "hygiene", "rule": "filing_over_200", "citation": "c"},
            {"guide": "sign_town", "permit": "hygiene", "need": "required", "citation": "c"}]  # fmt: skip
    catalogue = made(tmp_path, requirements=more)
    changes = {name for q in questions(catalogue, ["sign_town"], {}, DAY) for name in q.changes}
    assert changes == {"fire"}


def test_order_of_answers_and_guides_does_not_matter(tmp_path):
    catalogue = made(tmp_path)
    one = resolve(catalogue, ["tea_house_town", "sign_town"], {"floor_area_m2": 300}, DAY)
    other = resolve(catalogue, ["sign_town", "tea_house_town"], {"floor_area_m2": 300}, DAY)
    assert {i.permit.id: i.standing for i in one.items} == {i.permit.id: i.standing for i in other.items}
    assert {f.field.definition for f in one.form} == {f.field.definition for f in other.form}


def test_rules_of_the_day_are_applied(tmp_path):
    from made_catalogue import RULES

    older = (
        RULES["fire_over_100"]
        .replace("lines:\n", "lines:\n")
        .replace("citation: Made code article 1}", "citation: Made code article 1, from: 2025-01-01}")
    )
    for bound, standing in (("> 50", "required"), ("<= 50", "not_required")):
        older += (f'  - {{when: {{floor_area_m2: "{bound}"}}, then: {{need: {standing}}}, citation: Old code, '
                  "until: 2024-12-31}\n")  # fmt: skip
    catalogue = made(tmp_path, {"fire_over_100": older})
    found = [
        next(
            i for i in resolve(catalogue, ["tea_house_town"], {"floor_area_m2": 80}, day).items if i.permit.id == "fire"
        )
        for day in (date(2024, 12, 31), date(2025, 1, 1))
    ]
    assert [item.standing for item in found] == ["required", "not_required"]
    assert [item.reasons[0].citation for item in found] == ["Old code", "Made code article 1"]


@pytest.mark.parametrize(
    "given",
    [{"floor_area_m2": "large"}, {"floor_area_m2": -1}, {"floor_area_m2": "nan"}, {"floor_area_m2": True},
     {"sells_food": "maybe"}, {"sport": "chess"}, {"no_such_question": 1}],
)  # fmt: skip
def test_an_answer_that_cannot_be_taken_is_told_without_its_value(given):
    with pytest.raises(YoursToMend) as caught:
        resolve(shipped(), ["ktv_jiayuguan", "gym_guidance"], given, DAY)
    assert {trouble.code for trouble in caught.value.troubles} == {"H111"}
    assert "large" not in str(caught.value) and "chess" not in str(caught.value)


def test_answers_are_read_from_text():
    found = typed_answers(shipped(), {"floor_area_m2": "120.5", "sells_food": "yes", "sport": "diving"})
    assert found == {"floor_area_m2": 120.5, "sells_food": True, "sport": "diving"}


def test_an_ineligible_application_is_told_by_one_answer():
    found = resolve(shipped(), ["restaurant_shanghai"], {"on_serious_distrust_list": True}, DAY)
    assert found.eligibility[0].may_use is False
    assert found.is_settled
    assert "not met" in found.eligibility[0].reasons[0].citation
