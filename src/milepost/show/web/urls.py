"""The addresses of the site."""

from __future__ import annotations

from django.urls import path
from django.views.decorators.http import require_safe

from milepost.show.web import views

urlpatterns = [
    path("", require_safe(views.door), name="door"),
    path("health", require_safe(views.health), name="health"),
    path("api/plan.json", require_safe(views.document), name="document"),
    path("<slug:language>/", require_safe(views.plan), name="plan"),
    path("<slug:language>/target/<str:target_id>/", require_safe(views.target), name="target"),
    path("<slug:language>/row/<path:reading_id>/", require_safe(views.row), name="row"),
    path("<slug:language>/target/<str:target_id>/why/", views.why, name="why"),
    path("<slug:language>/scoreboard/", views.scoreboard, name="scoreboard"),
    path("<slug:language>/method/", require_safe(views.method), name="method"),
]
handler400 = views.bad_request
handler404 = views.not_found
handler500 = views.failed
