"""Who is a member: ids that were spoilt, one person under two ids, and accounts of nobody."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from plaza_lab.scenarios.errors import UserError
from plaza_lab.scenarios.fit.reading.columns import (
    BOT_NAMES,
    NO_WORDS,
    TRUE_WORDS,
    plain_name,
    text_column,
)
from plaza_lab.scenarios.fit.reading.sheet import Sheet

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

NO_ID = ("", "nan", "none", "null", "n/a", "na", "<na>", "nat", "-", "--", "undefined", "#n/a",
         "(null)", "\\n")  # fmt: skip
MOST_EXACT = 2**53
SPOILT = re.compile(r"[+-]?\d+(?:[.,]\d+)?[eE][+-]?\d+")
SPOILT_SHARE = 0.001
HEAVY_SHARE, HEAVY_TIMES, HEAVY_MEMBERS = 0.15, 4.0, 20
NOBODY = frozenset(
    ("deleted", "deleted user", "deleted-user", "deleted account", "account deleted", "ghost",
     "removed", "removed user", "unknown", "unknown user", "anonymous", "anon", "guest", "system",
     "discobot", "slackbot", "uslackbot", "automoderator", "mee6", "dyno", "carl-bot", "clyde",
     "github-actions", "dependabot", "renovate", "renovate-bot", "greenkeeper", "codecov-io",
     "web-flow", "captain hook", "deactivateduser", "deactivated user", "former member",
     "former user", "user deleted", "bot", "chatbot", "telegram", "group anonymous bot", "nobody",
     "系统", "系统消息", "系统通知", "系统提示", "匿名", "匿名用户", "游客", "已注销", "已删除",
     "已注销用户", "用户已注销", "帐号已注销", "账号已注销", "微信团队", "群助手", "机器人",
     "未知", "未知用户", "null user", "deletedaccount", "fake_user", "system message",
     "deleted_account", "deleteduser", "deleted_user", "unknown_user", "removed_user",
     "former_member", "unbekannt", "gelöschter benutzer", "gelöschter nutzer", "gelöscht",
     "utilisateur supprimé", "compte supprimé", "anonyme", "anonym", "usuario eliminado",
     "anónimo", "удалённый аккаунт", "微信用户", "微信用户名", "qq用户", "webhook", "webhooks",
     "zapier", "ifttt", "rss", "noreply", "no-reply", "probot", "hubot", "sapphire", "statbot",
     "q群管家", "群管家", "qq小冰", "babyq", "公众号助手", "服务通知", "帐号已注销用户",
     "total", "totals", "grand total", "subtotal", "sub total", "sub-total", "summe", "gesamt",
     "gesamtsumme", "zwischensumme", "total général", "sous-total", "totale", "totaal", "итого",
     "всего", "合计", "总计", "小计", "总和", "合計", "小計", "총계", "합계", "汇总",
     "walk-in customer", "walk-in", "walk in customer", "walk in", "walkin", "cash customer",
     "cash sale", "retail customer", "guest customer", "guest user", "anonymous user",
     "anonymous customer", "no customer", "散客", "门店散客", "零售客户", "匿名买家", "路人",
     "laufkundschaft", "laufkunde", "barverkauf", "client comptoir", "client de passage",
     "consumidor final", "cliente mostrador", "розничный покупатель", "非会員", "비회원",
     "测试", "测试用户", "测试账号", "测试帐号", "测试账户", "測試", "テスト")
)  # fmt: skip
BOT_NAME = re.compile(
    r"(?i:.*\[bot\]|bot[-_ .].*|.*[-_ .]bot)|.*[a-z0-9]Bot|.*机器人|.*小助手"
    r"|(?i:test(?:[-_ .]?(?:user|account|customer|order|konto|kunde))?[-_ .]?\d*|mailer-daemon"
    r"|(?:no|do[-_. ]?not)[-_. ]?reply|postmaster)(?:@.+)?"
    r"|(?i:guest|anonymous|deleted[-_ ]?(?:user|account))[-_ #]?(?=[0-9a-f]*\d)[0-9a-fA-F]+|游客\d+"
)
TOTAL_WORDS = (
    "total|totals|sum|subtotal|summe|gesamt|ergebnis|résultat|somme|totale|totaal|итого|итог|итоги|"
    "合计|总计|小计|汇总|合計|小計|集計"
)
SUM_OF = re.compile(rf"(?P<of>.+?)[\s:：-]*(?:{TOTAL_WORDS})", re.IGNORECASE)
PERIOD = (
    r"(?:[\d\s./年月季度-]+|q[1-4].*|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
    r"(?: \d+)?|week \d+|month|year|day)"
)
SUM_FOR = re.compile(
    rf"(?:{TOTAL_WORDS})(?: for| of|[:：])? *{PERIOD}|{PERIOD} *(?:{TOTAL_WORDS})", re.IGNORECASE
)
MASKED, MOST_MASKED = re.compile(r".*(?:\*{2,}|＊{2,}|[^\W_]\*$|[^\W_]\*[^\W_*]).*"), 0.5
COUNTED = 3
"""Ids up to so many times the number of people are numbers given in order (assumption)."""


@dataclass(frozen=True)
class Accounts:
    """What was found out about the ids.

    Attributes
    ----------
    ids : pandas.Series
        One id a row, merged where the user said so.
    nobody : numpy.ndarray
        bool[n], rows of bots, deleted accounts and placeholders.
    notes : list of str
        What is worth saying.
    """

    ids: pd.Series
    nobody: np.ndarray
    notes: list[str]


def check_ids(values: pa.ChunkedArray, texts: pd.Series, column: str, path: str | Path) -> None:
    """Refuse ids that a spreadsheet or a table of floats has rounded.

    Raises
    ------
    UserError
        They are in E-notation, or numbers too large for their type.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    told = "export the ids as text (in Excel: format the column as text before the file is opened)"
    if pa.types.is_floating(values.type):
        large = pc.max(pc.abs(values)).as_py()
        exact = {16: 2**11, 32: 2**24}.get(values.type.bit_width, MOST_EXACT)
        if large is not None and large > exact:
            raise UserError(
                f"{path}: ids in column {column} are floats above {exact:,}, where neighbours "
                f"become one; {told}"
            )
    spoilt = texts[texts.str.fullmatch(SPOILT.pattern).fillna(False).astype(bool)]
    if len(spoilt) > max(SPOILT_SHARE * len(texts), 0):
        if all(float(one.replace(",", ".")) < 1000 for one in spoilt.iloc[:20]):
            return  # 1e2 may be a name
        raise UserError(
            f"{path}: ids in column {column} such as {spoilt.iloc[0]} are rounded numbers, so that "
            f"several people share one ({len(spoilt):,} rows); {told}"
        )
    pointed = texts[texts.str.fullmatch(r"\d{16,}\.\d*").fillna(False).astype(bool)]
    if len(pointed):
        raise UserError(
            f"{path}: ids in column {column} such as {pointed.iloc[0]} went through floats and are "
            f"rounded; {told}"
        )
    _check_rounded(texts, column, path, told)


