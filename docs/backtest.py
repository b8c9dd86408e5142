"""Write ``docs/reference/backtest.md``: what forecasts of real logs are worth.

``python docs/backtest.py DATA`` with the folder of real logs; about ten minutes.
"""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from plaza_lab.scenarios.forecast.backtest import MAIN_CUT, OURS, ROLLING, Acts, Backtest, backtest

PAGE = Path(__file__).parent / "reference" / "backtest.md"
HORIZON = 26
RIVALS = {
    "last_4_weeks": "last four weeks", "holt": "Holt", "bgnbd": "BG/NBD", "bass": "Bass",
}  # fmt: skip
PURCHASE_RIVALS = {"bgnbd": "BG/NBD", "last_4_weeks": "last four weeks", "holt": "Holt"}
JOIN_RIVALS = {"mean_26_weeks": "mean of 26 weeks", "last_4_weeks": "last four weeks",
               "holt": "Holt"}  # fmt: skip


def acts_of(
    member: pd.Series, when: pd.Series, *, has_purchases: bool = False, unit: str | None = None
) -> Acts:
    """Active days of a table of acts."""
    stamps = pd.to_datetime(when, unit=unit) if unit else pd.to_datetime(when)
    day = (stamps - pd.Timestamp("1970-01-01")).dt.days.to_numpy(np.int64)
    first, n_days = int(day.min()), int(day.max() - day.min()) + 1
    _, code = np.unique(member.to_numpy(), return_inverse=True)
    keys, place = np.unique(code * n_days + day - first, return_inverse=True)
    amount = np.ones(len(keys), np.int64) if has_purchases else np.bincount(place)
    last = date(1970, 1, 1).toordinal() + first + n_days - 1
    return Acts(keys // n_days, keys % n_days, amount, n_days, date.fromordinal(last),
                has_purchases)  # fmt: skip


def logs(folder: Path) -> dict[str, Acts]:
    """All logs of the folder that say who did something when."""
    found = {}
    chats = pd.read_csv(folder / "chat_communities" / "events.csv.gz")
    for name, rows in chats.groupby("community"):
        found[str(name)] = acts_of(rows["uid"], rows["t"])
    commits = pd.read_csv(folder / "git_contributors" / "events.csv.gz")
    for name, rows in commits.groupby("repo"):
        found[f"{name} (commits)"] = acts_of(rows["uid"], rows["day"])
    college = pd.read_csv(folder / "college_msg" / "college_msg.csv.gz")
    found["college messages"] = acts_of(college["src"], college["t"], unit="s")
    bought = pd.read_csv(folder / "cdnow" / "purchases.csv.gz")
    found["CDNOW (purchases)"] = acts_of(
        bought["customer_id"], bought["date"].astype(str), has_purchases=True
    )
    return found


def number(found: Backtest, metric: str, method: str, what: str, cut: float | None) -> float:
    """Median over cuts (or at one) of a number at 26 weeks, or over all there is below."""
    values = []
    for one in sorted({score.cut for score in found.scores}) if cut is None else [cut]:
        own = [s for s in found.scores if (s.cut, s.metric, s.method) == (one, metric, method)]
        best = [s for s in own if s.horizon == HORIZON] or [s for s in own if s.horizon == 0]
        values += [getattr(score, what) for score in best]
    return float(np.median(values)) if values else np.nan


def table(
    results: dict[str, Backtest], metric: str, rivals: dict[str, str], cut: float | None
) -> list[str]:
    """Errors of one metric, a row for each log and one for the median."""
    names = ["plaza", *rivals.values(), "MASE", "80 % covers", "95 % covers"]
    lines = [f"| log | {' | '.join(names)} |", "| --- |" + " ---: |" * len(names)]
    rows = []
    for name, found in results.items():
        row = [number(found, metric, method, "wape", cut) for method in (OURS, *rivals)]
        if not np.isfinite(row[0]):
            continue
        row += [number(found, metric, OURS, what, cut) for what in ("mase", "cover_80", "cover_95")]
        rows.append(row)
        lines.append(f"| {name} | {' | '.join(shown(row, len(rivals) + 1))} |")
    middle = list(np.nanmedian(np.array(rows), axis=0))
    return [*lines, f"| **median** | {' | '.join(shown(middle, len(rivals) + 1))} |", ""]


def shown(row: list[float], n_errors: int) -> list[str]:
    """Cells: errors and MASE to two digits, shares in per cent."""
    cells = [f"{value:.2f}" if value < 100 else "over 100" for value in row[: n_errors + 1]]
    return [*cells, *(f"{value:.0%}" for value in row[n_errors + 1 :])]


