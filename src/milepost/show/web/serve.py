"""Serving the site on this machine: gunicorn on 127.0.0.1, one process, several threads."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from typing import Any

from milepost.basics.errors import Trouble, TryAgain


def serve(app: Any, port: int = 8000, announce: Callable[[str], None] = print) -> None:
    """Serve an application made by `make_app` until it is interrupted; `port` 0 takes any free one.

    The walk of today starts at once, so that the first visitor waits less. Raises TryAgain (S104) where the
    port is taken.
    """
    from gunicorn.app.base import BaseApplication

    door = _door(port)

    class Server(BaseApplication):
        def load_config(self) -> None:
            settings = {
                "bind": f"fd://{door.fileno()}",
                "worker_class": "gthread",
                "workers": 1,
                "threads": 8,
                "timeout": 300,
                "loglevel": "warning",
                "post_worker_init": lambda worker: threading.Thread(target=_warm, args=(app,), daemon=True).start(),
            }
            for name, value in settings.items():
                self.cfg.set(name, value)

        def load(self) -> Any:
            return app

    announce(f"http://127.0.0.1:{door.getsockname()[1]}/")
    Server().run()


def _door(port: int) -> socket.socket:
    try:
        return socket.create_server(("127.0.0.1", port), backlog=128)
    except OSError as error:
        mend = "Choose another with --port, or end the program that holds it"
        raise TryAgain(Trouble("S104", f"port {port} cannot be opened", mend)) from error


def _warm(app: Any) -> None:
    """Walk today once; a failure is told to the visitor who asks for the page."""
    import contextlib

    with contextlib.suppress(Exception):
        app.site.walk()
