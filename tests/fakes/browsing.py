"""A visitor without a browser: asks a WSGI application for an address, as a server would."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit
from wsgiref.util import setup_testing_defaults


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes
    cookies: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        return self.body.decode("utf-8")

    @property
    def words(self) -> str:
        """The text a reader sees, with single spaces."""
        return " ".join(re.sub(r"<[^>]*>", " ", self.text).split())

    def links(self) -> list[str]:
        return [link.replace("&amp;", "&") for link in re.findall(r'href="(/[^"]*)"', self.text)]


def visit(app: Any, address: str, method: str = "GET", **environ: Any) -> Answer:
    parts = urlsplit(address)
    asked: dict[str, Any] = {
        "REQUEST_METHOD": method, "PATH_INFO": parts.path, "QUERY_STRING": quote(parts.query, safe="=&%+"),
        "wsgi.input": io.BytesIO(),
        "HTTP_HOST": "127.0.0.1:8000", **environ,
    }  # fmt: skip
    setup_testing_defaults(asked)
    told: dict[str, Any] = {}

    def start(status: str, headers: list[tuple[str, str]], exc_info: object = None) -> None:
        cookies = tuple(value.strip() for name, value in headers if name.lower() == "set-cookie")
        told.update(status=int(status[:3]), headers={name.lower(): value for name, value in headers}, cookies=cookies)

    chunks = app(asked, start)
    body = b"".join(chunks)
    if hasattr(chunks, "close"):
        chunks.close()
    return Answer(told["status"], told["headers"], body, told["cookies"])
