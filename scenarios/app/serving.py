"""The web server behind the page, and who may come in: this machine, or whoever has the token.

A page on the loopback address is still within reach of every other page in the browser: requests
that another site's page makes, or that come under another host's name, are turned away.
"""

from __future__ import annotations

import hmac
import ipaddress
import socket
from collections.abc import Awaitable, Callable, MutableMapping
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import parse_qs, urlsplit

Scope = MutableMapping[str, Any]
App = Callable[
    [Scope, Callable[..., Awaitable[Any]], Callable[..., Awaitable[Any]]], Awaitable[Any]
]
COOKIE = "plaza-token"


def is_loopback(host: str) -> bool:
    """Whether a host's name or address is this machine's own."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


class Door:
    """ASGI middleware that turns strangers away.

    Parameters
    ----------
    app : ASGI application
        What lies behind.
    token : str
        Asked of everybody; empty on a loopback address, where only this machine's own names are
        taken.
    """

    def __init__(self, app: App, token: str = "") -> None:
        self.app, self.token = app, token

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        """Let in or turn away."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        headers = {name.decode("latin-1"): text.decode("latin-1")
                   for name, text in scope.get("headers", ())}  # fmt: skip
        host = headers.get("host", "")
        origin = headers.get("origin", "")
        if origin and urlsplit(origin).netloc != host:
            await _refuse(scope, send, b"another site's page may not ask here\n")
        elif not self.token and not is_loopback(urlsplit(f"//{host}").hostname or ""):
            await _refuse(scope, send, b"this page is for this machine alone\n")
        elif self.token and not self._has_token(scope, headers):
            await _refuse(scope, send, b"open the page by the address with the token\n")
        else:
            await self.app(scope, receive, self._with_cookie(scope, send))

    def _asked(self, scope: Scope) -> str:
        query = parse_qs(scope.get("query_string", b"").decode("latin-1"))
        return (query.get("token") or [""])[0]

    def _has_token(self, scope: Scope, headers: dict[str, str]) -> bool:
        cookie = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
        given = (self._asked(scope), cookie.value if cookie else "")
        return any(hmac.compare_digest(one.encode(), self.token.encode()) for one in given)

    def _with_cookie(self, scope: Scope, send: Any) -> Any:
        """Hand a cookie to whoever came with the token in the address."""
        if not self.token or scope["type"] != "http" or not self._asked(scope):
            return send
        cookie = f"{COOKIE}={self.token}; HttpOnly; SameSite=Strict; Path=/".encode()

        async def sent(message: Any) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message["headers"], (b"set-cookie", cookie)]}
            await send(message)

        return sent


async def _refuse(scope: Scope, send: Any, why: bytes) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})
        return
    headers = [(b"content-type", b"text/plain; charset=utf-8")]
    await send({"type": "http.response.start", "status": 403, "headers": headers})
    await send({"type": "http.response.body", "body": why})


def serve(
    listening: socket.socket, language: str, token: str, store: str, *, is_opened: bool
) -> None:
    """Serve the page until the process is stopped.

    Parameters
    ----------
    listening : socket.socket
        Bound already.
    language : str
        In which a page opens.
    token : str
        Asked of everybody; empty on a loopback address.
    store : str
        Folder whose studies are shown.
    is_opened : bool
        Whether the browser is opened.
    """
    import uvicorn
    from fastapi import FastAPI
    from nicegui import app as pages
    from nicegui import ui

    from plaza_lab.scenarios.app.lived import Runner
    from plaza_lab.scenarios.app.shelf import Keeper
    from plaza_lab.scenarios.app.view.page import Page

    runner, keeper = Runner(), Keeper(store)
    web = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)

    @ui.page("/", title="Plaza", response_timeout=60)
    def page() -> None:
        Page(ui.context.client.request, runner, keeper, language).build()

    ui.run_with(web, favicon="🏛", show_welcome_message=False)
    pages.on_shutdown(runner.close)
    if is_opened:
        import webbrowser

        port = listening.getsockname()[1]
        pages.on_startup(lambda: webbrowser.open(f"http://127.0.0.1:{port}/"))
    server = uvicorn.Server(
        uvicorn.Config(Door(web, token), log_level="warning", access_log=False, lifespan="on",
                       timeout_graceful_shutdown=1)
    )  # fmt: skip
    server.run(sockets=[listening])
