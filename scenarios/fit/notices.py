"""Sentences that a chat writes by itself into the text of a row: who came, and who went."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from plaza_lab.scenarios.fit.kinds import ROLES

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

# Behind the name, as WhatsApp, Messenger, KakaoTalk, LINE, WeChat and QQ write them.
SENTENCES = {
    "join": (
        r"joined(?: the (?:group|server|chat|channel|room|community)| this chatroom| using .*link"
        r"| from the community| via invite link)", r"was added", r"님이 (?:들어왔|입장하셨)습니다",
        r"がグループに参加しました", r".{0,40}加入了?(?:本?群聊?|群组)?", r"ist .{0,40}beigetreten",
        r"a rejoint .{0,30}groupe.*", r"se unió .{0,60}", r"entrou (?:usando|no grupo).*",
    ),
    "leave": (
        r"left(?: the (?:group|chat|channel|server|room)| this chatroom)?", r"a quitté le groupe",
        r"님이 (?:나갔|퇴장하셨)습니다", r"がグループを退会しました", r"退出了?(?:本?群聊?|群组)",
        r"hat die gruppe verlassen", r"salió del grupo", r"saiu do grupo",
    ),
    "notice": (
        r"pinned a message.{0,40}", r"(?:changed|created) (?:the|this) (?:group|subject|chat)"
        r".{0,120}", r"unsent a message", r"撤回了一条消息", r"拍了拍.{0,60}", r"修改群名为.{0,60}",
        r"added .{1,80}", r"removed .{1,80}", r"邀请.{1,120}",
    ),
}  # fmt: skip
ALONE = {
    "join": (
        r"Joined the server\.",
        r"joined the channel",
        r"加入了群聊",
        r"has joined the channel",
    ),
    "leave": (r"left the channel", r"has left the channel", r"退出了群聊"),
    "notice": (r"Pinned a message\.", r"Started a (?:call|thread).{0,120}", r"撤回了一条消息"),
}
BEFORE = 80  # signs of a name, at most


def _pattern(role: str) -> str:
    said = rf"(?:{'|'.join(SENTENCES[role])})[.。!]?"
    return rf"^(?:.{{1,{BEFORE}}}(?i:{said})|(?:{'|'.join(ALONE[role])}))$"


ANY = re.compile("|".join(_pattern(role) for role in SENTENCES))


def is_sentence(text: str) -> bool:
    """Whether a line without a name is one that the chat itself wrote."""
    return ANY.search(text.strip()) is not None


def roles_by_text(texts: pa.Array, members: Sequence[str | None] | None) -> np.ndarray:
    """Say of texts which are sentences of the chat itself.

    Parameters
    ----------
    texts : pyarrow.Array
        Strings, one for each row.
    members : sequence of (str or None), optional
        Who stands in each row: a sentence about somebody else is what she said. None where rows
        have no member, so that each is the chat's own.

    Returns
    -------
    numpy.ndarray
        int64[n], places in ``ROLES``; 0 for what people said.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    texts = pc.utf8_trim_whitespace(pc.fill_null(texts.cast(pa.string()), ""))
    roles = np.zeros(len(texts), np.int64)
    for role, patterns in SENTENCES.items():
        said = rf"(?:{'|'.join(patterns)})[.。!]?"
        alone = rf"(?:{'|'.join(ALONE[role])})"
        found = pc.match_substring_regex(texts, _pattern(role))
        for row in np.flatnonzero(np.asarray(found) & (roles == 0)):
            text = texts[int(row)].as_py()
            if members is None or re.fullmatch(alone, text):
                roles[row] = ROLES.index(role)
                continue
            name = str(members[int(row)] or "")
            rest = text.lstrip("\"'“").removeprefix(name).lstrip("\"'” ")
            if name and len(rest) < len(text) and re.fullmatch(said, rest, re.IGNORECASE):
                roles[row] = ROLES.index(role)
    return roles
