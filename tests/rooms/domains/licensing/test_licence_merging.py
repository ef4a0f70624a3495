"""Fields merge by definition and never by label; a paper is asked once, and not at all where somebody holds it."""

from made_catalogue import DAY, made

from milepost.domains.licensing.asking import resolve
from milepost.domains.licensing.merging import proposals


def resolved(tmp_path, area=150, **more):
    return resolve(made(tmp_path, **more), ["tea_house_town"], {"floor_area_m2": area}, DAY)


def test_fields_of_one_definition_are_one_whatever_their_labels(tmp_path):
    form = {held.field.definition: held for held in resolved(tmp_path).form}
    assert form["premises:address"].merged == ("shop_address", "address_of_premises")
    assert form["premises:address"].asked_by == ("food", "hygiene")


def test_fields_of_one_label_and_two_definitions_stay_two(tmp_path):
    labels = [held.field.name.en for held in resolved(tmp_path).form]
    assert labels.count("Address") == 2


def test_fields_of_one_definition_and_other_words_stay_two(tmp_path):
    fields = [
        {"field": f"tea_{n}", "name_en": f"Tea {n}", "name_zh": "茶", "definition": "business:tea", "type": "choice",
         "vocabulary": words} for n, words in (("a", "green|black"), ("b", "black|green"), ("c", "green|black|white"))
    ]  # fmt: skip
    asked = [{"guide": "tea_house_town", "permit": "food", "field": f"tea_{n}"} for n in "abc"]
    form = [held.merged for held in resolved(tmp_path, fields=fields, asked_fields=asked).form]
    assert ("tea_a", "tea_b") in form and ("tea_c",) in form


def test_likeness_only_proposes(tmp_path):
    catalogue = made(tmp_path)
    fields = [versions[-1] for versions in catalogue.fields.values()]
    found = proposals(fields)
    pairs = {(p.one, p.other) for p in found}
    assert ("shop_address", "owner_address") in pairs
    assert all(catalogue.fields[p.one][-1].identity != catalogue.fields[p.other][-1].identity for p in found)
    assert ("shop_address", "address_of_premises") not in pairs
    assert [p.likeness for p in found] == sorted((p.likeness for p in found), reverse=True)


def test_a_paper_asked_by_two_permits_is_handed_in_once(tmp_path):
    papers = {paper.document.id: paper for paper in resolved(tmp_path).papers}
    assert papers["lease"].asked == 2
    assert papers["lease"].handing == "hand_in"
    assert "lease_copy" not in papers


def test_what_an_authority_holds_and_what_the_application_yields_is_not_asked(tmp_path):
    papers = {paper.document.id: paper.handing for paper in resolved(tmp_path).papers}
    assert papers["identity"] == "held"
    assert papers["licence"] == "produced"


def test_substitution_is_followed_through_other_papers(tmp_path):
    more = [{"guide": "tea_house_town", "permit": "food", "document": "register_extract"}]
    papers = {paper.document.id: paper for paper in resolved(tmp_path, asked_documents=more).papers}
    assert papers["lease"].handing == "substituted"
    assert papers["lease"].instead == "register_extract"
    assert papers["register_extract"].handing == "hand_in"


def test_of_two_papers_that_stand_for_each_other_one_is_asked(tmp_path):
    documents = [
        {"document": one, "name_en": one, "name_zh": "甲", "definition": f"document:{one}", "substitutes": other}
        for one, other in (("left", "right"), ("right", "left"))
    ]
    asked = [{"guide": "tea_house_town", "permit": "food", "document": name} for name in ("left", "right")]
    papers = {p.document.id: p.handing for p in resolved(tmp_path, documents=documents, asked_documents=asked).papers}
    assert sorted((papers["left"], papers["right"])) == ["hand_in", "substituted"]


def test_a_promise_holds_only_if_every_permit_allows_it_and_for_the_shorter_time(tmp_path):
    papers = {paper.document.id: paper for paper in resolved(tmp_path).papers}
    assert papers["plan"].may_be_promised and papers["plan"].due_days_after_decision == 20
    only_hygiene = {paper.document.id: paper for paper in resolved(tmp_path, area=50).papers}
    assert only_hygiene["plan"].due_days_after_decision == 30
    more = [{"guide": "tea_house_town", "permit": "food", "document": "plan", "may_be_promised": "no"}]
    refused = {paper.document.id: paper for paper in resolved(tmp_path, asked_documents=more).papers}
    assert not refused["plan"].may_be_promised


def test_papers_of_a_permit_that_is_not_needed_are_not_asked(tmp_path):
    by = {paper.document.id: paper.asked_by for paper in resolved(tmp_path, area=50).papers}
    assert by["plan"] == ("hygiene",)


def test_the_form_holds_the_fields_of_the_needed_permits_and_of_the_conditions(tmp_path):
    form = [held.field.id for held in resolved(tmp_path).form]
    assert form == ["shop_address", "owner_address", "owner_name", "floor_area_m2"]
    assert [held.is_held for held in resolved(tmp_path).form] == [False, False, True, False]
