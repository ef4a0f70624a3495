"""The addresses of the site."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from milepost.show.web import case_page, desk, duties_page, sign_in, verifier, views, wizard

_page = require_http_methods(["GET", "HEAD", "POST"])


def _read(view: Callable[..., Any]) -> Callable[..., Any]:
    """A page that is only read: whatever is sent to it is refused, so no mark of a form is asked for."""
    return csrf_exempt(require_safe(view))  # type: ignore[no-any-return]


urlpatterns = [
    path("", _read(views.door), name="door"),
    path("health", _read(views.health), name="health"),
    path("api/plan.json", _read(views.document), name="document"),
    path("licences/status/<str:list_id>", _read(verifier.status_list), name="status_list"),
    path("licences/keys", _read(verifier.keys), name="issuer_keys"),
    path("<slug:language>/", _read(views.plan), name="plan"),
    path("<slug:language>/target/<str:target_id>/", _read(views.target), name="target"),
    path("<slug:language>/row/<path:reading_id>/", _read(views.row), name="row"),
    path("<slug:language>/method/", _read(views.method), name="method"),
    path("<slug:language>/duties/", _read(duties_page.duties), name="duties"),
    path("<slug:language>/duty/<str:duty_id>/", _page(duties_page.duty), name="duty"),
    path("<slug:language>/duty/<str:duty_id>/paper/<str:digest>", _read(duties_page.duty_paper), name="duty_paper"),
    path("<slug:language>/sign-in/", _page(sign_in.sign_in), name="sign_in"),
    path("<slug:language>/sign-out/", require_POST(sign_in.sign_out), name="sign_out"),
    path("<slug:language>/apply/", _read(wizard.apply), name="apply"),
    path("<slug:language>/apply/<str:industry>/", _page(wizard.apply_for), name="apply_for"),
    path("<slug:language>/cases/", _read(desk.own_cases), name="own_cases"),
    path("<slug:language>/desk/", _read(desk.desk), name="desk"),
    path("<slug:language>/case/<str:case_id>/", _page(case_page.case_page), name="case"),
    path("<slug:language>/case/<str:case_id>/paper/<str:digest>", _read(case_page.case_paper), name="case_paper"),
    path("<slug:language>/case/<str:case_id>/licence/", _page(verifier.licence), name="licence"),
    path("<slug:language>/verify/", _page(verifier.verify), name="verify"),
]
handler400 = views.bad_request
handler404 = views.not_found
handler500 = views.failed