def _check_rounded(texts: pd.Series, column: str, path: str | Path, told: str) -> None:
    """Refuse long numbers that end in zeros, as a spreadsheet leaves them after 15 digits."""
    long = texts[texts.str.fullmatch(r"\d{16,20}").fillna(False).astype(bool)]
    if len(long) < 10 or long.nunique() < 3:
        return
    distinct = long.drop_duplicates()
    zeros = distinct.map(lambda one: set(one[15:]) == {"0"} and len(one) > 16)
    if zeros.mean() > 0.9:
        raise UserError(
            f"{path}: ids in column {column} such as {distinct.iloc[0]} all end in zeros after 15 "
            f"digits: they are rounded numbers; {told}"
        )


def settle(
    ids: pd.Series,
    is_bot: np.ndarray | None,
    exclude: tuple[str, ...],
    include: tuple[str, ...],
    merge: bool,
    path: str | Path,
) -> Accounts:
    """Find accounts of nobody, and people under several ids.

    Parameters
    ----------
    ids : pandas.Series
        Trimmed ids of all rows.
    is_bot : numpy.ndarray, optional
        bool[n], where a column of the file says so.
    exclude, include : tuple of str
        Names that the user leaves out, or keeps although they look like nobody's.
    merge : bool
        Take ids that differ only in case, ``.0`` or Unicode form for one.
    path : str or Path
        Named in the error.

    Returns
    -------
    Accounts
        Ids, rows of nobody, notes.

    Raises
    ------
    UserError
        A name to leave out or keep is in no row.
    """
    import pandas as pd

    codes, found = pd.factorize(ids)
    names = pd.Series([str(name) for name in found], dtype=object)
    notes = []
    plain = [_plain(name) for name in names]
    for option, given in (("--exclude", exclude), ("--include", include)):
        for name in given:
            if _plain(name) not in plain:
                raise UserError(f"{option} {name}: {path} has no member of that name")
    out = {_plain(name) for name in exclude}
    kept = {_plain(name) for name in include}
    empty = np.array([one in kept for one in plain], bool)
    bad = np.array([one in out or one in NOBODY or _is_bot_name(str(name))
                    for one, name in zip(plain, names, strict=True)], bool)  # fmt: skip
    bad |= _no_number(plain) | _are_sums(names)
    bad &= ~empty
    nobody = _by_row(bad, codes)
    if is_bot is not None:
        nobody |= is_bot & ~_by_row(empty, codes)
    if bad.any():
        counts = np.bincount(codes[codes >= 0], minlength=len(names))
        order = np.flatnonzero(bad)[np.argsort(-counts[bad], kind="stable")]
        shown = ", ".join(f"{names[at]} ({counts[at]:,} rows)" for at in order[:6])
        more = f" and {len(order) - 6} more" if len(order) > 6 else ""
        notes.append(
            f"left out as bots, deleted accounts or placeholders: {shown}{more} "
            "(--include NAME keeps one)"
        )
    notes += [*_masked(names), *_addresses(names[~bad])]
    ids, told = _twins(ids, codes, names, bad, merge)
    return Accounts(ids, nobody, [*notes, *told])


