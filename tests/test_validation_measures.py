"""What the patterns measure: on histories made by hand, and on the logs the bands come from."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from plaza_lab.scenarios.fit.activity import ActiveDays
from plaza_lab.scenarios.validation import conversation, effects, participation
from plaza_lab.scenarios.validation.chronicle import Chronicle, Threads

DATA = Path(__file__).resolve().parents[1].parent / "shared" / "data"
with_data = pytest.mark.skipif(
    not DATA.is_dir(), reason="the real logs are not beside the checkout"
)
NOTHING = np.empty(0, np.int64)


def chronicle(
    member=(), day=(), posts=(), *, talk=(), threads=(), members=10, n_days=400, size=(), inviter=()
) -> Chronicle:
    """A chronicle of the things a test is about."""
    who, whom, said_on = (
        np.array(x, np.int64) for x in (zip(*talk, strict=True) if talk else ((),) * 3)
    )
    author, written_on, replies, broken = (
        np.array(x, np.int64) for x in (zip(*threads, strict=True) if threads else ((),) * 4)
    )
    return Chronicle(
        n_days=n_days,
        written=ActiveDays(*(np.array(x, np.int64) for x in (member, day, posts))),
        threads=Threads(author, written_on, replies, broken > 0, broken > 1),
        who=who, whom=whom, said_on=said_on, is_answer=np.zeros(who.size, bool),
        joined=np.zeros(members, np.int64), route=np.zeros(members, np.int64),
        inviter=np.array(inviter, np.int64) if len(inviter) else np.full(members, -1),
        responds=np.zeros(members, bool), has_reached=np.zeros(members, bool),
        size=np.array(size, float), moderators=1.0,
    )  # fmt: skip


def days_of(user, seconds) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Members, days and counts of a log of messages."""
    _, member = np.unique(np.asarray(user), return_inverse=True)
    day = np.floor(np.asarray(seconds, float) / 86400).astype(np.int64)
    day -= day.min()
    key, count = np.unique(member * 100_000 + day, return_counts=True)
    return key // 100_000, key % 100_000, count


def test_who_never_wrote_and_who_wrote_once():
    seen = chronicle((0, 0, 1, 2), (0, 5, 3, 4), (2, 3, 1, 1), members=8)
    assert participation.silent_members(seen) == pytest.approx(5 / 8)
    assert participation.one_timers(seen) == pytest.approx(2 / 3)
    assert participation.top_10_share(seen) == pytest.approx(5 / 7)


def test_the_decay_of_weekly_writing_is_the_exponent_of_a_power_law():
    """Of 20,000 who wrote on day 0, a share .5 k ** -.7 writes in week k."""
    rng, n = np.random.default_rng(1), 20_000
    rows = [(i, 0, 1) for i in range(n)]
    for week in range(1, 27):
        writes = np.flatnonzero(rng.random(n) < 0.5 * week**-0.7)
        rows += [(int(i), 7 * week - 3, 1) for i in writes]
    rows.sort()
    seen = chronicle(*zip(*rows, strict=True), members=n)
    assert participation.weekly_decay(seen) == pytest.approx(0.7, abs=0.05)


def test_hazards_by_month_are_those_of_a_known_history():
    """Of 100, 60 write on day 0 only, 20 last in month 2, the others in month 8."""
    rows = [(i, 0, 1) for i in range(100)]
    rows += [(i, 45, 1) for i in range(60, 80)] + [(i, 225, 1) for i in range(80, 100)]
    rows.sort()
    seen = chronicle(*zip(*rows, strict=True), members=100, n_days=400)
    assert participation.first_month_hazard(seen) == pytest.approx(0.6)
    assert participation.hazard_ratio(seen) == pytest.approx(0.6 / 0.5)
    assert participation.sixth_month_hazard(seen) == pytest.approx(0.0)


def test_return_is_compared_by_the_messages_of_the_first_day():
    rows = [(i, 0, 1 if i < 50 else 4) for i in range(100)]
    rows += [(i, 30, 1) for i in [*range(10), *range(50, 80)]]
    rows.sort()
    seen = chronicle(*zip(*rows, strict=True), members=100)
    assert participation.first_day_intensity(seen) == pytest.approx((30 / 50) / (10 / 50))


def test_burstiness_is_low_for_clockwork_and_high_for_bursts():
    clockwork = chronicle([0] * 30, range(0, 300, 10), [1] * 30)
    assert participation.burstiness(clockwork) == pytest.approx(-1.0)
    bursts = chronicle([0] * 4, (0, 100, 200, 300), [10] * 4)
    assert participation.burstiness(bursts) > 0.4


def test_replies_and_ties_are_counted_by_hand():
    seen = chronicle(
        talk=[(0, 1, 0), (1, 0, 1), (1, 2, 1), (2, 0, 9), (3, 4, 9)],
        threads=[(0, 0, 1, 0), (1, 0, 0, 0), (2, 5, 0, 0), (2, 399, 0, 0)],
    )
    assert conversation.unanswered(seen) == pytest.approx(2 / 3)  # the last is still in the feed
    assert conversation.reciprocity(seen) == pytest.approx(2 / 5)
    assert conversation.clustering(seen) == pytest.approx(3 / 5)
    assert conversation.giant_component(seen) == pytest.approx(3 / 5)


def test_growth_on_size_is_minus_one_where_the_same_number_joins_every_month():
    seen = chronicle(size=200.0 + 5.0 * np.arange(400) / 30.0 * 2)
    assert participation.growth_on_size(seen) == pytest.approx(-1.0, abs=0.05)


