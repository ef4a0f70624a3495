"""Django's settings for the site, set in code: no accounts, no sessions, no database, nothing from outside."""

from __future__ import annotations

import logging
import secrets
import traceback
from pathlib import Path
from typing import Any

HOSTS = ["127.0.0.1", "localhost", "[::1]"]


class Reticent(logging.Formatter):
    """Tells what failed and where, never the message of an exception: it may quote a record's value."""

    def formatException(self, ei: Any) -> str:  # noqa: N802
        """Give the exception's type and the place it was raised at."""
        kind, error, _ = ei
        frames = traceback.extract_tb(error.__traceback__) if error is not None else []
        place = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else "an unknown place"
        return f"{getattr(kind, '__name__', kind)} at {place}"


def configure() -> None:
    """Set Django up once for this process."""
    import django
    from django.conf import settings

    if settings.configured:
        return
    settings.configure(
        DEBUG=False,
        SECRET_KEY=secrets.token_urlsafe(40),
        ALLOWED_HOSTS=HOSTS,
        ROOT_URLCONF="milepost.show.web.urls",
        INSTALLED_APPS=[],
        MIDDLEWARE=[
            "milepost.show.web.headers.careful",
            "django.middleware.gzip.GZipMiddleware",
            "django.middleware.http.ConditionalGetMiddleware",
            "django.middleware.common.CommonMiddleware",
        ],
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "DIRS": [Path(__file__).with_name("templates")],
                "OPTIONS": {"builtins": ["milepost.show.web.tags"]},
            }
        ],
        USE_I18N=False,
        USE_TZ=True,
        LOGGING_CONFIG=None,
        DATABASES={},
    )
    _log_reticently()
    django.setup()


def _log_reticently() -> None:
    handler = logging.StreamHandler()
    handler.setLevel(logging.ERROR)
    handler.setFormatter(Reticent("%(levelname)s %(name)s: %(message)s"))
    logger = logging.getLogger("django")
    logger.addHandler(handler)
    logger.propagate = False
