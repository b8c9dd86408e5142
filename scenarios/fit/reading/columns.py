"""The columns of a sheet: what they are usually called, and which of them plays which part."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.fit.reading.sheet import Sheet, listed

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

MEMBER_NAMES = (
    "member", "uid", "user", "user_id", "userid", "member_id", "src", "author", "author_id",
    "username", "user_name", "sender", "sender_id", "from", "account", "email", "actor", "login",
    "nickname", "screen_name", "name", "poster", "openid", "from_id", "author_name",
    "user_name_or_email", "uname", "poster_id", "post_author", "owner_user_id", "from_user_id",
    "sent_by", "posted_by", "created_by", "sender_name", "sender_full_name", "actor_login",
    "author_login", "author_username", "comment_author", "author.username", "user.screen_name",
    "user.name", "user.id", "account.acct", "account.username", "author.id", "sender.id",
    "from.user.id", "from.id", "from.username", "user_hash", "member_name", "email_address", "用户",
    "用户id", "用户名", "会员", "会员id", "成员", "昵称", "发言人", "发送人", "发送者", "作者",
    "群昵称", "微信昵称", "姓名", "账号", "群成员", "成员id", "用户昵称", "成员昵称", "用戶",
    "會員", "成員", "暱稱", "發言人", "發送人", "作者id", "用户名称", "用户编号", "发送人姓名",
    "发送人昵称", "发件人", "回帖人", "发帖人", "楼主", "qq号", "benutzer", "benutzername",
    "mitglied", "nutzer", "verfasser", "absender", "autor", "autora", "utilisateur", "membre",
    "auteur", "pseudo", "expéditeur", "usuario", "miembro", "remitente", "usuário", "membro",
    "utente", "autore", "gebruiker", "lid", "użytkownik", "пользователь", "участник", "автор",
    "отправитель", "имя", "ユーザー", "ユーザー名", "ユーザーid", "投稿者", "送信者", "名前",
    "会員id", "작성자", "닉네임", "사용자", "이름", "보낸사람", "회원", "회원id", "kullanıcı",
    "üye", "distinct_id", "person_id", "user_pseudo_id", "id_member", "author_channel_id.value",
    "author_channel_id", "author_display_name", "requester_id", "requester_email", "requester",
    "who_id", "associated_contact_ids", "associated_contact", "contact_id", "visitor_id",
    "anonymous_id",
)  # fmt: skip
TIME_NAMES = (
    "time", "t", "timestamp", "date", "day", "created_at", "datetime", "ts", "created_utc",
    "created", "sent_at",
    "posted_at", "createtime", "create_time", "event_time", "occurred_at",
    "created_time", "createdat", "published_at", "timestamp_ms", "sent", "posted", "post_date",
    "message_date", "msg_time", "commented_at", "时间", "日期", "发送时间", "发言时间", "创建时间",
    "发布时间", "消息时间", "时间戳", "发言日期", "发布日期", "日期时间", "時間", "發言時間",
    "發送時間", "建立時間", "发表时间", "评论时间", "回帖时间", "发帖时间", "提交时间", "post_time",
    "comment_date", "creation_date", "created_date_time", "created_date", "date_created",
    "created_on", "date_posted", "date_time", "date_sent", "sent_date", "dateline", "ctime",
    "create_at", "origin_server_ts", "event_timestamp", "@timestamp", "utc_time", "datum",
    "zeitpunkt", "zeitstempel", "erstellt", "erstellt_am", "gesendet", "horodatage", "fecha",
    "fecha_hora", "data", "data_hora", "data_ora", "tijdstip", "дата", "время", "дата_время",
    "日時", "投稿日時", "送信日時", "日付", "날짜", "작성일시", "작성일", "일시", "시간", "tarih",
    "zaman", "date/time", "activity_date", "activitydate", "createddate", "poster_time",
        "评论日期", "回复时间", "留言时间", "点评时间",
)  # fmt: skip
CLOCK_NAMES = (
    "time", "hour", "clock", "time_of_day", "时间", "時間", "uhrzeit", "zeit", "heure", "hora",
    "ora", "tijd", "время", "時刻", "시간", "saat",
)  # fmt: skip
DATE_NAMES = (
    "date", "day", "日期", "datum", "tag", "fecha", "data", "дата", "日付", "날짜", "tarih",
    "sale_date", "transaction_date", "order_date",
)  # fmt: skip
KIND_NAMES = (
    "kind", "type", "act", "subtype", "event", "action", "event_type", "message_type", "msg_type",
    "activity", "verb", "action_name", "event_name", "activity_type", "activity_name",
    "事件名称", "事件名", "行为类型", "action_type", "event_category", "interaction_type",
    "操作类型", "动作类型", "事件类型", "行为名称",
    "comment_type", "comment_approved", "类型", "消息类型",
    "行为", "动作", "事件", "操作",
)  # fmt: skip
REPLY_NAMES = (
    "reply_to", "dst", "target", "replied_to", "in_reply_to", "reply_to_user", "parent_user_id",
    "replyto", "回复对象", "回复给", "被回复人",
)  # fmt: skip
ID_NAMES = ("id", "message_id", "msg_id", "post_id", "postid", "pid", "comment_id",
            "id_msg", "event_id", "消息id", "评论id", "帖子id")  # fmt: skip
CUSTOMER_NAMES = (
    "customer_id", "customer", "customerid", "buyer", "buyer_id", "client", "client_id",
    "customer.id", "customer_number", "customer_no", "customer_email", "buyer_email", "buyer_id",
    "buyer_username", "buyer_user_id", "buyer_name", "billing_email", "billing.email",
    "from_email_address", "purchaser", "shopper_id", "cust_id", "客户", "客户id", "客户编号",
    "买家", "买家昵称", "买家会员名", "买家id", "买家旺旺", "买家手机号", "会员名", "会员卡号",
    "顾客", "顾客id", "下单帐号", "下单账号", "下单用户", "kunde", "kunden_id", "kundennummer",
    "kundennr", "käufer", "client_id", "cliente", "id_cliente", "klant", "klient", "клиент",
    "покупатель", "顧客", "顧客id", "購入者", "고객", "고객id", "müşteri",
    "consumer_id", "customer_code", "customer_reference", "loyalty_id", "loyalty_number",
    "loyalty_card", "card_number", "card_no", "member_number", "membership_number",
    "membership_no", "shopper_email", "consumer_email", "会员编号", "会员卡", "会员号", "手机号",
    "手机", "收货人手机", "收货手机", "联系手机", "收件人手机", "customer_name", "client_name",
    "cust_name", *MEMBER_NAMES,
)  # fmt: skip
BOUGHT_NAMES = (
    "invoicedate", "invoice_date", "order_date", "orderdate", "paid_at", "purchase_date",
    "order_time", "下单时间", "付款时间", "订单创建时间", "订单付款时间", "买家付款时间",
    "支付时间", "成交时间", "交易时间", "order_created_at", "purchased_at", "sale_date",
    "date_paid", "transaction_date", "bestelldatum", "kaufdatum", "rechnungsdatum",
    "date_de_commande", "date_commande", "fecha_pedido", "fecha_compra", "data_pedido",
    "data_ordine", "дата_заказа", "注文日", "注文日時", "購入日", "주문일", "주문일시", *TIME_NAMES,
)  # fmt: skip
AMOUNT_NAMES = (
    "amount", "usd", "spend", "total", "value", "revenue", "yuan", "order_total", "total_price",
    "sales", "gross", "paid", "net_amount", "实付金额", "买家实际支付金额", "买家实付金额",
    "订单实付金额", "实付款", "实际支付金额", "实收金额", "支付金额", "付款金额", "应付金额",
    "金额", "总金额", "订单金额", "grand_total", "order_value", "total_amount", "line_total",
    "total_paid", "amount_paid",
    "order_total_amount", "invoice_amount", "invoice_total", "net_sales", "gross_sales",
    "amount_cents", "amount_in_cents",
    "betrag", "summe", "umsatz", "gesamtbetrag", "montant", "total_ttc", "importe", "monto",
    "valor", "n._revenue", "net_revenue",
    "total_incl._tax", "total_incl_tax", "total_inc_tax",
    "total_including_tax", "用户实付金额", "商家实收金额", "实付", "实收", "结算金额",
    "importo", "totale", "bedrag", "kwota", "сумма", "金額", "合計", "금액", "결제금액",
    "tutar",
)  # fmt: skip
TOTAL_NAMES = frozenset(
    ("total", "order_total", "total_price", "grand_total", "order_value", "总金额", "订单金额",
     "订单实付金额", "实付金额", "买家实际支付金额", "买家实付金额", "实付款", "total_amount",
     "total_paid",
     "amount_paid", "gesamtbetrag", "合計")
)  # fmt: skip
PRICE_NAMES = (
    "price", "unitprice", "unit_price", "单价", "价格", "lineitem_price", "item_price",
    "einzelpreis", "preis", "prix_unitaire", "precio", "precio_unitario", "prezzo", "preço", "цена",
    "単価", "单品价格",
)  # fmt: skip
QUANTITY_NAMES = (
    "quantity", "qty", "units", "数量", "件数", "lineitem_quantity", "count", "购买数量", "menge",
    "anzahl", "quantité", "cantidad", "quantità", "quantidade", "количество", "個数", "수량",
)  # fmt: skip
ORDER_NAMES = (
    "invoice", "invoiceno", "invoice_no", "invoice_number", "order", "order_id", "orderid",
    "order_number", "receipt_number", "receipt_no", "receipt_id", "receipt", "transaction_id",
    "order_#", "订单号", "小票号", "单号",
    "订单编号", "发票号", "sales_record_number", "increment_id",
    "bestellnummer", "rechnungsnummer", "numéro_de_commande", "número_de_pedido", "номер_заказа",
    "注文番号", "주문번호", "amazon_order_id",
)  # fmt: skip
PRODUCT_NAMES = ("stockcode", "sku", "product", "product_id", "item", "商品", "商品编号")
CURRENCY_NAMES = ("currency", "currency_code", "order_currency", "order_currency_code", "币种",
                  "货币",
                  "货币类型", "währung", "devise", "moneda", "通貨")  # fmt: skip
TEXT_NAMES = (
    "text", "content", "message", "body", "strcontent", "内容", "消息", "消息内容", "发言内容",
)  # fmt: skip
BOT_NAMES = ("bot_id", "is_bot", "author.isbot", "author.bot", "user.type", "isbot", "bot",
             "author.is_bot", "user.is_bot", "user.bot", "account.bot", "sender.is_bot",
             "author.type", "actor.type", "sender_type", "是否机器人")  # fmt: skip
TRUE_WORDS = ("true", "1", "yes", "y", "bot", "app", "是")
NO_WORDS = ("", "null", "none", "nan", "false", "0")
FLAGS = {"is_join": "join", "is_joining": "join", "joined_event": "join", "is_leave": "leave",
         "is_system": "system", "is_system_message": "system", "is_notice": "system",
         "is_notification": "system", "is_service": "system", "system_message": "system",
         "系统消息": "system", "是否系统消息": "system", "是否入群": "join", "is_spam": "system",
         "spam": "system", "is_draft": "system", "is_test": "system", "hidden": "system",
         "is_hidden": "system", "deleted": "system", "is_deleted": "system", "removed": "system",
         "is_removed": "system", "是否删除": "system", "是否隐藏": "system",
         "垃圾": "system", "是否垃圾": "system", "草稿": "system"}  # fmt: skip
SHOWN_NAMES = ("approved", "is_approved", "published", "is_published", "is_visible", "审核通过",
               "是否审核通过", "是否发布")  # fmt: skip
STATE_NAMES = ("status", "state", "post_status", "message_status", "moderation_status", "状态",
               "审核状态")  # fmt: skip
UNSEEN_STATES = ("spam", "trash", "trashed", "draft", "auto-draft", "unpublished", "垃圾",
                 "scheduled", "pending", "rejected", "hidden", "removed", "deleted", "moderated",
                 "unapproved", "awaiting moderation", "待审核", "已删除", "已隐藏", "已屏蔽",
                 "垃圾信息", "草稿", "未发布", "审核不通过")  # fmt: skip
COUNT_NAMES = frozenset(
    ("posts", "post_count", "posts_count", "messages", "message_count", "messages_count", "n_posts",
     "n_messages", "num_posts", "num_messages", "number_of_posts", "number_of_messages", "count",
     "msg_count", "total_posts", "total_messages", "messages_sent", "acts", "comments_count",
     "comment_count", "发言数", "发言次数", "消息数", "发帖数", "帖子数", "次数", "条数",
     "发言条数", "nachrichten", "beiträge")
)  # fmt: skip
SAID_OF_MUCH = ("name", "t", "day", "src", "from", "account", "created", "value", "total", "count")
"""Names that fields inside others have whatever they are about: of a channel, of a picture."""
GROUP_NAMES = ("community", "repo", "group")
SHOWN_VALUES = 12
UNSEEN_SIGNS = "[\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]"
WRAPPED = '^="([^"]*)"$'
UNSEEN = f"{UNSEEN_SIGNS}|{WRAPPED}"
ONLY_CLOCK = (
    r"^(?i:(?:[ap]\.?m\.?|上午|下午|午前|午後|오전|오후) ?)?\d{1,2}[:.h时時]\d{2}"
    r"(?:[:.分]\d{2}秒?)?(?:[.,]\d+)?分?(?: ?(?i:[ap]\.?m\.?|uhr))?$"
)
MOST = 0.9  # of the filled cells, at least, are times of day
MIDNIGHT = r"[T ]00:00(?::00(?:\.0+)?)?$"


def plain_name(name: str) -> str:
    """Write a column's name as the tables here do: small letters, no marks, spaces as ``_``."""
    text = unicodedata.normalize("NFKC", str(name)).strip().strip('"\ufeff').strip().lower()
    text = re.sub(r"(?<=.) ?[(\[][^()\[\]]*[)\]]$", "", text)  # the unit: time (UTC), 金额（元）
    return "_".join(text.replace("-", " ").replace("_", " ").split())


