"""Hydra at work: option files and overrides become one configuration.

Hydra keeps its grammar, its help and its multirun; it writes nothing of its own into the user's
directory, and what it complains about is said in one line.
"""

from __future__ import annotations

import contextlib
import logging
import os
import re
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.own.own_mechanisms import own_model
from plaza_lab.scenarios.settings.config import Config, check, own_groups, schema, typed
from plaza_lab.scenarios.settings.dated import split_dated, with_dates
from plaza_lab.scenarios.settings.declared_settings import RETIRED, setting_keys, suggestion
from plaza_lab.scenarios.settings.grammar import for_parser
from plaza_lab.scenarios.settings.options import conf_folder, nearest, user_folder
from plaza_lab.scenarios.settings.plain_words import composed_at_once
from plaza_lab.scenarios.settings.resolvers import TRUSTED, is_trusted, texts_of

if TYPE_CHECKING:
    from omegaconf import DictConfig

VERSION_BASE = "1.3"
_one_at_a_time = threading.Lock()
"""Hydra keeps what it is doing in one place of the process; a page composes from threads."""


@dataclass(frozen=True)
class Composed:
    """One composed configuration: typed and checked, as plain values, and what was chosen.

    ``plain`` is nested, without ``run``; ``choices`` holds the option chosen in every group.
    """

    config: Config
    plain: dict[str, Any]
    choices: dict[str, str]

    @property
    def text(self) -> str:
        """The same as YAML."""
        return as_yaml({**self.plain, "run": asdict(self.config.run)})


def as_yaml(tree: dict[str, Any]) -> str:
    """Write plain values as YAML.

    Parameters
    ----------
    tree : dict
        Nested, such as :attr:`Composed.plain`.

    Returns
    -------
    str
        As OmegaConf would write it, which would build its own tree first: half a second.
    """
    import yaml

    class Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]
        def ignore_aliases(self, data: Any) -> bool:
            return True

    def text(dumper: Any, data: str) -> Any:
        try:
            float(data)
        except ValueError:
            return dumper.represent_scalar("tag:yaml.org,2002:str", data)
        return dumper.represent_scalar("tag:yaml.org,2002:str", data, style="'")

    Dumper.add_representer(str, text)
    Dumper.add_representer(tuple, yaml.SafeDumper.represent_list)
    return str(yaml.dump(tree, Dumper=Dumper, allow_unicode=True, sort_keys=False))


def compose(overrides: Sequence[str], *, is_checked: bool = True) -> Composed:
    """Compose a configuration of overrides that name one value each.

    A process composes each once, until the user's own options (``./plaza-conf``) are edited, and
    others may hold the same one. What plain words ask for is put together without Hydra, which
    takes a third of a second for one. With `is_checked`, values outside their bounds and
    contradictions are refused.

    Raises
    ------
    UserError
        With one line for the first mistake.
    """
    undated, dated = split_dated(overrides)
    if dated:
        made = with_dates(undated, dated, lambda words: compose(words, is_checked=is_checked))
        if is_checked:
            check(made.config)
        return made
    state = (own_groups(), own_model(), _users_files(), tuple(search_path()))
    return _composed(tuple(overrides), is_checked, user_folder(), state)


def _users_files() -> tuple[tuple[str, int, int], ...]:
    """The user's option files as they stand: path, time of the last change, size."""
    folder = user_folder()
    files = sorted(folder.glob("*/[!.]*.yaml")) if folder is not None else ()
    stats = ((file, file.stat()) for file in files if file.exists())
    return tuple((str(file), stat.st_mtime_ns, stat.st_size) for file, stat in stats)


@lru_cache(maxsize=128)
def _composed(
    words: tuple[str, ...], is_checked: bool, folder: Path | None, state: object
) -> Composed:
    """Compose; ``state`` only tells apart what was composed before and after an edit."""
    usual = composed_at_once(words, is_checked=is_checked, folder=folder)
    if usual is not None:
        return Composed(*usual)
    return composed_by_hydra((*search_path(), *words), is_checked=is_checked)


def composed_by_hydra(words: tuple[str, ...], *, is_checked: bool = True) -> Composed:
    """Compose by Hydra, whatever the words are; see :func:`compose`."""
    whole = _by_hydra("config", words)
    return composed(whole, dict(whole.hydra.runtime.choices), is_checked=is_checked)


def check_words_of_hydra(words: Sequence[str]) -> None:
    """Refuse a launcher, a sweeper or a setting of Hydra that there is not, as Hydra says it."""
    _by_hydra("job", [*search_path(), *words])


def _by_hydra(config: str, words: Sequence[str]) -> DictConfig:
    import hydra

    register()
    with (
        _one_at_a_time,
        readable_errors(),
        hydra.initialize_config_dir(
            str(conf_folder()), job_name="plaza", version_base=VERSION_BASE
        ),
    ):
        return hydra.compose(config, [*map(for_parser, words)], return_hydra_config=True)


def composed(whole: DictConfig, choices: dict[str, str], *, is_checked: bool = True) -> Composed:
    """Check a configuration that Hydra composed, its own node there or not, and give it its types.

    `choices` holds the option chosen in every group; the rest is as for :func:`compose`.

    Raises
    ------
    UserError
        With one line for the first mistake.
    """
    from omegaconf import open_dict

    with open_dict(whole):
        whole.pop("hydra", None)
    with readable_errors():
        _resolve(whole)
        config, plain = typed(whole, is_checked=is_checked)
    ours = {group: name for group, name in choices.items() if not group.startswith("hydra/")}
    return Composed(config, plain, ours)


