"""The addresses of the site."""

from __future__ import annotations

from django.urls import path

from milepost.show.web import readings_data, thing_page, views
from milepost.show.web.hall_urls import HALL, read_only

urlpatterns = [
    path("", read_only(views.door), name="door"),
    path("health", read_only(views.health), name="health"),
    path("api/plan.json", read_only(views.document), name="document"),
    path("api/readings.<str:form>", read_only(readings_data.readings), name="readings"),
    path("<slug:language>/", read_only(views.plan), name="plan"),
    path("<slug:language>/target/<str:target_id>/", read_only(views.target), name="target"),
    path("<slug:language>/row/<path:reading_id>/", read_only(views.row), name="row"),
    path("<slug:language>/target/<str:target_id>/why/", read_only(views.why), name="why"),
    path("<slug:language>/figures/", read_only(views.figures), name="figures"),
    path("<slug:language>/wings/", read_only(views.wings), name="wings"),
    path("<slug:language>/wing/<slug:wing_id>/", read_only(views.wing), name="wing"),
    path("<slug:language>/wing/<slug:wing_id>/<slug:thing_id>/<str:code>/", read_only(thing_page.thing), name="thing"),
    path("<slug:language>/ask/<str:study_id>/", read_only(views.study), name="study"),
    path("api/ask/<str:study_id>.json", read_only(views.study_document), name="study_document"),
    path("<slug:language>/scoreboard/", read_only(views.scoreboard), name="scoreboard"),
    path("<slug:language>/method/", read_only(views.method), name="method"),
]
urlpatterns += HALL
handler400 = views.bad_request
handler404 = views.not_found
handler500 = views.failed