def same_name(name: str) -> str:
    """Write a column's name so that ``CreationDate`` and ``Creation date`` meet."""
    return plain_name(name).replace("_", "")


def chosen_by(sheet: Sheet, where: str, path: str | Path) -> tuple[np.ndarray, set[str]]:
    """Mark the rows that ``--where`` chooses, bool[n]; and the values of its column."""
    column, equals, value = where.partition("=")
    if not equals or not column or not value:
        raise UserError(f"--where {where}: write --where COLUMN=VALUE, such as community=docs")
    texts = text_column(sheet.table, column, path, "--where")
    mask = (texts == value).to_numpy(dtype=bool, na_value=False)
    return mask, {str(one) for one in texts.dropna().unique()}


def refuse_empty(where: str, values: set[str], path: str | Path) -> None:
    """Say what could be chosen instead."""
    column = where.partition("=")[0]
    raise UserError(
        f"--where {where}: no row of {path} has it; {column} holds {_listed(list(values))}"
    )


def find_column(
    table: pa.Table, given: str | None, tried: tuple[str, ...], option: str, path: str | Path
) -> str | None:
    """Name the column that plays a part: the one given, or the first usual name that is there.

    Parameters
    ----------
    table : pyarrow.Table
        The file.
    given : str, optional
        What the user chose; it must exist exactly.
    tried : tuple of str
        Usual names, compared without regard to case.
    option : str
        The option that chooses it, for the error.
    path : str or Path
        Named in the error.

    Returns
    -------
    str or None
        The column's name, None where nothing was given and no usual name is there.

    Raises
    ------
    UserError
        The given column is not in the file.
    """
    if given is not None:
        if given in table.column_names:
            return given
        raise UserError(f"{option} {given}: {path} has no such column; it has {_columns(table)}")
    named = {same_name(name): name for name in reversed(table.column_names)}
    there = [named[name] for name in dict.fromkeys(map(same_name, tried)) if name in named]
    filled = (name for name in there if len(there) == 1 or not _is_empty(table, name))
    return next(filled, there[0] if there else None)


