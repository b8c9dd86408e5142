"""What a row says happened: an act, joining, leaving, looking, or a notice of the software.

It is told by the kind that the row names, or by a sentence that the chat itself wrote.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

import numpy as np

from plaza_lab.scenarios.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    import pyarrow as pa

ROLES = ("act", "join", "leave", "visit", "notice")
WORDS = {
    "act": (
        "", "act", "post", "posted", "posts", "message", "msg", "messages", "chat", "text",
        "comment", "commented", "comments", "answer", "answered", "reply", "replied", "replies",
        "question", "topic", "thread", "new_topic", "create", "created", "publish", "published",
        "submission", "submit", "review", "like", "liked", "react", "reaction", "upvote", "vote",
        "voted", "share", "shared", "repost", "quote", "mention", "image", "photo", "picture",
        "video", "voice", "audio", "sticker", "emoji", "gif", "file", "link", "poll", "upload",
        "checkin", "check_in", "edit", "commit", "push", "issue", "pull_request", "article",
        "blog", "story", "write", "wrote", "send", "sent", "contribution", "solve", "solution",
        "发言", "发帖", "发布", "发表", "帖子", "主题", "回复", "回帖", "评论", "点赞", "赞",
        "回答", "提问", "问答", "文本", "文字", "消息", "聊天", "图片", "照片", "视频", "语音",
        "表情", "动画表情", "文件", "链接", "位置", "名片", "分享", "转发", "打卡", "签到",
        "引用", "小程序", "投票", "收藏", "红包", "转账", "接龙", "普通消息", "文本消息",
        "图片消息", "语音消息", "视频消息", "文件消息", "表情消息", "晒单", "评价", "跟帖",
        "上传", "投稿", "留言", "私聊", "发布帖子", "发表帖子", "发消息", "群聊",
        "发帖子", "写评论", "closed", "reopened", "accepted", "approved", "merged",
        "commented_on", "pushed_to", "pushed_new", "stream", "generic", "m_room_message",
        "m_reaction",
        "m_sticker", "m_room_encrypted", "talk", "task", "q&a", "ask", "beitrag", "nachricht",
        "kommentar", "antwort", "commentaire", "réponse", "mensaje", "respuesta", "comentario",
        "mensagem", "resposta", "сообщение", "комментарий", "ответ", "投稿", "返信", "コメント",
        "メッセージ", "글", "댓글", "답글", "메시지", "youtube#comment", "t1", "t3", "cheer",
        "conversation", "social_post", "ticket",
    ),
    "join": (
        "join", "joined", "joins", "joining", "signup", "sign_up", "register", "registered",
        "registration", "member_join", "member_joined", "channel_join", "group_join", "user_join",
        "user_joined", "team_join", "enter", "entered", "invited", "invite_accepted", "subscribe",
        "subscribed", "new_member", "member_added", "join_group", "joined_group", "welcome",
        "follow", "member_joined_channel", "加入", "入群", "进群", "加群", "注册", "关注", "入会",
        "加入群聊", "加入群", "新成员", "成员加入", "用户加入", "邀请入群", "进入", "订阅", "报名",
        "user_registered", "new_chat_members", "new_chat_member", "add_user", "user_added",
        "member_add", "join_group_by_link", "invite_members", "signed_up", "新人报到", "参加",
        "join_group_by_request", "migrate_from_group", "beitritt", "beigetreten", "registrierung",
        "anmeldung", "adhésion", "inscription", "ingreso", "registro", "entrada", "iscrizione",
        "вступление", "регистрация", "вступил", "参加しました", "入会", "登録", "가입", "입장",
        "加入频道",
    ),
    "leave": (
        "leave", "left", "leaves", "leaving", "channel_leave", "group_leave", "member_leave",
        "member_left", "user_left", "unsubscribe", "unsubscribed", "quit", "exit", "deactivated",
        "removed", "kick", "kicked", "ban", "banned", "member_removed", "unfollow", "part",
        "member_left_channel", "delete_account", "churn", "cancel", "退出", "退群",
        "离开", "退出群聊",
        "离群", "注销", "取关", "取消关注", "移出", "移出群聊", "踢出", "退会", "成员退出",
        "用户退出", "退订", "封禁", "remove_members", "austritt", "ausgetreten", "abmeldung",
        "départ", "désinscription", "salida", "baja", "saída", "выход", "退会", "脱退", "탈퇴",
        "퇴장",
    ),
    "visit": (
        "visit", "view", "viewed", "read", "login", "log_in", "logged_in", "sign_in", "signin",
        "logout", "log_out", "open", "opened", "click", "impression", "pageview", "page_view",
        "session", "seen", "lurk", "online", "浏览", "访问", "登录", "登陆", "查看", "阅读",
        "打开", "点击", "在线", "登出", "已读", "登入",
        "session_start", "session_end", "first_visit",
        "user_engagement", "scroll", "first_open", "screen_view", "app_open", "page_leave",
        "pageleave", "autocapture", "page_viewed", "app_opened", "start_session", "end_session",
    ),
    "notice": (
        "notice", "system", "system_message", "sys", "bot", "bot_message", "bot_add", "bot_remove",
        "channel_topic", "channel_purpose", "channel_name", "channel_archive",
        "channel_unarchive", "channel_convert_to_private", "channel_posting_permissions",
        "group_topic", "group_purpose", "group_name", "pinned_item", "unpinned_item",
        "reminder_add", "sh_room_created", "app_conversation_join", "ekm_access_denied",
        "automod", "log", "info", "service", "service_message", "announcement_bot", "deleted",
        "delete", "tombstone", "recalled", "revoke", "withdrawn", "heartbeat", "ping",
        "系统", "系统消息", "系统通知", "通知", "系统提示", "提示", "撤回", "撤回消息",
        "拍一拍", "机器人", "群公告", "群通知", "修改群名", "pin_message", "edit_group_title",
        "edit_group_photo", "delete_group_photo", "create_group", "create_channel", "group_call",
        "invite_to_group_call", "group_call_scheduled", "phone_call", "topic_created", "topic_edit",
        "boost_apply", "set_messages_ttl", "edit_chat_theme", "migrate_to_supergroup",
        "score_in_game", "identify", "set", "create_alias", "feature_flag_called",
        "giveaway_launch", "giveaway_results", "set_chat_wallpaper", "system_event_message",
        "unknown_future_value", "chat_event", "pingback", "trackback", "spam", "trash",
        "post_trashed", "m_room_create", "m_room_power_levels", "m_room_redaction", "m_room_name",
        "m_room_topic", "m_room_avatar", "m_room_join_rules", "m_room_history_visibility",
        "m_room_guest_access", "m_room_canonical_alias", "m_room_encryption",
        "m_room_pinned_events",
        "systemmeldung", "système", "sistema", "системное", "システム", "시스템",
    ),
}  # fmt: skip
MEANING = {word: role for role, words in WORDS.items() for word in words}
ALIASES = {"post": "act", "posts": "act", "reply": "act", "like": "act", "skip": "notice",
           "ignore": "notice", "view": "visit", "read": "visit", "left": "leave",
           "joined": "join", "none": "notice", "system": "notice", "bot": "notice"}  # fmt: skip
STRENGTH = {role: place for place, role in enumerate(("act", "visit", "notice", "leave", "join"))}
PARTS = {
    "join": (
        "join",
        "joined",
        "joins",
        "registered",
        "signup",
        "subscribe",
        "加入",
        "入群",
        "进群",
        "入会",
    ),
    "leave": ("leave", "leaves", "left", "quit", "退出", "退群", "离群", "移出"),
    "notice": ("bot", "system", "系统", "机器人", "通知", "撤回"),
}
FILLING = frozenset(("user", "member", "new", "event", "type", "group", "channel", "forum", "by"))
EVERYTHING = "*"
MOST_SHOWN = 6


def plain_word(text: str) -> str:
    """Write the name of a kind as the table does: small letters, ``_`` between words."""
    text = unicodedata.normalize("NFKC", text).strip().strip("[]【】<>()（）").strip().lstrip("$")
    text = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", text).lower()
    return "_".join(text.replace("-", " ").replace("_", " ").replace(".", " ").split())


def chosen_kinds(text: str | None) -> dict[str, str]:
    """Read ``--kinds 加入=join,发言=post``.

    Parameters
    ----------
    text : str, optional
        Pairs of a kind and what it is: ``post``, ``join``, ``leave``, ``visit`` or ``skip``. The
        kind ``*`` stands for all that are not named.

    Returns
    -------
    dict of str to str
        Roles by plain word.

    Raises
    ------
    UserError
        A pair is none, or the role is not known.
    """
    chosen = {}
    for pair in re.split("[,，]", text or ""):
        if not pair.strip():
            continue
        word, equals, role = pair.rpartition("=")
        role = role.strip().lower()
        role = ALIASES.get(role, role)
        if not equals or role not in ROLES:
            raise UserError(
                f"--kinds {pair.strip()}: write KIND=ROLE, ROLE one of post, join, leave, visit, "
                "skip, such as 加入=join,发言=post"
            )
        chosen[plain_word(word)] = role
    return chosen


def roles_of(
    columns: dict[str, pd.Series], own: tuple[tuple[str, str], ...], chosen: dict[str, str]
) -> tuple[np.ndarray, dict[str, str]]:
    """Say of every row what it is: what is most telling in any of the columns.

    Parameters
    ----------
    columns : dict of str to pandas.Series
        Texts of the columns that say what a row is.
    own : tuple of (str, str)
        Words with a meaning of their own in the form of the file.
    chosen : dict of str to str
        The user's.

    Returns
    -------
    roles : numpy.ndarray
        int64[n], places in `ROLES`.
    unknown : dict of str to str
        Words that are not understood, and the column of each.
    """
    import pandas as pd

    mine = {plain_word(word): ALIASES.get(role, role) for word, role in own}
    strongest, unknown = None, {}
    for name, texts in columns.items():
        codes, words = pd.factorize(texts.fillna(""))
        strength = np.zeros(len(words), np.int64)
        for place, word in enumerate(words):
            plain = plain_word(str(word))
            if plain in ("nan", "none", "null", "n/a"):
                plain = ""
            role = chosen.get(plain) or (mine.get(plain) if plain else None) or MEANING.get(plain)
            role = role or mine.get(plain.replace("_", ""))  # IssuesEvent, GuildMemberJoin
            role = role or _by_part(plain) or chosen.get(EVERYTHING)
            if role is None:
                unknown[str(word)] = name
                role = "act"
            strength[place] = STRENGTH[role]
        strongest = strength[codes] if strongest is None else np.maximum(strongest, strength[codes])
    assert strongest is not None
    back = np.array([ROLES.index(role) for role in STRENGTH])
    return back[strongest], unknown


def _by_part(word: str) -> str | None:
    """Understand ``user_has_joined`` and 通过扫码加入群聊 by the word inside."""
    parts = set(word.split("_"))
    for role, inside in PARTS.items():
        if parts & set(inside) or any(not one.isascii() and one in word for one in inside):
            return role
    parts -= FILLING
    return "act" if parts and all(MEANING.get(part) == "act" for part in parts) else None


def ask_about(unknown: dict[str, str], counts: dict[str, int], path: object) -> None:
    """Refuse a log with kinds that nobody understands, and say how to tell them.

    Raises
    ------
    UserError
        Always where there is one.
    """
    if not unknown:
        return
    words = sorted(unknown, key=lambda word: -counts.get(word, 0))
    shown = ", ".join(f"{word} ({counts.get(word, 0):,} rows)" for word in words[:MOST_SHOWN])
    more = f" and {len(words) - MOST_SHOWN} more" if len(words) > MOST_SHOWN else ""
    columns = ", ".join(sorted(set(unknown.values())))
    advice = ",".join(f"{word}=post" for word in words[:2])
    raise UserError(
        f"{path}: what are the rows of kind {shown}{more} in column {columns}? Say it with "
        f"--kinds, such as --kinds '{advice}' (post, join, leave, visit or skip; '*=post' for all "
        "that are not named; --kind none if the column is about something else)"
    )


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
