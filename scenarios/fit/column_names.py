"""Usual names of columns, by the part they play, in the languages that people's exports are in."""

from __future__ import annotations

import re
import unicodedata

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
    "üye",
)  # fmt: skip
TIME_NAMES = (
    "time", "t", "timestamp", "date", "day", "created_at", "datetime", "ts", "created", "sent_at",
    "posted_at", "createtime", "create_time", "event_time", "occurred_at", "created_utc",
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
    "zaman",
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
    "activity", "verb", "action_name", "comment_type", "comment_approved", "类型", "消息类型",
    "行为", "动作", "事件", "操作",
)  # fmt: skip
REPLY_NAMES = (
    "reply_to", "dst", "target", "replied_to", "in_reply_to", "reply_to_user", "parent_user_id",
    "回复对象", "回复给", "被回复人",
)  # fmt: skip
CUSTOMER_NAMES = (
    "customer_id", "customer", "customerid", "buyer", "buyer_id", "client", "client_id",
    "customer.id", "customer_number", "customer_no", "customer_email", "buyer_email", "buyer_id",
    "buyer_username", "buyer_user_id", "buyer_name", "billing_email", "billing.email",
    "from_email_address", "purchaser", "shopper_id", "cust_id", "客户", "客户id", "客户编号",
    "买家", "买家昵称", "买家会员名", "买家id", "买家旺旺", "买家手机号", "会员名", "会员卡号",
    "顾客", "顾客id", "下单帐号", "下单账号", "下单用户", "kunde", "kunden_id", "kundennummer",
    "kundennr", "käufer", "client_id", "cliente", "id_cliente", "klant", "klient", "клиент",
    "покупатель", "顧客", "顧客id", "購入者", "고객", "고객id", "müşteri", *MEMBER_NAMES,
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
    "total_paid", "amount_paid", "net_sales", "gross_sales", "amount_cents", "amount_in_cents",
    "betrag", "summe", "umsatz", "gesamtbetrag", "montant", "total_ttc", "importe", "monto",
    "valor", "importo", "totale", "bedrag", "kwota", "сумма", "金額", "合計", "금액", "결제금액",
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
    "order_number", "订单号", "订单编号", "发票号", "sales_record_number", "increment_id",
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
         "系统消息": "system", "是否系统消息": "system", "是否入群": "join"}  # fmt: skip
GROUP_NAMES = ("community", "repo", "group")


def plain_name(name: str) -> str:
    """Write a column's name as the tables here do: small letters, no marks, spaces as ``_``."""
    text = unicodedata.normalize("NFKC", str(name)).strip().strip('"\ufeff').strip().lower()
    text = re.sub(r"(?<=.) ?[(\[][^()\[\]]*[)\]]$", "", text)  # the unit: time (UTC), 金额（元）
    return "_".join(text.replace("-", " ").replace("_", " ").split())


def same_name(name: str) -> str:
    """Write a column's name so that ``CreationDate`` and ``Creation date`` meet."""
    return plain_name(name).replace("_", "")
