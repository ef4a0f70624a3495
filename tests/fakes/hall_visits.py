"""A hall to try: a small E-Town in a folder of its own, people with accounts, and visitors who keep cookies."""

from __future__ import annotations

import io
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from fakes.browsing import Answer, visit
from fakes.etown import TODAY, ZONE, source_row, walk_on
from milepost.show.hall.hall import open_hall
from milepost.show.web.accounts import add_person
from milepost.show.web.site import make_app

PASSWORD = "seven blue kites"
PEOPLE = (
    ("ann", "applicant", "party=91110302MA01"),
    ("bob", "applicant", "party=91110302MA02"),
    ("wang", "window", "all"),
    ("wen", "window", "all"),
    ("li", "authority", "desk=sports_authority"),
    ("zhao", "authority", "desk=health_commission"),
    ("chen", "decider", "desk=service_hall"),
    ("cui", "decider", "desk=service_hall"),
    ("ma", "government_head", "all"),
    ("insp", "inspector", "all"),
    ("plan", "plan_office", "all"),
    ("own", "owner", "desk=industry_desk"),
    ("lead", "leader", "all"),
)
GYM = "/en/apply/gym/?a.sport=swimming&a.has_pool=yes"
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
FILLED = {
    "f.applicant_name": "Blue Kite Gym", "f.applicant_uscc": "91110302MA01", "f.premises_address": "1 Ronghua Road",
    "f.contact_phone": "010-1", "f.sport": "swimming", "f.has_pool": "yes",
}  # fmt: skip
MEETS = {"f.result": "meets", "f.permit_number": "N-1", "f.valid_until": "2030-06-30"}


class Clock:
    """A clock that tests move."""

    def __init__(self, start: str = "2026-11-24T02:00:00+00:00") -> None:
        self.moment = datetime.fromisoformat(start)

    def __call__(self) -> datetime:
        self.moment += timedelta(seconds=1)
        return self.moment.astimezone(UTC)

    def set(self, moment: str) -> None:
        self.moment = datetime.fromisoformat(moment)


def hall_app(folder: Path, now: Any = None, people: bool = True, duties: str = "", url: str = "") -> Any:
    """Give a site with a hall; its ledger and accounts are in `folder`."""
    (folder / "plan").mkdir(parents=True, exist_ok=True)
    if duties:
        (folder / "plan" / "duties.yaml").write_text(duties, "utf-8")
    zone = replace(ZONE, folder=folder)
    hash_quickly()
    hall = open_hall(zone, now or Clock(), url)
    app = make_app(walk_on, source_row, today=lambda: TODAY, hall=hall, ledger_url=url)
    for name, role, scope in PEOPLE if people else ():
        add_person(app.site.accounts, name, role, scope, PASSWORD)
    return app


def hash_quickly() -> None:
    """Let passwords be hashed in no time; that real ones are hashed slowly is tested by the command."""
    from django.conf import settings

    from milepost.show.web.settings import configure

    configure()
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[dict[str, Any]] = []
        self.typing: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = dict(attrs)
        if tag == "form":
            self.forms.append({"action": held.get("action"), "method": held.get("method", "get"), "fields": {}})
        elif tag in ("input", "textarea") and self.forms and held.get("name"):
            is_choice = held.get("type") in ("radio", "checkbox", "file")
            if not is_choice or "checked" in held:
                self.forms[-1]["fields"][held["name"]] = held.get("value") or ""
            self.typing = held["name"] if tag == "textarea" else None

    def handle_data(self, data: str) -> None:
        if self.typing and self.forms:
            self.forms[-1]["fields"][self.typing] += data

    def handle_endtag(self, tag: str) -> None:
        self.typing = None if tag == "textarea" else self.typing


def forms(answer: Answer) -> list[dict[str, Any]]:
    reader = _Forms()
    reader.feed(answer.text)
    return reader.forms