def _resolve(whole: DictConfig) -> None:
    """Put values in the place of references; refuse one that leads back to itself by its name."""
    from omegaconf import OmegaConf
    from omegaconf.errors import InterpolationResolutionError

    try:
        OmegaConf.resolve(whole)
    except (InterpolationResolutionError, RecursionError) as wrong:
        for key, text in texts_of(OmegaConf.to_container(whole)):
            if "${" in text and _leads_back(whole, key):
                what = f"{key}: {text}"
                raise UserError(f"{what} stands for itself; write a value") from wrong
        raise


def _leads_back(whole: DictConfig, key: str) -> bool:
    from omegaconf import OmegaConf

    try:
        OmegaConf.select(whole, key)
    except Exception as wrong:
        return "Recursive interpolation" in str(wrong) or "to parent node" in str(wrong)
    return False


def launch(
    verb: str,
    arguments: Sequence[str],
    task: Callable[[DictConfig], Any],
    config: str = "config",
) -> None:
    """Hand a command to Hydra's own main function.

    Parameters
    ----------
    verb : str
        Shown as the program's name.
    arguments : sequence of str
        Flags and overrides.
    task : callable
        Called with each composed configuration; a function of a module when a launcher carries it
        to other processes.
    config : str
        Primary configuration of ``conf/``.

    Raises
    ------
    UserError
        With one line for what Hydra refuses.
    """
    import hydra

    register()
    words = [word if word.startswith("-") else for_parser(word) for word in arguments]
    app = hydra.main(str(conf_folder()), config, VERSION_BASE)(task)
    with readable_errors(), _as_program(f"plaza {verb}", [*words, *search_path()]):
        app()


@contextlib.contextmanager
def _as_program(name: str, arguments: list[str]) -> Iterator[None]:
    before, full = sys.argv, os.environ.get("HYDRA_FULL_ERROR")
    root = logging.getLogger()
    level, handlers = root.level, list(root.handlers)
    sys.argv = [name, *arguments]
    os.environ["HYDRA_FULL_ERROR"] = "1"
    try:
        yield
    finally:
        sys.argv = before
        root.setLevel(level)
        root.handlers[:] = handlers
        if full is None:
            del os.environ["HYDRA_FULL_ERROR"]
        else:
            os.environ["HYDRA_FULL_ERROR"] = full


def register() -> None:
    """Tell Hydra the schema that every option file is checked against."""
    _register(schema())


@lru_cache(maxsize=1)
def _register(root: type) -> None:
    from hydra.core.config_store import ConfigNode, ConfigStore

    from plaza_lab.scenarios import cluster
    from plaza_lab.scenarios.settings import option_source

    cluster.register()
    option_source.register()

    class Shared(ConfigNode):
        """Hydra copies its store many times a command, but copies a node again to use it."""

        def __deepcopy__(self, memo: dict[int, Any]) -> Shared:
            return self

    store = ConfigStore.instance()
    store.store(name="schema", node=root)
    node = store.repo["schema.yaml"]
    store.repo["schema.yaml"] = Shared(**vars(node))


def search_path() -> list[str]:
    """Return the override that adds ``./plaza-conf``, if it is there, to Hydra's search path."""
    folder = user_folder()
    if folder is None:
        return []
    address = f"plaza://{quote(str(folder))}{TRUSTED * is_trusted()}"
    return [f"hydra.searchpath=['{address}']"]  # see option_source.py


@contextlib.contextmanager
def readable_errors() -> Iterator[None]:
    """Turn what Hydra, OmegaConf and YAML raise into a :class:`UserError` of one line."""
    from hydra.errors import HydraException
    from omegaconf.errors import OmegaConfBaseException
    from yaml import YAMLError

    try:
        yield
    except BrokenPipeError:  # whoever read along has gone
        raise
    except RecursionError as wrong:
        raise UserError("the defaults of option files lead in a circle; follow those in "
                        "plaza-conf from the option chosen on") from wrong  # fmt: skip
    except (HydraException, OmegaConfBaseException, YAMLError, OSError, ValueError) as wrong:
        raise UserError(_in_one_line(wrong)) from wrong


def _in_one_line(error: BaseException) -> str:
    from hydra.errors import MissingConfigException
    from omegaconf.errors import OmegaConfBaseException

    chain = list(_chain(error))
    place = next(filter(None, map(_place, chain)), "")
    for link in chain:
        if isinstance(link, MissingConfigException) and link.options:
            group, _, name = str(link.missing_cfg_file).rpartition("/")
            near = nearest(name, link.options) or f"; choose one of {', '.join(link.options)}"
            return f"{place}{group} has no option {name!r}{near}"
        if isinstance(link, OmegaConfBaseException) and link.full_key:
            text, key = str(link).splitlines()[0].strip(), str(link.full_key)
            near = suggestion(key) if key in RETIRED else nearest(key, setting_keys())
            near = near if " not in " in text else ""
            return f"{place}{key}: {text}{near}"
    text = re.sub(r"^In '[^']+': ", "", " ".join(str(error).split()))
    return f"{place}{text.partition(' Config search path:')[0][:300]}"


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _place(error: BaseException) -> str:
    """Find the option file in Hydra's ``In 'group/option': ...``."""
    found = re.match(r"In '([^']+)'", str(error))
    return f"{found[1]}.yaml: " if found and found[1] not in ("config", "hydra/config") else ""