def _are_sums(names: pd.Series) -> np.ndarray:
    """Mark the rows that a spreadsheet adds below each group: *c01 Total*, *Total January*."""
    known = set(names)

    def is_sum(name: str) -> bool:
        found = SUM_OF.fullmatch(name)
        return bool(found and found["of"] in known) or SUM_FOR.fullmatch(name) is not None

    return np.array([is_sum(name) for name in names], bool)


def _addresses(names: pd.Series) -> list[str]:
    """Say so where an address and a name may be one person, as where an export fell back on it."""
    known = {name.casefold(): name for name in names}
    pairs = []
    for name in names:
        before, at, _ = name.casefold().partition("@")
        if at and before in known:
            pairs.append((known[before], name))
    if not pairs:
        return []
    name, address = pairs[0]
    return [
        f"{len(pairs):,} ids stand before the @ of another, such as {name} and {address}: if they "
        "are one person, write one id for both"
    ]


def _masked(names: pd.Series) -> list[str]:
    """Say so where most ids have stars in them, as shops write them to hide who they are."""
    starred = [name for name in names if MASKED.fullmatch(name)]
    if len(starred) <= MOST_MASKED * len(names) or len(starred) < 2:
        return []
    return [
        f"{len(starred):,} of {len(names):,} ids are masked, such as {starred[0]}: several people "
        "may share one, so that members are too few and each acts too often; export whole ids"
    ]


def bots_of(sheet: Sheet, path: str | Path) -> np.ndarray | None:
    """Rows that a column of the file calls a bot's."""
    marks: np.ndarray | None = None
    for name in dict.fromkeys(sheet.table.column_names):
        plain = plain_name(name)
        if plain in BOT_NAMES:
            texts = text_column(sheet.table, name, path, "--exclude").fillna("").str.lower()
            said = ~texts.isin(NO_WORDS) if plain == "bot_id" else texts.isin(TRUE_WORDS)
            mine = said.to_numpy(dtype=bool, na_value=False)
            marks = mine if marks is None else marks | mine
    return marks


