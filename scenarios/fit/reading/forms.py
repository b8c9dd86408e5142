"""The exports that are known by their columns, as plain data: one table, one file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from plaza_lab.scenarios.fit.reading.columns import (
    AMOUNT_NAMES,
    BOUGHT_NAMES,
    CUSTOMER_NAMES,
    KIND_NAMES,
    MEMBER_NAMES,
    ORDER_NAMES,
    PRICE_NAMES,
    QUANTITY_NAMES,
    REPLY_NAMES,
    TIME_NAMES,
    same_name,
)


@dataclass(frozen=True)
class Form:
    """An export of a platform.

    Attributes
    ----------
    title : str
        For people.
    needs : tuple of tuple of str
        Sets of columns; the form is recognised where all of one set are there.
    member, time, reply_to : tuple of str
        Columns that play the part, the best first.
    kinds : tuple of str
        Columns that together say what a row is.
    plain : dict of str to str
        Words of these columns with a meaning of their own in this form.
    instead : str
        Column that names the member where the first one is empty.
    ids : tuple of (str, str)
        Ids with a meaning of their own in this form, and the name that says it.
    amount : str
        Column of what was paid, whatever quantity stands beside it.
    """

    title: str
    needs: tuple[tuple[str, ...], ...]
    member: tuple[str, ...]
    time: tuple[str, ...]
    kinds: tuple[str, ...] = ()
    reply_to: tuple[str, ...] = ()
    plain: tuple[tuple[str, str], ...] = ()
    instead: str = ""
    ids: tuple[tuple[str, str], ...] = ()
    amount: str = ""


FORMS = {
    "slack": Form(
        "Slack export",
        (("ts", "user", "type"), ("user", "type", "subtype"), ("ts", "user", "text")),
        member=("user", "user_id", "username"),
        time=("ts", "time", "timestamp", "date"),
        kinds=("type", "subtype"),
        reply_to=("parent_user_id",),
        plain=(("message", "post"), ("bot_message", "notice"), ("thread_broadcast", "post"),
               ("file_share", "post"), ("file_comment", "post"), ("me_message", "post"),
               ("message_changed", "notice"), ("message_deleted", "notice"),
               ("tombstone", "notice"), ("huddle_thread", "post"), ("slackbot_response", "notice"),
               ("reply_broadcast", "post"), ("message_replied", "notice"),
               ("assistant_app_thread", "notice"), ("document_mention", "notice")),
    ),
    "discord": Form(
        "Discord export",
        (("authorid", "author", "date", "content"), ("author.id", "timestamp"),
         ("author_id", "timestamp", "content")),
        member=("author.id", "authorid", "author_id", "author.name", "author"),
        time=("timestamp", "date"),
        kinds=("type",),
        plain=(("default", "post"), ("reply", "reply"), ("guildmemberjoin", "join"),
               ("recipientadd", "notice"), ("recipientremove", "notice"), ("call", "notice"),
               ("channelnamechange", "notice"), ("channeliconchange", "notice"),
               ("channelpinnedmessage", "notice"), ("threadcreated", "post"),
               ("threadstartermessage", "notice"), ("applicationcommand", "notice"),
               ("chatinputcommand", "notice"), ("contextmenucommand", "notice"),
               ("automoderationaction", "notice"), ("guildboost", "notice"),
               ("userpremiumguildsubscription", "notice"), ("0", "post"), ("19", "reply"),
               ("7", "join"), ("6", "notice"), ("18", "post"), ("20", "notice"), ("8", "notice")),
    ),
    "discourse": Form(
        "Discourse export",
        (("user_id", "topic_id", "created_at"), ("username", "topic_id", "created_at"),
         ("topic_title", "created_at", "username")),
        member=("user_id", "username"),
        time=("created_at", "post_created_at"),
        kinds=("post_type", "action_code"),
        reply_to=("reply_to_user_id", "reply_to_user.username"),
        plain=(("1", "post"), ("2", "notice"), ("3", "notice"), ("4", "notice"),
               ("regular", "post"), ("moderator_action", "notice"), ("small_action", "notice"),
               ("whisper", "notice")),
    ),
    "wechat": Form(
        "group chat export (WeChat)",
        (("strtalker", "createtime"), ("talker", "createtime"), ("sender", "createtime"),
         ("nickname", "strtime"), ("发送人", "时间"), ("发言人", "时间"), ("昵称", "时间"),
         ("微信昵称", "时间"), ("群昵称", "时间"), ("发送人", "发送时间"), ("昵称", "发送时间"),
         ("sender", "strtime")),
        member=("sender", "wxid", "talker", "strtalker", "发送人", "发言人", "微信号", "昵称",
                "微信昵称", "群昵称", "nickname"),
        time=("createtime", "strtime", "时间", "发送时间", "发言时间"),
        kinds=("type", "type_name", "类型", "消息类型"),
        plain=(("1", "post"), ("3", "post"), ("34", "post"), ("42", "post"), ("43", "post"),
               ("47", "post"), ("48", "post"), ("49", "post"), ("50", "notice"),
               ("10000", "notice"), ("10002", "notice")),
    ),
    "github": Form(
        "GitHub issues, comments or events",
        (("user.login", "created_at"), ("actor.login", "created_at"), ("author.login", "createdat"),
         ("actor.login", "type")),
        member=("user.login", "actor.login", "author.login", "login"),
        time=("created_at", "createdat"),
        kinds=("type", "event"),
        plain=(("issuesevent", "post"), ("issuecommentevent", "reply"), ("pushevent", "post"),
               ("pullrequestevent", "post"), ("pullrequestreviewevent", "reply"),
               ("pullrequestreviewcommentevent", "reply"), ("createevent", "post"),
               ("deleteevent", "notice"), ("commitcommentevent", "reply"), ("watchevent", "visit"),
               ("forkevent", "visit"), ("gollumevent", "post"), ("releaseevent", "post"),
               ("memberevent", "notice"), ("publicevent", "notice"), ("commented", "reply"),
               ("closed", "post"), ("reopened", "post"), ("labeled", "post"),
               ("unlabeled", "post"), ("assigned", "notice"), ("mentioned", "notice"),
               ("subscribed", "notice"), ("referenced", "notice"), ("merged", "post"),
               ("renamed", "post"), ("cross-referenced", "notice"), ("locked", "notice"),
               ("sponsorshipevent", "notice"), ("discussionevent", "post"),
               ("discussioncommentevent", "reply"), ("pullrequestreviewthreadevent", "notice")),
    ),
    "gitlab": Form(
        "GitLab events", (("action_name", "author_username", "created_at"),),
        member=("author_username",), time=("created_at",), kinds=("action_name",),
        plain=(("opened", "post"), ("deleted", "post"), ("destroyed", "post"), ("expired",
                                                                                "notice")),
    ),
    "telegram": Form(
        "Telegram export",
        (("date_unixtime", "from_id"), ("from_id", "actor_id"), ("date", "from", "from_id",
                                                                 "type")),
        member=("from_id", "from"), time=("date", "date_unixtime"), kinds=("type", "action"),
        reply_to=("reply_to_user",), instead="actor_id",
    ),
    "teams": Form(
        "Microsoft Teams export",
        (("createddatetime", "messagetype", "from.user.id"),),
        member=("from.user.id", "from.user.displayname"), time=("createddatetime",),
        kinds=("messagetype",),
    ),
    "messenger": Form(
        "Messenger or Instagram export", (("sender_name", "timestamp_ms"),),
        member=("sender_name",), time=("timestamp_ms",), kinds=("type",),
        plain=(("share", "post"), ("subscribe", "join"), ("unsubscribe", "leave"),
               ("call", "notice"), ("payment", "post"), ("plan", "notice")),
    ),
    "mattermost": Form(
        "Mattermost export", (("create_at", "user_id", "channel_id"), ("post.create_at",
                                                                       "post.user")),
        member=("user_id", "post.user"), time=("create_at", "post.create_at"), kinds=("type",),
        plain=(("system_join_channel", "join"), ("system_add_to_channel", "join"),
               ("system_join_team", "join"), ("system_add_to_team", "join"),
               ("system_leave_channel", "leave"), ("system_leave_team", "leave"),
               ("system_remove_from_channel", "leave"), ("me", "post"), ("slack_attachment",
                                                                         "notice"),
               ("direct_post", "post"), ("version", "notice"), ("team", "notice"),
               ("channel", "notice"), ("user", "notice"), ("emoji", "notice")),
    ),
    "matrix": Form(
        "Matrix export", (("sender", "origin_server_ts"),),
        member=("sender",), time=("origin_server_ts",), kinds=("type", "content.membership"),
        plain=(("m_room_member", "notice"), ("join", "join"), ("invite", "notice"), ("leave",
                                                                                     "leave"),
               ("ban", "leave"), ("knock", "notice")),
    ),
    "stackexchange": Form(
        "Stack Exchange posts", (("owneruserid", "creationdate"),),
        member=("owneruserid", "ownerdisplayname"), time=("creationdate",), kinds=("posttypeid",),
        plain=(("1", "post"), ("2", "reply"), *((str(other), "notice") for other in range(3, 9))),
    ),
    "wordpress": Form(
        "comments of WordPress",
        (("comment_author", "comment_date", "comment_approved"),),
        member=("user_login", "comment_author_email", "comment_author"), time=("comment_date",),
        kinds=("comment_type", "comment_approved"), plain=(("1", "post"), ("0", "notice")),
    ),
    "phpbb": Form(
        "posts of phpBB", (("poster_id", "post_time"),),
        member=("poster_id",), time=("post_time",), ids=(("1", "guest"),),
        kinds=("post_visibility",),
        plain=(("1", "post"), ("0", "notice"), ("2", "notice"), ("3", "notice")),
    ),
    "zulip": Form(
        "Zulip export", (("sender", "date_sent", "recipient"),),
        member=("sender",), time=("date_sent",), kinds=("type",),
        plain=(("1", "post"), ("2", "post"), ("3", "post")),
    ),
    "forum": Form(
        "posts of a forum (Discuz, vBulletin, XenForo)",
        (("authorid", "dateline"), ("userid", "dateline"), ("user_id", "post_date", "thread_id")),
        member=("authorid", "userid", "user_id"), time=("dateline", "post_date"),
        kinds=("visible", "message_state"),
        plain=(("1", "post"), ("0", "notice"), ("2", "notice"), ("visible", "post"),
               ("moderated", "notice")),
    ),
    "amazon": Form(
        "orders of Amazon", (("amazon_order_id", "purchase_date"),),
        member=("buyer_email", "buyer_name"), time=("purchase_date",), amount="item_price",
    ),
    "woocommerce": Form(
        "orders of WooCommerce", (("billing.email", "date_created", "total"),),
        member=("billing.email",), time=("date_created",), amount="total",
    ),
    "shop": Form(
        "orders of an online shop",
        (("invoice", "quantity", "price"), ("invoiceno", "quantity", "unitprice"),
         ("lineitem_quantity", "lineitem_price"), ("email", "financial_status", "total")),
        member=("customer_id", "customerid", "customer.id", "email", "billing_name", "customer"),
        time=("invoicedate", "invoice_date", "paid_at", "created_at", "processed_at"),
    ),
}  # fmt: skip


KNOWN = frozenset(same_name(name) for name in
    (*MEMBER_NAMES, *TIME_NAMES, *KIND_NAMES, *REPLY_NAMES, *CUSTOMER_NAMES, *BOUGHT_NAMES,
     *AMOUNT_NAMES, *PRICE_NAMES, *QUANTITY_NAMES, *ORDER_NAMES,
     *(name for form in FORMS.values() for part in (form.member, form.time) for name in part))
)  # fmt: skip


def known_names(cells: Iterable[Any]) -> int:
    """Count the cells that are usual names of columns: how much a row looks like a header."""
    return sum(same_name(str(cell)) in KNOWN for cell in cells)


def form_of(columns: list[str]) -> str | None:
    """Name the form whose columns are all there, the most telling first; None for no known one."""
    names = {same_name(column) for column in columns}
    fits = [
        (len(needed), -place, key)
        for place, (key, form) in enumerate(FORMS.items())
        for needed in form.needs
        if names.issuperset(map(same_name, needed))
    ]
    return max(fits)[2] if fits else None
