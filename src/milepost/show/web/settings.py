"""Django's settings for the site, set in code. Accounts and sessions live in a database of the site's own (`accounts`).

Behind a server that speaks TLS, MILEPOST_ADDRESS names the address people use (`https://hall.example.cn`): then
cookies travel over TLS only.
"""

from __future__ import annotations

import logging
import os
import secrets
import traceback
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

HOSTS = ["127.0.0.1", "localhost", "[::1]"]


class Reticent(logging.Formatter):
    """Tells what failed and where, never the message of an exception: it may quote a record's value."""

    def formatException(self, ei: Any) -> str:  # noqa: N802
        """Give the exception's type and the place it was raised at."""
        kind, error, _ = ei
        frames = traceback.extract_tb(error.__traceback__) if error is not None else []
        place = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else "an unknown place"
        return f"{getattr(kind, '__name__', kind)} at {place}"


def configure(secret: str = "") -> None:
    """Set Django up once for this process; `secret` signs sessions (a fresh one where none is given)."""
    import django
    from django.conf import settings

    if settings.configured:
        return
    address = urlsplit(os.environ.get("MILEPOST_ADDRESS", ""))
    is_tls = address.scheme == "https"
    settings.configure(
        DEBUG=False,
        SECRET_KEY=secret or secrets.token_urlsafe(40),
        ALLOWED_HOSTS=[*HOSTS, *([address.hostname] if address.hostname else [])],
        SECURE_PROXY_SSL_HEADER=("HTTP_X_FORWARDED_PROTO", "https") if is_tls else None,
        SESSION_COOKIE_SECURE=is_tls,
        CSRF_COOKIE_SECURE=is_tls,
        SESSION_COOKIE_NAME="milepost_session",
        CSRF_COOKIE_NAME="milepost_form",
        CSRF_COOKIE_HTTPONLY=True,
        SESSION_SAVE_EVERY_REQUEST=True,
        SESSION_EXPIRE_AT_BROWSER_CLOSE=False,
        CSRF_FAILURE_VIEW="milepost.show.web.views.not_from_here",
        ROOT_URLCONF="milepost.show.web.urls",
        INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "django.contrib.sessions"],
        DATABASE_ROUTERS=["milepost.show.web.accounts.Router"],
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        AUTH_PASSWORD_VALIDATORS=[
            {"NAME": f"django.contrib.auth.password_validation.{name}"}
            for name in ("MinimumLengthValidator", "CommonPasswordValidator", "NumericPasswordValidator")
        ],
        DATA_UPLOAD_MAX_NUMBER_FIELDS=500,
        DATA_UPLOAD_MAX_NUMBER_FILES=40,
        DATA_UPLOAD_MAX_MEMORY_SIZE=2_000_000,
        FILE_UPLOAD_PERMISSIONS=0o600,
        MIDDLEWARE=[
            "milepost.show.web.headers.careful",
            "milepost.show.web.views.bounded",
            "django.middleware.gzip.GZipMiddleware",
            "django.middleware.http.ConditionalGetMiddleware",
            "django.middleware.common.CommonMiddleware",
            "milepost.show.web.accounts.with_accounts",
            "django.middleware.csrf.CsrfViewMiddleware",
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
