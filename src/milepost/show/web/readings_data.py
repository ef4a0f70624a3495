"""Readings as data for other programs, in the forms of `milepost export`, as known on a day.

The day is asked for as `asOf`, the word of SDMX's web service, or as `known_on`, as on the pages; `indicator` may be
given more than once.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from django.http import Http404, HttpResponse

from milepost.basics.errors import YoursToMend
from milepost.show.exchange.export import export_readings
from milepost.show.exchange.leaving import leaving_of
from milepost.show.web.site import KEY
from milepost.show.web.views import WRONG_DAYS, troubles_answer
from milepost.show.web.visit import day_asked

# For each ending its form, which of the files that were written it is, and its media type (SDMX REST 2.0).
_FORMS = {
    "csv": ("csv", 0, "text/csv; charset=utf-8"),
    "parquet": ("parquet", 0, "application/vnd.apache.parquet"),
    "xlsx": ("xlsx", 0, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "sdmx.csv": ("sdmx-csv", 0, "application/vnd.sdmx.data+csv; version=2.0.0; charset=utf-8"),
    "sdmx.json": ("sdmx-json", 0, "application/vnd.sdmx.data+json; version=2.0.0"),
    "structure.json": ("sdmx-json", 1, "application/vnd.sdmx.structure+json; version=2.0.0"),
}


def readings(request: Any, form: str) -> Any:
    """The readings that may leave, in a form."""
    if form not in _FORMS:
        raise Http404
    site = request.META[KEY]
    day, wrong = day_asked(request.GET.get("asOf", request.GET.get("known_on", "")), site.today())
    if wrong:
        return troubles_answer([WRONG_DAYS[wrong]], 400)
    kind, place, media = _FORMS[form]
    try:
        found = leaving_of(site.walk(day), request.GET.getlist("indicator"))
    except YoursToMend as error:
        return troubles_answer(error.troubles, 404)
    with tempfile.TemporaryDirectory(prefix="milepost-") as folder:
        written = export_readings(found, Path(folder) / f"readings.{form}", kind).files[place]
        content = written.read_bytes()
    name = f"readings_{found.known_on.isoformat()}.{form}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(content, content_type=media, headers=headers)