def heavy(member: np.ndarray, names: pd.Index) -> str | None:
    """Say so where one account has far too many acts for a person among so many.

    Parameters
    ----------
    member : numpy.ndarray
        int64[n], of every act.
    names : pandas.Index
        Their ids.

    Returns
    -------
    str or None
        A note.
    """
    counts = np.sort(np.bincount(member, minlength=len(names)))
    if len(names) < HEAVY_MEMBERS or counts[-1] < HEAVY_SHARE * len(member):
        return None
    if counts[-1] < HEAVY_TIMES * counts[-2]:
        return None
    top = names[int(np.bincount(member).argmax())]
    return (
        f"{top} has {counts[-1] / len(member):.0%} of all acts, {counts[-1] / counts[-2]:.0f} "
        f"times as many as the next: if it is a bot or stands for many, leave it out with "
        f"--exclude '{top}'"
    )


def missing(ids: pd.Series) -> np.ndarray:
    """Mark ids that name nobody: empty, nan, none, null; bool[n]."""
    import pandas as pd

    if isinstance(ids.dtype, pd.CategoricalDtype):
        of_name = missing(pd.Series(ids.cat.categories, dtype=object))
        return np.append(of_name, True)[ids.cat.codes.to_numpy()]
    return (ids.isna() | ids.str.lower().isin(NO_ID)).to_numpy(dtype=bool)


def _by_row(flags: np.ndarray, codes: np.ndarray) -> np.ndarray:
    return np.append(flags, False)[codes]


def _plain(name: str) -> str:
    text = unicodedata.normalize("NFKC", name).strip()
    text = re.sub(r"^(?:/?u/|app/)|#\d{4}$", "", text)  # of Reddit, GitHub's apps, Discord
    text = re.sub(r"(?<=[注删])([销除])\(\d+\)$", r"\1", text)
    return text.strip("[]<>()（）【】").strip().lstrip("@").lower()


def _no_number(plain: list[str]) -> np.ndarray:
    """Mark 0 and -1 among ids that are whole numbers above them: the software's own account.

    Where people are simply counted from 0, 0 is one of them.
    """
    numbers = [int(one[:18]) for one in plain if one.isdecimal()]
    is_numbered = len(plain) > 2 and len(numbers) >= len(plain) - 1
    is_counted = is_numbered and "1" in plain and max(numbers) < COUNTED * len(plain)
    nobody = ("-1",) if is_counted else ("0", "-1")
    return np.array([is_numbered and one in nobody for one in plain], bool)


def _is_bot_name(name: str) -> bool:
    return BOT_NAME.fullmatch(re.sub(r"#\d{4}$", "", name.strip())) is not None


def _twins(
    ids: pd.Series, codes: np.ndarray, names: pd.Series, bad: np.ndarray, merge: bool
) -> tuple[pd.Series, list[str]]:
    """Group ids by what they are without case, ``.0`` and forms of Unicode."""
    import pandas as pd

    if not len(names):
        return ids, []
    keys = [name if is_bad else _key(name) for name, is_bad in zip(names, bad, strict=True)]
    groups, distinct = pd.factorize(np.array(keys, dtype=object))
    if len(distinct) == len(names):
        return ids, []
    size = np.bincount(groups)
    at = int(np.flatnonzero(size > 1)[0])
    pair = [str(name) for name in names[groups == at]][:2]
    n = int((size > 1).sum())
    what = (
        f"{n:,} groups of ids differ only in case, spaces, '.0', zeros or @ in front, or form of "
        "letters"
    )
    example = f"such as {pair[0]} and {pair[1]}"
    if not merge:
        return ids, [
            f"{what}, {example}: {len(names):,} ids would be {len(distinct):,} people; "
            "--merge-ids takes them for one"
        ]
    first = np.full(len(distinct), -1)
    for place in range(len(names) - 1, -1, -1):
        first[groups[place]] = place
    merged = pd.Series(names.to_numpy()[first[groups]][codes], index=ids.index, dtype=ids.dtype)
    merged[codes < 0] = pd.NA
    return merged, [f"{what}, {example}: taken for one (--merge-ids)"]


def _key(name: str) -> str:
    text = unicodedata.normalize("NFKC", name).strip().casefold().removeprefix("@")
    text = " ".join(text.split())
    if address := re.search(r"<([^<>\s]+@[^<>\s]+)>$", text):
        return address[1]
    if re.fullmatch(r"\d+(?:\.0)?", text):
        return text.removesuffix(".0").lstrip("0") or "0"
    return text
