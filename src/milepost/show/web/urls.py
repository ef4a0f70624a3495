"""The addresses of the site."""

from __future__ import annotations

from django.urls import path
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from milepost.show.web import case_page, desk, duties_page, sign_in, verifier, views, wizard

_page = require_http_methods(["GET", "HEAD", "POST"])

urlpatterns = [
    path("", require_safe(views.door), name="door"),
    path("health", require_safe(views.health), name="health"),
    path("api/plan.json", require_safe(views.document), name="document"),
    path("licences/status/<str:list_id>", require_safe(verifier.status_list), name="status_list"),
    path("licences/keys", require_safe(verifier.keys), name="issuer_keys"),
    path("<slug:language>/", require_safe(views.plan), name="plan"),
    path("<slug:language>/target/<str:target_id>/", require_safe(views.target), name="target"),
    path("<slug:language>/row/<path:reading_id>/", require_safe(views.row), name="row"),
    path("<slug:language>/method/", require_safe(views.method), name="method"),
    path("<slug:language>/duties/", require_safe(duties_page.duties), name="duties"),
    path("<slug:language>/duty/<str:duty_id>/", _page(duties_page.duty), name="duty"),
    path(
        "<slug:language>/duty/<str:duty_id>/paper/<str:digest>", require_safe(duties_page.duty_paper), name="duty_paper"
    ),
    path("<slug:language>/sign-in/", _page(sign_in.sign_in), name="sign_in"),
    path("<slug:language>/sign-out/", require_POST(sign_in.sign_out), name="sign_out"),
    path("<slug:language>/apply/", require_safe(wizard.apply), name="apply"),
    path("<slug:language>/apply/<str:industry>/", _page(wizard.apply_for), name="apply_for"),
    path("<slug:language>/cases/", require_safe(desk.own_cases), name="own_cases"),
    path("<slug:language>/desk/", require_safe(desk.desk), name="desk"),
    path("<slug:language>/case/<str:case_id>/", _page(case_page.case_page), name="case"),
    path(
        "<slug:language>/case/<str:case_id>/paper/<str:digest>", require_safe(case_page.case_paper), name="case_paper"
    ),
    path("<slug:language>/case/<str:case_id>/licence/", _page(verifier.licence), name="licence"),
    path("<slug:language>/verify/", _page(verifier.verify), name="verify"),
]
handler400 = views.bad_request
handler404 = views.not_found
handler500 = views.failed
