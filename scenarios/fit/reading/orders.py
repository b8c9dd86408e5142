"""What lines of orders and invoices say: what was paid once, what never, what went back."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.fit.reading.accounts import missing
from plaza_lab.scenarios.fit.reading.amounts import FEW_BACK, read_amounts
from plaza_lab.scenarios.fit.reading.columns import (
    CURRENCY_NAMES,
    TOTAL_NAMES,
    find_column,
    plain_name,
    same_name,
    text_column,
)
from plaza_lab.scenarios.fit.reading.kinds import plain_word
from plaza_lab.scenarios.fit.reading.sheet import Sheet, codes_of, listed

if TYPE_CHECKING:
    import pandas as pd

ALL_ALIKE, FEWEST_ORDERS = 0.95, 3
CENT = 0.005
SIDE_NAMES = (
    "d/c", "c/d", "dc", "cd", "dr/cr", "cr/dr", "drcr", "crdr", "debit/credit", "credit/debit",
    "debit_credit", "credit_debit", "debit_or_credit", "credit_or_debit", "d_c", "dr_cr", "dc_flag",
    "借贷", "借贷标志", "借贷方向", "借/贷", "soll/haben", "s/h",
)  # fmt: skip
SIDES = {"d": "debits", "dr": "debits", "debit": "debits", "借": "debits", "借方": "debits",
         "s": "debits", "soll": "debits", "c": "credits", "cr": "credits", "credit": "credits",
         "贷": "credits", "贷方": "credits", "h": "credits", "haben": "credits"}  # fmt: skip
STATUS_NAMES = (
    *SIDE_NAMES,
    "status", "order_status", "financial_status", "payment_status", "transaction_type", "type",
    "transaction_status", "sale_type", "退款状态", "refund_status", "event_type",
    "订单状态", "交易状态", "状态", "付款状态", "支付状态",
    "交易类型", "类型", "order_state", "document_type", "mode", "bestellstatus", "zahlungsstatus",
    "statut", "estado", "stato", "статус", "ステータス", "상태",
)  # fmt: skip
PAID = frozenset(
    ("", "paid", "complete", "completed", "complete_order", "fulfilled", "shipped", "delivered",
     "closed", "done", "success", "successful", "succeeded", "processed", "processing",
     "authorized",
     "captured", "settled", "sale", "sales", "sold", "order", "purchase", "payment", "charge",
     "invoice", "partially_refunded", "partially_paid", "archived", "open", "confirmed", "active",
     "交易成功", "已完成", "已付款", "已支付", "已发货", "已签收", "待收货", "待发货", "成功",
     "买家已付款", "卖家已发货", "支付成功", "销售", "购买", "订单", "部分退款",
     "abgeschlossen", "bezahlt", "versandt", "geliefert", "payé", "payée", "expédiée", "livrée",
     "pagado", "enviado", "completado", "entregado", "выполнен", "оплачен", "доставлен", "発送済み",
     "完了", "支払済み", "결제완료", "배송완료", "live",
     "website_payment", "express_checkout_payment", "general_payment", "mobile_payment")
)  # fmt: skip
OFF = frozenset(
    ("cancelled", "canceled", "cancel", "cancelled_order", "void", "voided", "failed", "failure",
     "declined", "rejected", "expired", "pending", "unpaid", "pending_payment", "awaiting_payment",
     "on_hold", "draft", "abandoned", "checkout_draft", "refunded", "fully_refunded", "reversed",
     "trash", "已取消", "取消", "交易关闭", "已关闭", "关闭", "等待买家付款", "待付款", "未付款",
     "deleted", "not_paid", "refund_completed", "交易失败", "失败", "已退款", "退款成功",
     "全额退款", "已退货", "支付失败", "已作废", "作废", "storniert", "unbezahlt", "annulé",
     "annulée", "remboursée", "cancelado", "cancelada", "anulado", "annullato", "отменён",
     "отменен", "отменена", "キャンセル", "キャンセル済み", "취소", "주문취소", "test",
     "quote", "quotation", "estimate", "proforma", "offer", "angebot", "报价", "报价单",
     "payout", "fee", "stripe_fee", "transfer", "withdrawal", "general_withdrawal",
     "redemption", "redeem", "redeemed", "bonus", "积分兑换")
)  # fmt: skip
BACK = frozenset(
    ("refund", "refunds", "return", "returned", "returns", "chargeback", "credit_note", "credit",
     "reversal", "dispute", "payment_refund", "payment_reversal", "credit_memo", "退款", "退货",
     "退货退款", "冲红")
)  # fmt: skip
INSIDE = {
    "部分退款": ("部分退",), "已取消": ("取消", "关闭", "作废", "删除"), "退款成功": ("退款成功",
                                                                "全额退", "退款完成", "已退款"),
    "待付款": ("待付款", "未付款", "未支付", "等待买家付款", "待支付"), "交易成功": ("成功",
                                                            "完成"),
    "已付款": ("已付款", "已支付", "发货", "收货", "签收", "出库", "配送"),
}  # fmt: skip
GONE_BACK = frozenset(("returned", "returning", "rejected", "refunded"))
SURE = ("cancelled", "canceled", "voided", "failed", "declined", "expired", "unpaid", "abandoned",
        "pending",
        "shipped", "delivered", "completed", "complete", "paid", "fulfilled")  # fmt: skip
MOST_SHOWN = 4
REFERENCES = ("reference_txn_id", "original_order_id", "original_order", "original_order_number",
              "original_transaction_id", "original_invoice", "original_receipt", "parent_id",
              "parent_order_id", "refund_of", "return_of", "related_order", "原订单号",
              "原订单编号", "原单号", "关联订单号", "主订单编号")  # fmt: skip


def check_currency(sheet: Sheet, path: str | Path) -> None:
    """Refuse amounts in several currencies, told by a column of their own."""
    name = find_column(sheet.table, None, CURRENCY_NAMES, "", path)
    if name is None:
        return
    found = text_column(sheet.table, name, path, "--where").str.upper().replace("", None).dropna()
    if found.nunique() > 1:
        counts = found.value_counts()
        shown = ", ".join(f"{one} in {n:,} rows" for one, n in counts.head(4).items())
        raise UserError(
            f"{path} holds amounts in several currencies (column {name}: {shown}): keep one with "
            f"--where {name}={counts.index[0]}, or turn them into one"
        )


def without_copies(sheet: Sheet, names: dict[str, str], path: str | Path) -> tuple[Sheet, int]:
    """Leave out rows of an order that stand, equal in every cell, once more further down.

    Equal lines of one basket follow each other; a copy stands behind rows of other orders.
    """
    import pandas as pd

    if "order" not in names:
        return sheet, 0
    order = text_column(sheet.table, names["order"], path, "--order").fillna("")
    run = (order != order.shift()).cumsum().to_numpy()
    cells = pd.DataFrame(codes_of(sheet.table))
    first = pd.Series(run).groupby([cells[name] for name in cells], dropna=False).transform("first")
    twice = (first.to_numpy() != run) & (order != "").to_numpy()
    return (sheet.only(~twice), int(twice.sum())) if twice.any() else (sheet, 0)


def once_an_order(
    sheet: Sheet, names: dict[str, str], path: str | Path
) -> tuple[Sheet, int, list[str]]:
    """Keep one row of each order whose total is repeated in every line of it."""
    if "order" not in names or "amount" not in names:
        return sheet, 0, []
    order = text_column(sheet.table, names["order"], path, "--order").fillna("")
    paid = text_column(sheet.table, names["amount"], path, "--amount").fillna("")
    lines = paid.replace("", None).groupby(order).agg(["size", "nunique"])
    several = lines[(lines["size"] > 1) & (lines.index != "")]
    if len(several) < FEWEST_ORDERS:
        return sheet, 0, []
    name = names["amount"]
    further = (order.duplicated() & (order != "")).to_numpy()
    is_alike, is_sum = several["nunique"] == 1, _sums_up(order, paid, name)[several.index]
    if (is_sum & ~is_alike).sum() >= FEWEST_ORDERS and (is_sum | is_alike).mean() >= ALL_ALIKE:
        told = f"{name} of the first line of an order is the sum of its others: counted once"
        return sheet.only(~further), int(further.sum()), [told]
    if is_alike.mean() < ALL_ALIKE:
        return sheet, 0, []
    if same_name(name) not in map(same_name, TOTAL_NAMES):
        return (
            sheet,
            0,
            [
                f"column {name} is the same in all lines of an order in {len(several):,} orders: "
                "they are added; if it is the total of the order, keep one line of each"
            ],
        )
    told = f"{name} is repeated in every line of an order: counted once"
    return sheet.only(~further), int(further.sum()), [told]


def first_lines(sheet: Sheet, path: str | Path) -> tuple[Sheet, int]:
    """Keep the first line of each order where only that holds the total, as Shopify writes them."""
    names = {plain_name(name): name for name in reversed(sheet.table.column_names)}
    if not {"lineitem_quantity", "total", "name"} <= set(names):
        return sheet, 0
    total = text_column(sheet.table, names["total"], path, "--amount").fillna("")
    order = text_column(sheet.table, names["name"], path, "--order")
    further = ((total == "") & order.duplicated()).to_numpy(dtype=bool)
    return (sheet.only(~further), int(further.sum())) if further.any() else (sheet, 0)


def _sums_up(order: pd.Series, paid: pd.Series, name: str) -> pd.Series:
    """Of each order whether its first line holds the sum of two or more others."""
    import pandas as pd

    try:
        amount = pd.Series(np.nan_to_num(read_amounts(paid, name)), index=order.index)
    except UserError:  # said where the amounts are read
        amount = pd.Series(0.0, index=order.index)
    each = amount.groupby(order)
    return (each.size() > 2) & ((2 * each.first() - each.sum()).abs() <= CENT) & (each.first() > 0)


def with_owners(frame: pd.DataFrame, sheet: Sheet, path: str | Path) -> pd.DataFrame:
    """Give returns to the customer of the order that they name, or whose number they have.

    Exports of payments name the shop as the sender of what it pays back, or nobody.

    Parameters
    ----------
    frame : pandas.DataFrame
        ``member``, ``amount`` and ``order``, one row for each of the sheet.
    sheet, path
        The file, which may have a column that names the order which a row undoes.

    Returns
    -------
    pandas.DataFrame
        With other members and orders in some rows of amounts below zero.
    """
    if "order" not in frame:
        return frame
    back = (frame["amount"] < 0).to_numpy()
    nameless = missing(frame["member"])
    owner = frame[~back & ~nameless & (frame["order"].fillna("") != "").to_numpy()]
    of_order = owner.drop_duplicates("order").set_index("order")["member"]
    name = find_column(sheet.table, None, REFERENCES, "--order", path)
    named = frame["order"] if name is None else text_column(sheet.table, name, path, "--order")
    for orders, mine in ((named, back), (frame["order"], back & nameless)):
        found = (orders.isin(of_order.index) & mine).to_numpy(bool)
        if found.any():
            frame = frame.assign(
                member=frame["member"].where(~found, orders.map(of_order)),
                order=frame["order"].where(~found, orders),
            )
    return frame


@dataclass(frozen=True)
class _Netted:
    """Purchases after returns.

    Lines that are still purchases, and what of each is left; lines of returns, purchases undone in
    full, returns of nothing that is in the log; what was paid back and taken off.
    """

    keep: np.ndarray
    amount: np.ndarray
    n_returns: int
    n_undone: int
    n_orphans: int
    value: float


def cancelled(orders: pd.Series) -> np.ndarray:
    """Mark cancelled invoices: a number with a C in front, where others are bare numbers."""
    texts = orders.fillna("")
    marked = texts.str.fullmatch(r"[Cc]-?\d+").to_numpy(dtype=bool, na_value=False)
    bare = texts.str.fullmatch(r"\d+").to_numpy(dtype=bool, na_value=False)
    return marked if bare.sum() > marked.sum() else np.zeros(len(texts), bool)


def net(frame: pd.DataFrame) -> _Netted:
    """Take returns (amounts below 0) off the purchases they undo.

    A return belongs to the invoice of the same number, else to the customer's latest earlier line
    of the same product, else of the same amount, else to her latest earlier purchases; ``order``
    and ``product`` stand in the frame where the file has them.
    """
    amount = frame["amount"].to_numpy(float).copy()
    back = amount < 0
    keep = ~back
    if not back.any():
        return _Netted(keep, amount, 0, 0, 0, 0.0)
    bought = _lines_of(frame, np.flatnonzero(keep & (amount > 0)))
    orders = _texts(frame, "order")
    products = _texts(frame, "product")
    members, seconds = frame["member"].to_numpy(object), frame["seconds"].to_numpy()
    orphans, value = 0, 0.0
    for row in np.flatnonzero(back)[np.argsort(seconds[back], kind="stable")]:
        left = -amount[row]
        lines = [one for one in bought.get(members[row], ()) if seconds[one] <= seconds[row]]
        for one in _in_turn(lines, row, left, amount, orders, products):
            part = min(left, amount[one])
            amount[one] -= part
            left -= part
            value += part
            if left <= CENT:
                break
        orphans += left > CENT
    undone = keep & (frame["amount"].to_numpy(float) > 0) & (amount <= CENT)
    return _Netted(keep & ~undone, amount, int(back.sum()), int(undone.sum()), orphans, value)


def _lines_of(frame: pd.DataFrame, rows: np.ndarray) -> dict[object, list[int]]:
    """Rows of purchases of each customer, the latest first."""
    members, seconds = frame["member"].to_numpy(object), frame["seconds"].to_numpy()
    told: dict[object, list[int]] = {}
    for row in rows[np.argsort(-seconds[rows], kind="stable")]:
        told.setdefault(members[row], []).append(int(row))
    return told


def _texts(frame: pd.DataFrame, name: str) -> np.ndarray:
    if name not in frame:
        return np.full(len(frame), "", object)
    return frame[name].fillna("").str.lstrip("Cc-").to_numpy(object)


def _in_turn(
    lines: list[int],
    row: int,
    left: float,
    amount: np.ndarray,
    orders: np.ndarray,
    products: np.ndarray,
) -> list[int]:
    """Lines that a return may undo, the likeliest first."""

    def rank(one: int) -> tuple[bool, bool, bool]:
        same_order = bool(orders[row]) and orders[one] == orders[row]
        same_product = bool(products[row]) and products[one] == products[row]
        return not same_order, not same_product, abs(amount[one] - left) > CENT

    return sorted((one for one in lines if amount[one] > CENT), key=rank)


def by_status(
    words: pd.Series, name: str, amount: np.ndarray, frame: pd.DataFrame, notes: list[str]
) -> np.ndarray:
    """Call off the orders that were never paid or wholly paid back; turn rows of refunds round.

    Parameters
    ----------
    words : pandas.Series
        Texts of the column, one for each row.
    name : str
        The column, for the notes.
    amount : numpy.ndarray
        float64[n].
    frame : pandas.DataFrame
        Gets or keeps the column ``called_off``.
    notes : list of str
        What was decided is added; a word that is not known counts as paid, and is told.

    Returns
    -------
    numpy.ndarray
        float64[n], amounts below zero where money went back.
    """
    sides = words.fillna("").map(plain_word).map(SIDES)
    if len(words) and sides.notna().all():
        return _by_side(sides, words, name, amount, notes)
    plain = words.fillna("").map(_known)
    counts = plain.value_counts()
    told = [f"{word} in {counts[word]:,} rows" for word in counts.index if word in OFF | BACK]
    if told:
        notes.append(
            f"column {name}: {_listed(told)} taken for what was not paid, or was paid back"
        )
    if len(counts) == len(words) or not (told or set(counts.index) & PAID - {""}):
        return amount  # a column about something else
    strange = [f"{word} ({counts[word]:,} rows)" for word in counts.index
               if word not in PAID | OFF | BACK]  # fmt: skip
    if strange:
        notes.append(
            f"column {name}: {_listed(strange)} counted as purchases; --where {name}=VALUE keeps "
            "one value"
        )
    off = plain.isin(OFF).to_numpy(dtype=bool)
    if off.any():
        call_off(frame, off)
        amount = np.where(off, -0.0, amount)
    return np.where(plain.isin(BACK).to_numpy(dtype=bool), -np.abs(amount), amount)


def _by_side(
    sides: pd.Series, words: pd.Series, name: str, amount: np.ndarray, notes: list[str]
) -> np.ndarray:
    """Of debits and credits the few are what went back; which are sales depends on whose books."""
    counts = sides.value_counts()
    if len(counts) < 2:
        return amount
    seldom = counts.index[1]
    if counts[seldom] > FEW_BACK * len(sides):
        n_debits, n_credits = counts["debits"], counts["credits"]
        one, other = (words[sides == side].iloc[0] for side in ("debits", "credits"))
        raise UserError(
            f"column {name} holds {n_debits:,} debits and {n_credits:,} credits, and which of them "
            f"went back cannot be told: keep the purchases with --where '{name}={one}' or --where "
            f"'{name}={other}'"
        )
    notes.append(f"column {name}: {counts[seldom]:,} {seldom} taken for what was paid back")
    return np.where(sides == seldom, -np.abs(amount), amount)


def _known(word: str) -> str:
    """The word of the tables that says the same: ``wc-completed``, 买家已付款，等待卖家发货."""
    plain = plain_word(word).removeprefix("wc_")
    if plain in PAID | OFF | BACK or not plain:
        return plain
    if not plain.isascii():
        return next((known for known, inside in INSIDE.items()
                     if any(one in plain for one in inside)), plain)  # fmt: skip
    parts = set(re.split(r"[^a-z]+", plain))
    if "not" in parts or "un" in parts:
        return plain
    if parts & GONE_BACK:
        return "partially_refunded" if "partially" in parts else "refunded"
    return next((one for one in SURE if one in parts), plain)


def call_off(frame: pd.DataFrame, off: np.ndarray) -> None:
    """Mark orders that did not come about, bool[n], beside those marked before."""
    frame["called_off"] = off | frame.get("called_off", False)


def _listed(told: list[str]) -> str:
    return listed(told, MOST_SHOWN)
