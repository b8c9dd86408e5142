"""The command line ``plaza``: finds the verb, and says mistakes in one line.

Nothing heavy is imported before a verb is chosen, so that help comes at once.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence

from plaza_lab.scenarios.command_line.printing import check_words, complain, guarded, one_line
from plaza_lab.scenarios.command_line.verb_table import (
    EVERYDAY,
    FOLDERLESS,
    HYDRA_HELPS,
    OWN_HELPS,
    TELLING,
    TRUSTING,
    VERBS,
)
from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.settings.options import GROUPS, USER_FOLDER, nearest, option_names

MISTAKE, FAILED, STOPPED = 2, 1, 130
OBJECTS_BETWEEN_SEARCHES = 50_000
"""New objects after which Python looks for garbage; by its own 700 a short command spends a tenth
of its time on looking through what its imports made."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line.

    Parameters
    ----------
    argv : sequence of str, optional
        Arguments without the program's name; default: those of the process.

    Returns
    -------
    int
        0; 1 when some runs failed; 2 for a user's mistake; 130 after Ctrl-C, 143 after SIGTERM.
    """
    from plaza_lab.scenarios.command_line.stopping import orderly

    if argv is None:  # the process is this command's alone
        gc.set_threshold(OBJECTS_BETWEEN_SEARCHES)
    with guarded(), orderly() as ending:
        code = _answered(list(sys.argv[1:] if argv is None else argv))
    return ending.code(code)


def _answered(arguments: list[str]) -> int:
    """Exit code of a command, with every mistake said in one line."""
    from plaza_lab.scenarios.command_line.stopping import is_of_a_stop, stopped_by

    try:
        try:
            check_words(arguments)
            return _dispatch(arguments)
        except Exception as wrong:
            if is_of_a_stop(wrong):
                raise KeyboardInterrupt from wrong
            raise
    except UserError as mistake:
        return _stop(str(mistake), MISTAKE, arguments)
    except KeyboardInterrupt:
        return _stop(f"stopped by {stopped_by()}; nothing was kept", STOPPED, arguments)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except MemoryError:
        line = "not enough memory; take fewer runs side by side (run.workers=1) or fewer members"
        return _stop(line, FAILED, arguments)
    except Exception as bug:
        from plaza_lab.engine.private import UnsafeFolder

        if isinstance(bug, UnsafeFolder):
            return _stop(str(bug), MISTAKE, arguments)
        line = f"{type(bug).__name__}: {bug}; this is a fault of Plaza, PLAZA_DEBUG=1 shows where"
        return _stop(line, FAILED, arguments)


def _stop(line: str, code: int, arguments: Sequence[str]) -> int:
    from plaza_lab.scenarios.language import Language
    from plaza_lab.scenarios.language.choosing import language_of_words

    if os.environ.get("PLAZA_DEBUG") == "1":
        import traceback

        traceback.print_exc()
    try:
        say = Language(language_of_words(arguments))
    except UserError:  # the language is the mistake
        say = Language("en")
    said = say.mistake(" ".join(line.split()))
    sys.stderr.write(f"plaza: {one_line(said)}\n")
    return code


def _dispatch(arguments: list[str]) -> int:
    arguments = _verb_first(arguments)
    if not arguments or arguments[0] in ("--help", "-h", "help"):
        return _say(help_text(), arguments)
    verb, *rest = arguments
    if verb == "--version":
        from plaza_lab.scenarios.output.provenance import version

        sys.stdout.write(f"plaza {version()}\n")
        return 0
    if verb not in VERBS:
        near = nearest(verb, VERBS) or f"; choose one of {', '.join(VERBS)}"
        raise UserError(f"{verb!r} is no verb{near}")
    if verb not in (*HYDRA_HELPS, *OWN_HELPS) and {"--help", "-h"} & set(rest):
        return _say(verb_help(verb), rest)
    from plaza_lab.scenarios.language.choosing import speaking
    from plaza_lab.scenarios.settings.resolvers import FLAG, trusting
    from plaza_lab.scenarios.settings.user_options import ignored_line

    ignored = ignored_line() if verb not in FOLDERLESS else ""
    with trusting(FLAG in rest), speaking(rest) as bare:
        if ignored:
            complain(ignored)
        spoken = rest if verb in TELLING else bare
        own = spoken if verb in TRUSTING else [word for word in spoken if word != FLAG]
        if verb in HYDRA_HELPS and {"--help", "-h"} & set(bare):
            from plaza_lab.scenarios.command_line.helps import said_of

            return said_of(VERBS[verb].carry_out, bare)
        return carried_out(verb, own)


def carried_out(verb: str, words: Sequence[str]) -> int:
    """Carry out one of `VERBS` under the mechanisms that its words name; return its exit code."""
    from plaza_lab.scenarios.own.own_mechanisms import own_mechanisms

    with own_mechanisms(verb, list(words)) as own:
        if verb in EVERYDAY:
            from plaza_lab.scenarios.everyday.values import translated

            own = translated(own)
        return VERBS[verb].carry_out(own)


def _say(text: str, words: list[str]) -> int:
    from plaza_lab.scenarios.command_line.helps import say_help

    return say_help(text, words)


def _verb_first(arguments: list[str]) -> list[str]:
    """Put ``--lang zh`` behind the verb where it was written before it."""
    first = "".join(arguments[:1])
    n = 2 if first == "--lang" else int(first.startswith("--lang="))
    verb = arguments[n : n + 1] or (["--help"] if n else [])
    return [*verb, *arguments[:n], *arguments[n + 1 :]]


def verb_help(verb: str) -> str:
    """Return the help of one of `VERBS`: a few lines."""
    entry = VERBS[verb]
    parts = [f"plaza {verb}: {entry.line}", f"  {entry.example}", entry.more]
    return "\n".join(filter(None, parts)) + "\n"


def help_text() -> str:
    """Return the help: verbs with an example each, groups with options, in 100 columns at most."""
    lines = ["Plaza: what a policy does to a brand community", "", "plaza <verb> [overrides]", ""]
    width = max(map(len, VERBS))
    for name, verb in VERBS.items():
        lines += [f"  {name:<{width}} {verb.line}", f"  {'':<{width}} {verb.example}"]
    lines += ["", "Overrides: group=option, group.field=value", ""]
    for group in GROUPS:
        lines += _wrapped(f"  {group:<13} ", option_names(group))
    lines += [
        f"  {'run':<13} run.seed run.replicates run.weeks run.workers run.out run.overwrite",
        "",
        f"Your own options: ./{USER_FOLDER}/<group>/<option>.yaml; --trust lets files of others",
        "read your machine (${oc.env:NAME})",
        "Language: --lang en or zh with any verb, else PLAZA_LANG, else the locale",
        "More: plaza <verb> --help; plaza run --cfg job shows every setting and its value",
    ]
    return "\n".join(lines) + "\n"


def _wrapped(head: str, words: list[str]) -> list[str]:
    import textwrap

    indent = " " * len(head)
    return textwrap.wrap(
        head + " ".join(words), 98, subsequent_indent=indent, break_on_hyphens=False,
        drop_whitespace=True,
    )  # fmt: skip
