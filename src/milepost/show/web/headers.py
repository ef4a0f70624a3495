"""What every answer carries: no script, no foreign content, no frame, no guessing of types."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


def careful(get_response: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Give the middleware that adds the headers, and lets browsers ask whether a page has changed."""

    def answer(request: Any) -> Any:
        response = get_response(request)
        for name, value in HEADERS.items():
            response.setdefault(name, value)
        response.setdefault("Cache-Control", "no-cache")
        return response

    return answer
