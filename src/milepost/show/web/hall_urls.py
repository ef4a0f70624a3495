"""The addresses of the hall: duties, signing in, applying, cases, licences."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from milepost.show.web import (
    case_page,
    desk,
    duties_page,
    manual_page,
    records_page,
    sign_in,
    thing_page,
    verifier,
    wizard,
)

_page = require_http_methods(["GET", "HEAD", "POST"])


def read_only(view: Callable[..., Any]) -> Callable[..., Any]:
    """Give a view that is only read: whatever is sent to it is refused, so no mark of a form is asked for."""
    return csrf_exempt(require_safe(view))  # type: ignore[no-any-return]


HALL = [
    path("licences/status/<str:list_id>", read_only(verifier.status_list), name="status_list"),
    path("licences/keys", read_only(verifier.keys), name="issuer_keys"),
    path("<slug:language>/duties/", read_only(duties_page.duties), name="duties"),
    path("<slug:language>/duty/<str:duty_id>/", _page(duties_page.duty), name="duty"),
    path("<slug:language>/duty/<str:duty_id>/paper/<str:digest>", read_only(duties_page.duty_paper), name="duty_paper"),
    path("<slug:language>/sign-in/", _page(sign_in.sign_in), name="sign_in"),
    path("<slug:language>/sign-out/", require_POST(sign_in.sign_out), name="sign_out"),
    path("<slug:language>/apply/", read_only(wizard.apply), name="apply"),
    path("<slug:language>/apply/<str:industry>/", _page(wizard.apply_for), name="apply_for"),
    path("<slug:language>/cases/", read_only(desk.own_cases), name="own_cases"),
    path("<slug:language>/desk/", read_only(desk.desk), name="desk"),
    path("<slug:language>/case/<str:case_id>/", _page(case_page.case_page), name="case"),
    path("<slug:language>/case/<str:case_id>/paper/<str:digest>", read_only(case_page.case_paper), name="case_paper"),
    path("<slug:language>/case/<str:case_id>/licence/", _page(verifier.licence), name="licence"),
    path(
        "<slug:language>/wing/<slug:wing_id>/<slug:thing_id>/<str:code>/open/<slug:process>/",
        require_POST(thing_page.thing_case),
        name="thing_case",
    ),
    path("<slug:language>/records/", read_only(records_page.records), name="records"),
    path("<slug:language>/records/<str:register_id>/", _page(records_page.register), name="register"),
    path("<slug:language>/records/<str:register_id>/manual/", read_only(manual_page.manual), name="manual"),
    path("<slug:language>/records/<str:register_id>/copy.zip", read_only(manual_page.copy), name="copy"),
    path("<slug:language>/records/<str:register_id>/form.<str:kind>", read_only(manual_page.blank), name="blank_form"),
    path(
        "<slug:language>/records/<str:register_id>/refused/<str:content_hash>.csv",
        read_only(records_page.refused),
        name="refused",
    ),
    path(
        "<slug:language>/records/<str:register_id>/<str:delivery_id>/",
        _page(records_page.delivery),
        name="delivery",
    ),
    path("<slug:language>/verify/", _page(verifier.verify), name="verify"),
]
