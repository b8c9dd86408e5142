"""Flags of the command line, told apart from overrides, and what goes to Hydra itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.everyday.values import translated
from plaza_lab.scenarios.experiments.design import DesignPoint
from plaza_lab.scenarios.settings.composing import launch
from plaza_lab.scenarios.settings.options import USER_FOLDER, nearest
from plaza_lab.scenarios.settings.overrides import check_overrides

VIEWS = ("job", "hydra", "all")
HYDRAS = {
    "--help": 0, "-h": 0, "--hydra-help": 0, "--cfg": 1, "-c": 1, "--resolve": 0, "--package": 1,
    "-p": 1, "--info": 1, "-i": 1, "--shell-completion": 0, "-sc": 0,
}  # fmt: skip
INFOS = ("all", "config", "defaults", "defaults-tree", "plugins", "searchpath")
ALLOWED = {"--cfg": VIEWS, "-c": VIEWS, "--info": INFOS, "-i": INFOS}
SWEEPS = ("--multirun", "-m")
NO_SETTINGS, HYDRA = ("policies=", "store="), ("hydra/", "hydra.")


@dataclass(frozen=True)
class Flags:
    """A command line, sorted.

    Parameters
    ----------
    verb : str
        Command.
    hydras : tuple of str
        Flags, with their values, that Hydra answers itself.
    overrides : tuple of str
        Everything that is no flag, everyday values as those of the settings.
    is_sweep : bool
        Whether ``--multirun`` was given.
    """

    verb: str
    hydras: tuple[str, ...]
    overrides: tuple[str, ...]
    is_sweep: bool

    @classmethod
    def read(cls, verb: str, arguments: Sequence[str]) -> Flags:
        """Sort a command line.

        Parameters
        ----------
        verb : str
            Command.
        arguments : sequence of str
            What follows it.

        Returns
        -------
        Flags
            Sorted.

        Raises
        ------
        UserError
            If a flag is unknown or lacks its value.
        """
        hydras: list[str] = []
        overrides: list[str] = []
        is_sweep, rest = False, list(arguments)
        while rest:
            word = rest.pop(0)
            flag, has_value, value = word.partition("=")
            if not word.startswith("-"):
                overrides.append(word)
            elif word in SWEEPS:
                is_sweep = True
            elif flag not in HYDRAS:
                raise UserError(_unknown(verb, flag))
            elif HYDRAS[flag] == 0 and has_value:
                raise UserError(f"{word}: {flag} takes no value; leave it out")
            elif HYDRAS[flag] == 0:
                hydras.append(word)
            else:
                given = [value] if has_value else rest
                hydras += [flag, _value(flag, given)]
                if has_value and given:  # --info takes what it knows, and leaves the rest
                    raise UserError(_wanted(flag, value))
        return cls(verb, tuple(hydras), tuple(translated(overrides)), is_sweep)

    @property
    def is_for_hydra(self) -> bool:
        """Whether Hydra answers: help, the configuration, its own insides."""
        return bool(self.hydras)

    def hand_over(self, own: Sequence[str] = ()) -> int:
        """Let Hydra answer, `own` overrides of one policy first; return the exit code."""
        overrides = [text for text in self.overrides if not text.startswith(NO_SETTINGS)]
        hydras = [text for text in overrides if text.startswith(HYDRA)]
        words = [text for text in overrides if text not in hydras]
        check_overrides(hydras, may_sweep=True)
        check_overrides([*own, *words], may_sweep=self.verb == "sweep")
        try:
            launch(self.verb, [*self.hydras, *own, *overrides], lambda config: None)
        except SystemExit as done:
            return int(done.code or 0)
        return 0

    def hand_over_each(self, points: Sequence[DesignPoint]) -> int:
        """Let Hydra answer for every policy of a comparison; return the highest exit code."""
        import sys

        from plaza_lab.scenarios.experiments.design import policy_overrides

        codes = []
        for point in points:
            sys.stdout.write(f"# policy: {point.policy}\n")
            sys.stdout.flush()
            codes.append(self.hand_over(policy_overrides(point.policy)))
        return max(codes)


def _value(flag: str, rest: list[str]) -> str:
    allowed = ALLOWED.get(flag)
    if allowed is INFOS and (not rest or rest[0] not in INFOS):
        return "all"
    if not rest or (allowed and rest[0] not in allowed):
        raise UserError(_wanted(flag))
    return rest.pop(0)


def _wanted(flag: str, given: str = "") -> str:
    allowed = ALLOWED.get(flag)
    wanted = f"one of {', '.join(allowed)}" if allowed else "a value"
    example = (allowed or ("fund",))[0]
    return f"{flag} needs {wanted}, " + (f"not {given}" if given else f"as in {flag} {example}")


def _unknown(verb: str, flag: str) -> str:
    if flag in ("--config-dir", "-cd", "--config-path", "-cp", "--config-name", "-cn"):
        return f"{flag}: Plaza reads your own options from ./{USER_FOLDER}/<group>/<option>.yaml"
    near = nearest(flag, [*HYDRAS, *SWEEPS])
    return f"{flag} is no flag of plaza {verb}{near or '; settings are written group.field=value'}"