def _is_empty(table: pa.Table, column: str) -> bool:
    """Whether no cell of a column holds anything, as that of user ids where nobody signs in."""
    import pyarrow as pa
    import pyarrow.compute as pc

    values = raw_column(table, column)
    if values.null_count == len(values) > 0:
        return True
    return pa.types.is_string(values.type) and not pc.any(pc.not_equal(values, "")).as_py()


def _inside(table: pa.Table, tried: tuple[str, ...]) -> str | None:
    """The column of a field inside others, such as ``properties.time``, the least deep first."""
    deep = sorted((name for name in table.column_names if "." in name),
                  key=lambda name: name.count("."))  # fmt: skip
    return next((name for one in tried if one not in SAID_OF_MUCH for name in deep
                 if same_name(name).endswith("." + same_name(one))), None)  # fmt: skip


def need_column(
    table: pa.Table, given: str | None, tried: tuple[str, ...], option: str, path: str | Path
) -> str:
    """Like :func:`find_column`, for a column one cannot do without."""
    found = find_column(table, given, tried, option, path) or _inside(table, tried)
    if found is None:
        raise UserError(
            f"{path} has no column named {', '.join(tried[:4])} ...: name it with {option} COLUMN "
            f"(the first line must hold column names; read there: {_columns(table)})"
        )
    return found


