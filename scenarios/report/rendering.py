"""Templates filled in, settings compared, manifests made readable."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import jinja2

from plaza_lab.scenarios.files.places import write_whole
from plaza_lab.scenarios.language import Language, chosen_language
from plaza_lab.scenarios.language.fonts import FACES_CSS
from plaza_lab.scenarios.report.style import caption_of, data_uri
from plaza_lab.scenarios.settings.dated import CHANGES
from plaza_lab.scenarios.settings.declared_settings import meaning_of
from plaza_lab.scenarios.statistics.pairing import name_seeds


def flat(settings: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Flatten nested settings: ``{"fund": {"dues": 5}}`` becomes ``{"fund.dues": 5}``."""
    pieces: dict[str, Any] = {}
    for key, value in settings.items():
        if isinstance(value, Mapping):
            pieces |= flat(value, f"{prefix}{key}.")
        else:
            pieces[f"{prefix}{key}"] = value
    return pieces


def settings_that_differ(
    settings: Mapping[str, Mapping[str, Any]],
    policies: Iterable[str],
    say: Language | None = None,
) -> list[tuple[str, list[str]]]:
    """List the settings that differ between policies, each with its value under every policy.

    A lever with dates or conditions has all its values in one text: what holds from the first day,
    and what holds when.
    """
    say = say or Language("en")
    each = [_over_time(settings.get(policy, {}), say) for policy in policies]
    keys = sorted(set().union(*each))
    lines = [(key, [one.get(key, say.tr("not set")) for one in each]) for key in keys]
    return [(key, values) for key, values in lines if len(set(values)) > 1]


def _over_time(settings: Mapping[str, Any], say: Language) -> dict[str, str]:
    """Write every setting of a policy, and behind it what its dates and conditions make of it."""
    first = flat({key: value for key, value in settings.items() if key != CHANGES})
    told = {key: str(value) for key, value in first.items()}
    usual = first
    for change in settings.get(CHANGES, ()):
        then = first | flat(change["policy"])
        is_dated = "day" in change
        for key, value in then.items():
            if value == (usual if is_dated else first).get(key):
                continue
            said = (
                say.tr("from day {day}: {value}", day=change["day"] + 1, value=value) if is_dated
                else say.tr("while {condition}: {value}", condition=change["if"], value=value)
            )  # fmt: skip
            told[key] = f"{told[key]}; {said}" if key in told else said
        usual = then if is_dated else usual
    return told


def pieces(text: str) -> list[str]:
    """Part a long name of a setting or a policy behind its signs, where a line may break."""
    return re.split(r"(?<=[=._])(?=\w)", text)


def render(
    path: str | Path,
    template: str,
    manifest: Mapping[str, Any] | None,
    *,
    say: Language | None = None,
    **parts: Any,
) -> Path:
    """Fill in a template and write the page whole.

    Parameters
    ----------
    path : str or Path
        The HTML file.
    template : str
        Name of a file in ``templates/``.
    manifest : mapping, optional
        What made the runs; also kept inside every picture.
    say : Language, optional
        In which language; default: that of the command, else of the process.
    **parts
        What the template names; texts are said in the language as far as the catalogue knows them.

    Returns
    -------
    Path
        The file written.
    """
    folder = Path(__file__).parent / "templates"
    pages = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder), autoescape=True, undefined=jinja2.StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    pages.filters["minus"] = true_minus
    pages.filters["pieces"] = pieces
    pages.filters["uri"] = lambda figure: data_uri(figure, manifest)
    pages.filters["caption"] = caption_of
    origin = [(key, _manifest_value(key, value)) for key, value in flat(manifest or {}).items()]
    today = datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%d")
    say = say or Language(chosen_language())
    if say.code != "en":
        parts = _spoken(parts, say)
    pages.globals |= {"tr": say.tr, "told": say.told, "code": say.code, "tag": say.tag}
    pages.globals |= {"faces": FACES_CSS, "meaning": lambda key: say.meant(meaning_of(key))}
    text = pages.get_template(template).render(manifest=origin, written=today, **parts)
    return write_whole(path, text.encode())


VERBATIM = ("command", "settings", "policies", "names")
"""Parts of a page that are names to be written again, or are in the language already."""


def _spoken(parts: Mapping[str, Any], say: Language) -> dict[str, Any]:
    """Say the texts of a page in a language, down to the cells of its tables."""
    from matplotlib.figure import Figure

    from plaza_lab.scenarios.report.style import spoken

    names = parts.get("names", {})  # their keys are looked up by the page, and said there

    def said(part: Any) -> Any:
        if isinstance(part, str):
            return part if part in names else say.text(part)
        if isinstance(part, Figure):
            return spoken(part, say, {})
        if isinstance(part, Mapping):
            return {key: said(value) for key, value in part.items()}
        if isinstance(part, (list, tuple)) and not hasattr(part, "_fields"):
            return type(part)(map(said, part))
        return part

    return {key: part if key in VERBATIM else said(part) for key, part in parts.items()}


def true_minus(text: str) -> str:
    """Write the hyphen before a number as a minus sign; its per cent sign stays beside it.

    So do the two ends of an interval in brackets.
    """
    text = re.sub(r"(?<=\d) (?=%)", "\N{NO-BREAK SPACE}", str(text))
    within = r"(?<=\d) (to|至) (?=[+-]?\d[^()（）]*[)）])"
    text = re.sub(within, "\N{NO-BREAK SPACE}\\1\N{NO-BREAK SPACE}", text)
    return re.sub(r"(^|[\s(（])-(?=\d)", "\\1\N{MINUS SIGN}", text)


def _manifest_value(key: str, value: Any) -> str:
    if (
        "seed" in key
        and isinstance(value, (list, tuple))
        and all(isinstance(v, int) for v in value)
    ):
        return name_seeds(value)
    if isinstance(value, (list, tuple)):
        return ", ".join(map(str, value))
    return str(value)
