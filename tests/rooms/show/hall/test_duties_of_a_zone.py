"""Duties on the site: silence as a fact, a figure before any word, updates with evidence by their owners alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from fakes.hall_visits import PDF, Clock, Visitor, forms, hall_app
from milepost.basics.errors import YoursToMend
from milepost.show.catalogue import open_zone
from milepost.show.hall.duties import duties_of

REPOSITORY = Path(__file__).resolve().parents[4]
DUTIES = """duties:
  - id: T1
    name: {en: Chips, zh: 芯片}
    owner: industry_desk
    due_date: 2027-12-31
    item: T1
    stalled_after_days: 30
    milestones: [{id: line, name: {en: First line runs, zh: 首条产线投产}, due_date: 2027-01-31}]
  - {id: T4, name: {en: Clusters, zh: 集群}, owner: industry_desk, due_date: 2027-12-31, item: T4,
     target: T4.clusters_100bn, depends_on: [T1]}
"""


@pytest.fixture()
def app(tmp_path: Path) -> Any:
    return hall_app(tmp_path, Clock(), duties=DUTIES)


def assigned(app: Any, duty: str = "T1") -> None:
    plan = Visitor(app).sign_in("plan")
    assert plan.act(f"/en/duty/{duty}/", "open").status == 302
    assert Visitor(app).sign_in("own").act(f"/en/duty/{duty}/", "take_on").status == 302


def test_an_empty_ledger_says_that_nobody_has_said_anything(app: Any) -> None:
    visitor = Visitor(app)
    assert (
        "Nobody has said anything yet. 14 duties stand as the plan announced them" in visitor.get("/en/duties/").words
    )
    assert "尚无人填报任何进展" in visitor.get("/zh/duties/").words
    assert "never assigned, nothing heard" in visitor.get("/en/duty/T1/").words


def test_every_item_of_the_plan_is_a_duty_even_where_nobody_is_named() -> None:
    zone = open_zone(REPOSITORY / "zones/etown")
    duties = duties_of(zone)
    assert [duty.item for duty in duties] == [item.id for item in zone.plan.items()]
    assert len(duties) == 14
    assert all(duty.owner.endswith("_desk") for duty in duties)
    assert not any(duty.milestones for duty in duties), "none was announced, and none is made up"


def test_a_duty_names_what_the_plan_has(app: Any) -> None:
    path = app.site.hall.zone.folder / "plan/duties.yaml"
    path.write_text(DUTIES.replace("T4.clusters_100bn", "T4.clusters"), "utf-8")
    with pytest.raises(YoursToMend) as found:
        duties_of(app.site.hall.zone)
    assert [(trouble.code, trouble.place.line) for trouble in found.value.troubles] == [("U005", 9)]


def test_silence_is_counted_and_told(app: Any) -> None:
    assigned(app)
    app.site.hall.now.set("2026-12-20T02:00:00+00:00")
    assert "nothing told for 26 days" in Visitor(app).get("/en/duty/T1/").words
    app.site.hall.now.set("2026-12-26T02:00:00+00:00")
    words = Visitor(app).get("/en/duty/T1/").words
    assert "stalled" in words
    assert "silent for 32 days" in words


def test_an_owner_reports_with_a_link_or_a_paper_and_the_public_reads_only_that_it_was_told(app: Any) -> None:
    assigned(app)
    own = Visitor(app).sign_in("own")
    path = "/en/duty/T1/"
    said = {"f__words": "The <b>first</b> line is ordered.", "f__evidence": "https://example.org/order"}
    assert own.act(path, "update", **said).status == 302
    held = next(f["fields"] for f in forms(own.get(path)) if f["fields"].get("act") == "update")
    sent = {**held, "f.words": "It has arrived."}
    assert own.post(path, sent, {"d.evidence": ("photo.pdf", PDF)}).status == 302
    page = own.get(path)
    assert "The &lt;b&gt;first&lt;/b&gt; line is ordered." in page.text
    assert 'href="https://example.org/order"' in page.text
    paper = next(link for link in page.links() if "/paper/" in link)
    assert own.get(paper).body == PDF
    stranger = Visitor(app)
    assert "line is ordered" not in stranger.get(path).text
    assert "4 entries" in stranger.get(path).words
    assert stranger.get(paper).status == 302
    assert Visitor(app).sign_in("ann").get(paper).status == 404


def test_a_link_that_runs_something_is_not_made_a_link(app: Any) -> None:
    assigned(app)
    own = Visitor(app).sign_in("own")
    assert own.act("/en/duty/T1/", "update", f__words="x", f__evidence="javascript:alert(1)").status == 302
    assert 'href="javascript' not in own.get("/en/duty/T1/").text


def test_an_update_without_evidence_is_not_taken(app: Any) -> None:
    assigned(app)
    answer = Visitor(app).sign_in("own").act("/en/duty/T1/", "update", f__words="All is well.")
    assert answer.status == 409
    assert "S209" in answer.words
    assert "All is well." in answer.text


def test_a_milestone_is_verified_by_another_than_who_claims_it(app: Any) -> None:
    assigned(app)
    path = "/en/duty/T1/"
    assert Visitor(app).sign_in("own").act(path, "claim", "line", f__evidence="https://example.org/run").status == 302
    offered = {f["fields"].get("act") for f in forms(Visitor(app).sign_in("own").get(path))}
    assert "verify" not in offered
    assert Visitor(app).sign_in("plan").act(path, "verify", "line").status == 302
    assert "1/1 milestones" in Visitor(app).get("/en/duties/").words


def test_a_published_figure_drives_the_status_whatever_is_said(app: Any) -> None:
    assert "met" in Visitor(app).get("/en/duty/T4/").words
    line = Visitor(app).get("/en/duties/").text.split('href="/en/duty/T4/"')[1].split("</li>")[0]
    assert "lamp-met" in line


def test_only_the_plan_office_assigns_and_only_the_owner_reports(app: Any) -> None:
    for name in ("ann", "li", "own", "lead"):
        acts = {f["fields"].get("act") for f in forms(Visitor(app).sign_in(name).get("/en/duty/T1/"))}
        assert "open" not in acts
    assigned(app)
    assert "update" not in {f["fields"].get("act") for f in forms(Visitor(app).sign_in("plan").get("/en/duty/T1/"))}
    li = Visitor(app).sign_in("li")
    mark = forms(li.get("/en/duty/T1/"))[0]["fields"]["csrfmiddlewaretoken"]
    assert li.post("/en/duty/T1/", {"csrfmiddlewaretoken": mark, "act": "update", "branch": ""}).status == 404


def test_duties_are_shown_as_on_an_earlier_day(app: Any) -> None:
    assigned(app)
    assert "Nobody has said anything yet" in Visitor(app).get("/en/duties/?known_on=2025-06-30").words