@dataclass
class Visitor:
    """Somebody with a browser of their own."""

    app: Any
    cookies: dict[str, str] = field(default_factory=dict)
    address: str = "127.0.0.1:8000"

    def get(self, path: str, **environ: str) -> Answer:
        return self._ask(path, "GET", b"", "", environ)

    def post(
        self, path: str, fields: Mapping[str, str], files: Mapping[str, tuple[str, bytes]] | None = None
    ) -> Answer:
        if files is None:
            return self._ask(path, "POST", urlencode(fields).encode(), "application/x-www-form-urlencoded", {})
        mark = uuid.uuid4().hex
        body = io.BytesIO()
        for name, value in fields.items():
            body.write(f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode())
        for name, (called, content) in files.items():
            head = f'--{mark}\r\nContent-Disposition: form-data; name="{name}"; filename="{called}"\r\n\r\n'
            body.write(head.encode() + content + b"\r\n")
        body.write(f"--{mark}--\r\n".encode())
        return self._ask(path, "POST", body.getvalue(), f"multipart/form-data; boundary={mark}", {})

    def _ask(self, path: str, method: str, body: bytes, kind: str, environ: Mapping[str, str]) -> Answer:
        more = {
            "HTTP_COOKIE": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body)), "CONTENT_TYPE": kind,
            "HTTP_REFERER": f"http://{self.address}{path}", **environ,
        }  # fmt: skip
        answer = visit(self.app, path, method, **more)  # type: ignore[arg-type]
        for line in answer.cookies:
            name, _, rest = line.partition("=")
            value = rest.split(";")[0].strip('"')
            if value:
                self.cookies[name] = value
            else:
                self.cookies.pop(name, None)
        return answer

    def sign_in(self, name: str, password: str = PASSWORD) -> Visitor:
        page = self.get("/en/sign-in/")
        sent = {**_form(page, action="/en/sign-in/")["fields"], "name": name, "password": password}
        self.last = self.post("/en/sign-in/", sent)
        return self

    def apply(self, address: str = GYM, typed: Mapping[str, str] = FILLED, **files: bytes) -> Answer:
        """Hand the one form in, with a water report unless told otherwise."""
        page = self.get(address)
        sent = {**hand_in_form(page)["fields"], **typed}
        papers = {f"d.{name}": (f"{name}.pdf", content) for name, content in files.items()}
        return self.post(address, sent, papers or {"d.pool_water_report": ("water.pdf", PDF)})

    def act(self, path: str, act: str, branch: str = "", **typed: str) -> Answer:
        """Open a case and do an act by its form."""
        return self.send(self.get(path), path, act, branch, **typed)

    def send(self, page: Answer, path: str, act: str, branch: str = "", **typed: str) -> Answer:
        """Send an act's form from a page that was opened before."""
        found = [f for f in forms(page) if (f["fields"].get("act"), f["fields"].get("branch", "")) == (act, branch)]
        assert found, f"no form for {act} {branch}: {[f['fields'].get('act') for f in forms(page)]}"
        return self.post(path, {**found[0]["fields"], **{k.replace("__", "."): v for k, v in typed.items()}})


def _form(page: Answer, **having: str) -> dict[str, Any]:
    return next(f for f in forms(page) if all(f[name] == value for name, value in having.items()))


def hand_in_form(page: Answer) -> dict[str, Any]:
    """The form that hands an application in."""
    return next(f for f in forms(page) if "shown_at" in f["fields"])


def place(answer: Answer) -> str:
    """Where an answer leads to, without what was asked."""
    assert answer.status == 302, answer.words[:600]
    return answer.headers["location"].split("?")[0]


def case_of(answer: Answer) -> str:
    """The path of the case an application led to."""
    found = place(answer)
    assert re.fullmatch(r"/en/case/c[0-9a-f]{20}/", found)
    return found


OPINION = {"f__result": "meets", "f__permit_number": "N-1", "f__valid_until": "2030-06-30"}


def granted(app: Any, case: str) -> None:
    """Bring a case that was handed in to its grant."""
    people = {name: Visitor(app).sign_in(name) for name in ("wang", "li", "zhao", "chen")}
    for name, act, branch, typed in (
        ("wang", "accept", "", {}),
        ("li", "give_opinion", "high_risk_sport", OPINION | {"f__permit_number": "TY-1"}),
        ("zhao", "give_opinion", "public_place_hygiene", OPINION | {"f__permit_number": "WS-2"}),
        ("wang", "visit", "", {}),
        ("wang", "gather", "", {}),
        ("chen", "grant", "", {}),
    ):
        answer = people[name].act(case, act, branch, **typed)
        assert answer.status == 302, answer.words[:800]


def issued(app: Any) -> str:
    """A case from application to licence; gives its path."""
    case = case_of(Visitor(app).sign_in("ann").apply())
    granted(app, case)
    assert Visitor(app).sign_in("wang").act(case, "issue").status == 302
    return case
