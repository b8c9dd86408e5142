"""What became of an order: paid, never paid, paid back, as shops write it into a column."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.fit.kinds import plain_word
from plaza_lab.scenarios.fit.sheet import listed

if TYPE_CHECKING:
    import pandas as pd

SIDE_NAMES = (
    "d/c", "c/d", "dc", "cd", "dr/cr", "cr/dr", "drcr", "crdr", "debit/credit", "credit/debit",
    "debit_credit", "credit_debit", "debit_or_credit", "credit_or_debit", "d_c", "dr_cr", "dc_flag",
    "借贷", "借贷标志", "借贷方向", "借/贷", "soll/haben", "s/h",
)  # fmt: skip
SIDES = {"d": "debits", "dr": "debits", "debit": "debits", "借": "debits", "借方": "debits",
         "s": "debits", "soll": "debits", "c": "credits", "cr": "credits", "credit": "credits",
         "贷": "credits", "贷方": "credits", "h": "credits", "haben": "credits"}  # fmt: skip
FEW_BACK = 0.25  # of two sides the rarer is what went back up to this share (assumption)
STATUS_NAMES = (
    *SIDE_NAMES,
    "status", "order_status", "financial_status", "payment_status", "transaction_type", "type",
    "transaction_status", "sale_type", "退款状态", "refund_status", "event_type",
    "订单状态", "交易状态", "状态", "付款状态", "支付状态",
    "交易类型", "类型",
)  # fmt: skip
PAID = frozenset(
    ("", "paid", "complete", "completed", "complete_order", "fulfilled", "shipped", "delivered",
     "closed", "done", "success", "successful", "succeeded", "processed", "processing",
     "authorized",
     "captured", "settled", "sale", "sales", "sold", "order", "purchase", "payment", "charge",
     "invoice", "partially_refunded", "partially_paid", "archived", "open", "confirmed", "active",
     "交易成功", "已完成", "已付款", "已支付", "已发货", "已签收", "待收货", "待发货", "成功",
     "买家已付款", "卖家已发货", "支付成功", "销售", "购买", "订单", "部分退款",
     "website_payment", "express_checkout_payment", "general_payment", "mobile_payment")
)  # fmt: skip
OFF = frozenset(
    ("cancelled", "canceled", "cancel", "cancelled_order", "void", "voided", "failed", "failure",
     "declined", "rejected", "expired", "pending", "unpaid", "pending_payment", "awaiting_payment",
     "on_hold", "draft", "abandoned", "checkout_draft", "refunded", "fully_refunded", "reversed",
     "trash", "已取消", "取消", "交易关闭", "已关闭", "关闭", "等待买家付款", "待付款", "未付款",
     "deleted", "not_paid", "refund_completed", "交易失败", "失败", "已退款", "退款成功",
     "全额退款", "已退货", "支付失败", "已作废", "作废")
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