def targets(results: dict[str, Backtest]) -> list[str]:
    """What was aimed at, and what was reached, at the 60 % cut."""
    acts = {name: one for name, one in results.items() if "purchases" not in name}

    def column(metric: str, method: str, what: str, among: dict[str, Backtest]) -> np.ndarray:
        found = (number(one, metric, method, what, MAIN_CUT) for one in among.values())
        return np.array(list(found))

    lines = ["| aim (median over logs) | reached | |", "| --- | ---: | --- |"]

    def add(aim: str, value: float, is_met: bool) -> None:
        lines.append(f"| {aim} | {value:.2f} | {'reached' if is_met else '**missed**'} |")

    long = {
        name: one for name, one in acts.items()
        if any(s.cut == MAIN_CUT and s.horizon == HORIZON for s in one.scores)
    }  # fmt: skip
    for among, which in ((long, f"logs with {HORIZON} weeks to compare"), (acts, "all logs")):
        for what, label in (("wape", "error (WAPE)"), ("mase", "MASE")):
            ours = column("weekly_actives", OURS, what, among)
            theirs = np.array([column("weekly_actives", name, what, among) for name in RIVALS])
            share = float(np.median(ours) / np.median(theirs, axis=1).min())
            add(f"{label} of weekly actives at most .95 of the best baseline's, {which}",
                share, share <= 0.95)  # fmt: skip
    ours = column("weekly_actives", OURS, "wape", acts)
    theirs = np.array([column("weekly_actives", name, "wape", acts) for name in RIVALS])
    luck = float(np.median(ours / theirs.min(axis=0)))
    add("error against each log's luckiest baseline, known only afterwards, all logs",
        luck, luck <= 0.95)  # fmt: skip
    cover = float(np.median(column("weekly_actives", OURS, "cover_80", acts)))
    add("80 % intervals cover .70 to .90 of weeks", cover, 0.7 <= cover <= 0.9)
    sales = {name: one for name, one in results.items() if "purchases" in name}
    bought = column("purchases", OURS, "wape", sales) / column("purchases", "bgnbd", "wape", sales)
    add("error of purchases at most 1.10 of BG/NBD's alone", float(np.median(bought)),
        bool(np.median(bought) <= 1.1))  # fmt: skip
    joins = column("joins", OURS, "wape", acts) / column("joins", "mean_26_weeks", "wape", acts)
    add("error of new members at most that of the mean of 26 weeks", float(np.median(joins)),
        bool(np.median(joins) <= 1.0))  # fmt: skip
    return [*lines, ""]


def page(results: dict[str, Backtest]) -> str:
    """The whole page."""
    rolling = ", ".join(f"{cut:.0%}" for cut in ROLLING)
    lines = [
        "# What forecasts of real logs are worth", "",
        "<!-- written by docs/backtest.py -->", "",
        f"Real logs were cut at {MAIN_CUT:.0%} of their days, the next {HORIZON} weeks forecast "
        "(or all there were, where fewer) as `plaza forecast` does, and compared with what came. "
        "Nothing was tuned to a single log. An error (WAPE) is the sum of absolute errors over "
        "the sum of what came; MASE is the mean absolute error over that of \"as last week\" "
        "before the cut. The forecast compared is the median of its paths.", "",
        "Baselines: the mean of the last four weeks goes on; Holt's linear trend (statsmodels); "
        "the BG/NBD state of every known person, with newcomers as in the last four weeks; a Bass "
        "curve through the series. [How the forecast is made]"
        "(../how-to/forecast_your_community.md#how-it-is-made).", "",
        "## Aims", "", *targets(results),
        f"## Weekly actives, cut at {MAIN_CUT:.0%}", "",
        *table(results, "weekly_actives", RIVALS, MAIN_CUT),
        f"## Weekly actives, median of cuts at {rolling}", "",
        *table(results, "weekly_actives", RIVALS, None),
        f"## New members a week, cut at {MAIN_CUT:.0%}", "",
        *table({k: v for k, v in results.items() if "purchases" not in k}, "joins", JOIN_RIVALS,
               MAIN_CUT),
        f"## Posts a week, cut at {MAIN_CUT:.0%}", "",
        *table(results, "posts", {"last_4_weeks": "last four weeks", "holt": "Holt"}, MAIN_CUT),
        f"## Purchases a week, cut at {MAIN_CUT:.0%}", "",
        *table(results, "purchases", PURCHASE_RIVALS, MAIN_CUT),
    ]  # fmt: skip
    return "\n".join(lines).rstrip() + "\n"


def main() -> None:
    """Forecast every log, and write the page."""
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_dir():
        sys.exit("python docs/backtest.py DATA: the folder of real logs")
    results = {}
    for name, acts in logs(Path(sys.argv[1])).items():
        results[name] = backtest(acts)
        sys.stderr.write(f"{name}\n")
    PAGE.write_text(page(results))


if __name__ == "__main__":
    main()
