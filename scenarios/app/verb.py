"""``plaza app``: the page is served from this machine until Ctrl-C."""

from __future__ import annotations

import secrets
import socket
from argparse import Namespace

from plaza_lab.scenarios.app.serving import is_loopback, serve
from plaza_lab.scenarios.command_line.extras import needed
from plaza_lab.scenarios.command_line.parser import Parser, verb, whole
from plaza_lab.scenarios.command_line.printing import say
from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.language import LANGUAGES, chosen_language
from plaza_lab.scenarios.store import DEFAULT_STORE

LINE = "a page on this machine: policies compared while you move a slider"
MORE = """

  plaza app
  plaza app --port 0 --lang zh
  plaza app --host 0.0.0.0

Serves until Ctrl-C. It listens to this machine alone; --host opens it to others, and then only
the address with the token, which is printed, is let in. --port 0 takes any free port.
Exit code: 0; 2 for a mistake."""
PORT = 8640
LOCAL = "127.0.0.1"


@verb("app", lambda: _parser())
def run_app(options: Namespace) -> int:
    """Carry out ``plaza app``.

    Raises
    ------
    UserError
        With one line, if the extra is not installed or the address cannot be listened on.
    """
    language = chosen_language(options.lang)
    needed("nicegui", "app")
    listening = _socket(options.host, options.port)
    port = listening.getsockname()[1]
    token = "" if is_loopback(options.host) else secrets.token_urlsafe(18)
    # every address of this machine is shown by its own name
    host = socket.gethostname() if options.host in ("0.0.0.0", "::") else options.host
    host = f"[{host}]" if ":" in host else host
    address = f"http://{host}:{port}/" + (f"?token={token}" if token else "")
    say(f"plaza app: {address} (Ctrl-C ends it)")
    serve(listening, language, token, options.store, is_opened=options.browser)
    return 0


def _socket(host: str, port: int) -> socket.socket:
    """Bind before anything heavy is loaded, so that a taken port is said at once."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
        bound.listen(128)  # whoever follows the printed address at once waits for the page
    except PermissionError:
        bound.close()
        raise UserError(
            f"--port {port}: this user may not listen there; choose 1024 or more"
        ) from None
    except socket.gaierror:
        bound.close()
        raise UserError(f"--host {host}: no such address; 127.0.0.1 is this machine") from None
    except OSError as refused:
        bound.close()
        why = "it is taken" if "in use" in str(refused) else str(refused.strerror)
        raise UserError(
            f"cannot listen at {host} port {port}: {why}; --port 0 takes any free port"
        ) from None
    return bound


def _parser() -> Parser:
    parser = Parser(prog="plaza app", description=LINE, more=MORE, allow_abbrev=False)
    add = parser.add_argument
    add("--port", metavar="N", type=whole(0, 65535, "port"), default=PORT,
        help=f"default {PORT}; 0 takes any free one")  # fmt: skip
    add("--host", metavar="ADDRESS", default=LOCAL, help=f"default {LOCAL}, this machine alone")
    add("--lang", metavar="CODE", default="",
        help=f"{' or '.join(LANGUAGES)}; default: PLAZA_LANG, else the locale")  # fmt: skip
    parser.also(store=f"studies shown; default {DEFAULT_STORE}")
    add("--browser", action="store_true", help="open the page in the browser")
    return parser