def text_column(table: pa.Table, column: str, path: str | Path, option: str) -> pd.Series:
    """One column as trimmed text; raises UserError when it is not there or not plain values."""
    import pyarrow as pa

    if column not in table.column_names:
        raise UserError(f"{option}: {path} has no column {column}; it has {_columns(table)}")
    values = raw_column(table, column)
    try:
        return _without_wrapping(values.cast(pa.string())).to_pandas().str.strip()
    except pa.ArrowException:
        raise UserError(
            f"{option}: column {column} of {path} holds no plain text or numbers"
        ) from None


def _without_wrapping(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    """Take signs that nobody sees off, and ``="123"``, by which shops keep numbers as text."""
    import pyarrow.compute as pc

    if not pc.any(pc.match_substring_regex(texts, UNSEEN)).as_py():
        return texts
    for pattern, instead in ((UNSEEN_SIGNS, ""), (WRAPPED, r"\1")):
        texts = pc.replace_substring_regex(texts, pattern, instead)
    return texts


def raw_column(table: pa.Table, column: str) -> pa.ChunkedArray:
    """One column by name, the first of them where a name is there twice."""
    import pyarrow as pa

    values = table.column(table.column_names.index(column))
    return values.cast(values.type.value_type) if pa.types.is_dictionary(values.type) else values


def groups_of(table: pa.Table, path: str | Path) -> dict[str, set[str]]:
    """Values of the columns that name a community."""
    return {
        column: {str(one) for one in text_column(table, column, path, "--where").dropna().unique()}
        for column in table.column_names
        if plain_name(column) in GROUP_NAMES
    }


def refuse_groups(groups: dict[str, set[str]], path: str | Path) -> None:
    """Refuse to mix several communities."""
    for column, values in groups.items():
        if len(values) > 1:
            raise UserError(
                f"{path} holds {len(values)} communities: choose one with "
                f"--where {column}=VALUE, VALUE one of {_listed(list(values))}"
            )


def _listed(values: list[str]) -> str:
    return listed(sorted(values), SHOWN_VALUES)


def _columns(table: pa.Table) -> str:
    return _listed(list(table.column_names)) or "no columns"


def with_clock(sheet: Sheet, chosen: str | None) -> Sheet:
    """Put a column of days and one of times of day together.

    Parameters
    ----------
    sheet : Sheet
        A file.
    chosen : str, optional
        The column of times that the user named: then nothing is put together.

    Returns
    -------
    Sheet
        Both columns hold the whole time, where there are two such.
    """
    import pyarrow as pa

    table = sheet.table
    if chosen is not None or not table.num_rows:
        return sheet
    clock = find_column(table, None, CLOCK_NAMES, "", "")
    if clock is None or not pa.types.is_string(raw_column(table, clock).type):
        return sheet
    day = find_column(table, None, tuple(one for one in DATE_NAMES if same_name(one)
                                         != same_name(clock)), "", "")  # fmt: skip
    if day is None or not pa.types.is_string(raw_column(table, day).type):
        return sheet
    hours = text_column(table, clock, "", "--time").fillna("")
    filled = (hours != "").to_numpy()
    told = hours.str.fullmatch(ONLY_CLOCK).to_numpy(dtype=bool, na_value=False)
    if not filled.any() or told.sum() < MOST * filled.sum():
        return sheet
    days = text_column(table, day, "", "--time").fillna("").str.replace(MIDNIGHT, "", regex=True)
    if days.str.contains(r"\d:\d{2}").mean() > 1 - MOST:
        return sheet  # these are whole times
    whole = np.where(told, (days + " " + hours).str.strip(), days)
    cells = pa.array(np.where(days.to_numpy() == "", "", whole).tolist(), pa.string())
    for name in {clock, day} & {*table.column_names}:
        if name == day or same_name(name) in map(same_name, TIME_NAMES):
            table = table.set_column(table.column_names.index(name), name, cells)
    return replace(sheet, table=table, notes=(*sheet.notes, f"time is {day} and {clock} together"))
