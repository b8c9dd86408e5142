"""The web server behind the page."""

from __future__ import annotations

import socket

from plaza_lab.scenarios.app.door import Door
from plaza_lab.scenarios.app.lived import Runner
from plaza_lab.scenarios.app.shelf import Keeper


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
