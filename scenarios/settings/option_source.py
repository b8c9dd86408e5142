"""``plaza://FOLDER``: option files of the user, read as YAML 1.2 and checked before Hydra has them.

Hydra's own source reads YAML 1.1, and finds a file by the letters that were typed.
"""

from pathlib import Path
from typing import Any
from urllib.parse import unquote

from hydra.core.object_type import ObjectType
from hydra.plugins.config_source import ConfigResult, ConfigSource


class UserFolder(ConfigSource):
    """Option files of the user."""

    def __init__(self, provider: str, path: str) -> None:
        from plaza_lab.scenarios.settings.resolvers import TRUSTED

        super().__init__(provider, path)
        self.is_trusted = self.path.endswith(TRUSTED)
        self.path = unquote(self.path.removesuffix(TRUSTED))

    @staticmethod
    def scheme() -> str:
        """Return what stands before ``://``."""
        return "plaza"

    def load_config(self, config_path: str) -> ConfigResult:
        """Read an option file."""
        from omegaconf import OmegaConf

        from plaza_lab.scenarios.settings.resolvers import is_trusted, trusting
        from plaza_lab.scenarios.settings.user_options import read_option

        with trusting(self.is_trusted or is_trusted()):
            found = read_option(self._file(config_path))
        content: Any = OmegaConf.create(dict(found.content))
        header = self._get_header_dict(found.text[:512])
        return ConfigResult(self.provider, f"{self.scheme()}://{self.path}", content, header)

    def is_config(self, config_path: str) -> bool:
        """Return whether there is such an option file."""
        file = self._file(config_path)
        return bool(file.suffix == ".yaml" and file.exists())

    def is_group(self, config_path: str) -> bool:
        """Return whether there is such a folder."""
        return Path(self.path, config_path).is_dir()

    def available(self) -> bool:
        """Return whether the folder is there."""
        return self.is_group("")

    def list(self, config_path: str, results_filter: ObjectType | None) -> list[str]:
        """Return the names of groups, of options, or of both in a folder."""
        found: list[str] = []
        for file in Path(self.path, config_path).glob("[!.]*"):
            place = f"{config_path}/{file.name}".strip("/")
            self._list_add_result(found, place, file.name, results_filter)
        return sorted(set(found))

    def _file(self, config_path: str) -> Path:
        """Find the file of an option whatever way its accents are written in its name."""
        from plaza_lab.scenarios.settings.options import option_of

        file = Path(self.path, self._normalize_file_name(config_path))
        if file.exists() or file.name.isascii():
            return file
        near = (own for own in file.parent.glob("*.yaml") if option_of(own) == option_of(file))
        return next(near, file)


def register() -> None:
    """Tell Hydra of it; again does nothing."""
    from hydra.core.plugins import Plugins

    Plugins.instance().register(UserFolder)
