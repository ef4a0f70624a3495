"""The addresses of the site."""

from __future__ import annotations

from django.urls import path

from milepost.show.web import views

urlpatterns = [
    path("", views.door, name="door"),
    path("health", views.health, name="health"),
    path("api/plan.json", views.document, name="document"),
    path("<slug:language>/", views.plan, name="plan"),
    path("<slug:language>/target/<str:target_id>/", views.target, name="target"),
    path("<slug:language>/row/<path:reading_id>/", views.row, name="row"),
    path("<slug:language>/method/", views.method, name="method"),
]
handler400 = views.bad_request
handler404 = views.not_found
handler500 = views.failed