def test_chains_of_invitation():
    seen = chronicle(inviter=(-1, -1, 0, 0, 2, 4), members=6)
    assert participation.deep_chains(seen) == pytest.approx(2 / 4)
    assert participation.invited_per_member(seen) == pytest.approx(4 / 6)


def test_what_pay_leaves_is_looked_for_in_the_same_people():
    """Of day-0 members; what the others, drawn in by the prize, answer does not count."""

    def answers(during, after, others=0):
        talk = [(0, 1, 150)] * during + [(0, 1, 270)] * after + [(2, 1, 150)] * others
        told = chronicle(talk=talk)
        return replace(told, is_answer=np.ones(len(talk), bool), joined=np.array([-9, -9, 5]))

    prize, stopped = answers(30, 0, others=80), answers(30, 14)
    assert effects.kept_after_pay(answers(10, 10), prize, stopped) == pytest.approx(
        (14 - 10) / 28 / ((30 - 10) / 56)
    )


@with_data
def test_measures_agree_with_the_published_targets_of_the_chats():
    """The same numbers as in the table of targets, from the raw log."""
    import pandas as pd

    log = pd.read_csv(DATA / "chat_communities" / "events.csv.gz")
    docker = log[log.community == "gitter_docker"]
    seconds = pd.to_datetime(docker.t)
    seen = chronicle(*days_of(docker.uid, (seconds - seconds.min()).dt.total_seconds()))
    told = {
        row["statistic"]: row["value"]
        for row in json.loads((DATA / "targets.json").read_text())
        if row["dataset"] == "gitter_docker"
    }
    assert participation.posting_inequality(seen) == pytest.approx(told["gini_posts"], abs=0.002)
    assert participation.top_1_share(seen) == pytest.approx(told["top1_share"], abs=0.01)
    assert participation.top_10_share(seen) == pytest.approx(told["top10_share"], abs=0.005)
    assert participation.one_timers(seen) == pytest.approx(told["one_post_share"], abs=0.002)
    assert 0.40 <= participation.burstiness(seen) <= 0.62


@with_data
def test_measures_agree_with_the_published_targets_of_college_messages():
    import pandas as pd

    log = pd.read_csv(DATA / "college_msg" / "college_msg.csv.gz").sort_values("t")
    day = (log.t - log.t.min()) // 86400
    members = int(max(log.src.max(), log.dst.max())) + 1
    seen = chronicle(
        *days_of(log.src, log.t - log.t.min()),
        talk=list(zip(log.src, log.dst, day, strict=True)), members=members, n_days=194,
    )  # fmt: skip
    told = {
        row["statistic"]: row["value"]
        for row in json.loads((DATA / "targets.json").read_text())
        if row["dataset"] == "CollegeMsg"
    }
    assert conversation.reciprocity(seen) == pytest.approx(
        told["reciprocity of distinct directed ties"], abs=0.002
    )
    assert conversation.degree_inequality(seen) == pytest.approx(told["Gini of degree"], abs=0.01)
    assert conversation.clustering(seen) == pytest.approx(
        told["mean local clustering (zeros kept)"], abs=0.002
    )
    assert conversation.densification(seen) == pytest.approx(
        told["exponent of edges ~ nodes^a"], abs=0.15
    )
    assert 1.5 < conversation.triadic_closure(seen) < 4.0  # told: 2.42, over all new ties


def test_fit_lift_is_the_ratio_of_newcomers_through_partners():
    from dataclasses import replace

    from plaza_lab.agents.member import Route

    many, few = (
        replace(chronicle(), route=np.array([Route.PARTNER] * n + [Route.ORGANIC] * (10 - n)))
        for n in (6, 2)
    )
    assert participation.fit_lift(many, few) == 3.0
    assert np.isnan(participation.fit_lift(many, replace(few, route=np.full(10, Route.ORGANIC))))


def test_repeat_buying_follows_the_purchase_law(kernels):
    from plaza_lab.scenarios.settings.composing import compose

    everybody, nobody = (
        compose([f"world.purchase.buyer_share={share}"]).config.setting for share in (1, 0)
    )
    assert np.isnan(participation.never_again(nobody, 1)) and np.isnan(
        participation.top_spenders(nobody, 1)
    )
    again = compose(["world.purchase.buyer_share=1", "world.purchase.rate_shape=5",
                     "world.purchase.dropout_a=0.01"]).config.setting  # fmt: skip
    assert participation.never_again(again, 1) < 0.1 < participation.never_again(everybody, 1) < 0.9
    assert (
        0.2 < participation.top_spenders(again, 1) < participation.top_spenders(everybody, 1) < 1.0
    )


def test_all_twenty_five_patterns_are_checked_and_those_of_own_input_count_as_fitted():
    from plaza_lab.scenarios.validation.patterns import PATTERNS

    assert [pattern.number for pattern in PATTERNS] == list(range(1, 26))
    assert {5, 15, 16, 20, 24} <= {p.number for p in PATTERNS if p.use == "fitted"}


def test_fitted_patterns_are_shown_and_counted_apart():
    from plaza_lab.scenarios.validation.answer import Finding, Validation

    findings = [
        Finding(number, "p", "s", np.array([value] * 4), 0.0, 1.0, "a source", use)
        for number, value, use in ((1, 0.5, "held out"), (2, 2.0, "held out"), (3, 0.5, "fitted"))
    ]
    answer = Validation(findings, [], 4)
    assert answer.words.startswith("2 of 3 patterns of real communities hold (1 of 2 held out, ")
    assert "1 of 1 fitted" in answer.words
