"""The exports that are known by their columns, as plain data: one table, one file."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

MEMBER_NAMES = (
    "member", "uid", "user", "user_id", "userid", "member_id", "src", "author", "author_id",
    "username", "user_name", "sender", "sender_id", "from", "account", "email", "actor", "login",
    "nickname", "screen_name", "name", "poster", "openid", "from_id",
    "author_name", "用户", "用户id", "用户名", "会员", "会员id", "成员", "昵称",
    "发言人", "发送人", "发送者", "作者", "群昵称", "微信昵称", "姓名", "账号", "群成员", "成员id",
    "用户昵称", "成员昵称", "用戶", "會員", "成員", "暱稱", "發言人", "發送人", "作者id",
)  # fmt: skip
TIME_NAMES = (
    "time", "t", "timestamp", "date", "day", "created_at", "datetime", "ts", "created", "sent_at",
    "posted_at", "createtime", "create_time", "event_time", "occurred_at", "created_utc",
    "created_time", "createdat", "published_at", "timestamp_ms", "sent", "posted", "post_date",
    "message_date", "msg_time", "commented_at", "时间", "日期",
    "发送时间", "发言时间", "创建时间", "发布时间", "消息时间", "时间戳", "发言日期", "发布日期",
    "日期时间", "時間", "發言時間", "發送時間", "建立時間",
)  # fmt: skip
KIND_NAMES = (
    "kind", "type", "act", "subtype", "event", "action", "event_type", "message_type", "msg_type",
    "activity", "verb", "类型", "消息类型", "行为", "动作", "事件", "操作",
)  # fmt: skip
REPLY_NAMES = (
    "reply_to", "dst", "target", "replied_to", "in_reply_to", "reply_to_user", "parent_user_id",
    "回复对象", "回复给", "被回复人",
)  # fmt: skip
CUSTOMER_NAMES = (
    "customer_id", "customer", "customerid", "buyer", "buyer_id", "client", "client_id",
    "客户", "客户id", "买家", "买家昵称", "会员名", "顾客", *MEMBER_NAMES,
)  # fmt: skip
BOUGHT_NAMES = (
    "invoicedate", "invoice_date", "order_date", "orderdate", "paid_at", "purchase_date",
    "order_time", "下单时间", "付款时间", "订单创建时间", "订单付款时间", *TIME_NAMES,
)  # fmt: skip
AMOUNT_NAMES = (
    "amount", "usd", "spend", "total", "value", "revenue", "yuan", "order_total", "total_price",
    "sales", "gross", "paid", "net_amount", "金额", "实付金额", "买家实际支付金额", "总金额",
    "订单金额", "实付款",
)  # fmt: skip
PRICE_NAMES = ("price", "unitprice", "unit_price", "单价", "价格", "lineitem_price", "item_price")
QUANTITY_NAMES = (
    "quantity", "qty", "units", "数量", "件数", "lineitem_quantity", "count", "购买数量",
)  # fmt: skip
ORDER_NAMES = (
    "invoice", "invoiceno", "invoice_no", "invoice_number", "order", "order_id", "orderid",
    "order_number", "订单号", "订单编号", "发票号",
)  # fmt: skip
PRODUCT_NAMES = ("stockcode", "sku", "product", "product_id", "item", "商品", "商品编号")
BOT_NAMES = ("bot_id", "is_bot", "author.isbot", "author.bot", "user.type", "isbot", "bot")
TRUE_WORDS = ("true", "1", "yes", "bot", "app", "是")
NO_WORDS = ("", "null", "none", "nan", "false", "0")
FLAGS = {"is_join": "join", "is_joining": "join", "joined_event": "join", "is_leave": "leave",
         "is_system": "system", "is_system_message": "system", "is_notice": "system",
         "is_notification": "system", "is_service": "system", "system_message": "system",
         "系统消息": "system", "是否系统消息": "system", "是否入群": "join"}  # fmt: skip
GROUP_NAMES = ("community", "repo", "group")


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
    group : str
        Column of several communities that are one here (channels of a server).
    """

    title: str
    needs: tuple[tuple[str, ...], ...]
    member: tuple[str, ...]
    time: tuple[str, ...]
    kinds: tuple[str, ...] = ()
    reply_to: tuple[str, ...] = ()
    plain: tuple[tuple[str, str], ...] = ()


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
               ("renamed", "post"), ("cross-referenced", "notice"), ("locked", "notice")),
    ),
    "shop": Form(
        "orders of an online shop",
        (("invoice", "quantity", "price"), ("invoiceno", "quantity", "unitprice"),
         ("lineitem_quantity", "lineitem_price"), ("email", "financial_status", "total")),
        member=("customer_id", "customerid", "customer.id", "email", "billing_name", "customer"),
        time=("invoicedate", "invoice_date", "paid_at", "created_at", "processed_at"),
    ),
}  # fmt: skip


def plain_name(name: str) -> str:
    """Write a column's name as the tables here do: small letters, no marks, spaces as ``_``."""
    text = unicodedata.normalize("NFKC", str(name)).strip().strip('"\ufeff').strip().lower()
    return "_".join(text.replace("-", " ").replace("_", " ").split())


KNOWN_NAMES = frozenset(
    (*MEMBER_NAMES, *TIME_NAMES, *KIND_NAMES, *REPLY_NAMES, *CUSTOMER_NAMES, *BOUGHT_NAMES,
     *AMOUNT_NAMES, *PRICE_NAMES, *QUANTITY_NAMES, *ORDER_NAMES,
     *(name for form in FORMS.values() for part in (form.member, form.time) for name in part))
)  # fmt: skip


def form_of(columns: list[str]) -> str | None:
    """Name the form whose columns are all there, the most telling first; None for no known one."""
    names = {plain_name(column) for column in columns}
    fits = [
        (len(needed), -place, key)
        for place, (key, form) in enumerate(FORMS.items())
        for needed in form.needs
        if names.issuperset(needed)
    ]
    return max(fits)[2] if fits else None
