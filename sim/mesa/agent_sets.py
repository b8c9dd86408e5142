"""Who is there: the collections of a community, over the tables it has now."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from plaza_lab.agents.agent_set import Collection, Mixed
from plaza_lab.agents.view import ENUMS, Face
from plaza_lab.agents.views import KINDS, KOC, Member, Moderator, Partner, in_use
from plaza_lab.sim.checking import whole
from plaza_lab.sim.mesa.editing import Editing


class AgentSets(Editing):
    """The part of a community that shows its agents."""

    def _open_agent_sets(self) -> None:
        self._rows: dict[Any, tuple[int, np.ndarray]] = {}

    members = property(lambda self: self._collection(Member), doc="Members now.")
    kocs = property(lambda self: self._collection(KOC), doc="Active KOCs.")
    moderators = property(lambda self: self._collection(Moderator), doc="Moderators on duty.")
    partners = property(lambda self: self._collection(Partner), doc="Partners and candidates.")

    @property
    def agents(self) -> Mixed:
        """Agents of all kinds, Mesa's name for everybody."""
        return Mixed(self, Face, self._everybody)

    @property
    def agent_types(self) -> list[type]:
        """Kinds of agents."""
        return list(KINDS)

    @property
    def agents_by_type(self) -> dict[type, Collection]:
        """Collection of each kind of agent."""
        return {kind: self._collection(kind) for kind in KINDS}

    def _collection(self, kind: type[Face]) -> Collection:
        return Collection(self, kind, partial(self.rows_of, kind))

    def rows_of(self, kind: type[Face], everyone: bool = False) -> np.ndarray:
        """Rows of a kind of agent, see ``in_use``; kept until something moves."""
        key = kind, everyone
        if self._rows.get(key, (-1,))[0] != self.version:
            self._rows[key] = self.version, in_use(self.tables, kind, everyone)
        return self._rows[key][1]

    def _everybody(self) -> np.ndarray:
        return np.concatenate([(kind.CODE << Face.SHIFT) + self.rows_of(kind) for kind in KINDS])

    def member_at(self, row: int) -> Member:
        """Member of a row, from 0 to the last row in use."""
        return Member(self, whole("row", row, 0, int(self.tables.people_state[0].n_rows) - 1))

    def sample(self, size: int) -> Collection:
        """Members drawn by lot, the same ones every day as long as they stay."""
        size = whole("size", size, 0)
        rows = self.rows_of(Member)
        if len(rows) > size:
            rows = np.sort(rows[np.argpartition(self.tables.fate["uid"][rows], size)[:size]])
        return Collection(self, Member, rows)

    def frame_of(self, agents: Collection) -> Any:
        """State variables of the agents of a collection, as a data frame by ``unique_id``."""
        import pandas as pd

        fields = {**agents.kind.fields, **self.own_fields(agents.kind)}
        enums = {name: ENUMS[f.var.unit] for name, f in fields.items() if f.var.unit in ENUMS}
        columns = {name: agents.array(name) for name in fields}
        shown: dict[str, Any] = {}
        for name, values in columns.items():
            if values.ndim == 1:
                shown[name] = values
            else:  # a field of several numbers takes a column each
                shown |= {f"{name}_{k}": values[:, k] for k in range(values.shape[1])}
        for name, enum in enums.items():
            codes = np.searchsorted([member.value for member in enum], columns[name])
            names = pd.Index([member.name for member in enum])
            shown[name] = pd.Categorical.from_codes(codes, names)
        frame = pd.DataFrame(shown)
        frame.index = agents.index + (agents.kind.CODE << Face.SHIFT) + 1
        return frame.rename_axis("unique_id")
