"""Feedback channels and the data policy: what they cost and bring. 95 %, paired seeds."""

from __future__ import annotations

import math

import numpy as np
import pytest
from communities import lived, opened, posted, setting
from effects import assert_falls, assert_rises, share, total

from plaza_lab.sim.engine import live_until
from plaza_lab.sim.policy import Channel, Consent, Feed
from plaza_lab.sim.recording import metrics as mt
from plaza_lab.sim.state import fund

BASE = {"population.initial_members": 250, "world.feedback.complain": 0.15}
HOTLINE = {"policy.feedback.channel": Channel.HOTLINE}
FORUM = {"policy.feedback.channel": Channel.OPEN_FORUM}
HOW = {"days": 140, "seeds": range(1, 11)}
NO_IDEAS = {"policy.feedback.implement_rate": 0.0}


@pytest.mark.mechanism("M70")
def test_the_sign_of_an_open_forum_depends_on_the_time_of_reply(kernels):
    """R52, S17, C34: better than a hotline when fast, worse when slow."""
    fast = {**BASE, **HOTLINE, **NO_IDEAS, "policy.feedback.response_hours": 4.0}
    slow = {**BASE, **HOTLINE, **NO_IDEAS, "policy.feedback.response_hours": 96.0,
            "world.feedback.peer_day": 0.0}  # fmt: skip
    assert_rises(fast, FORUM, "trust_end", **HOW)
    assert_falls(slow, FORUM, "trust_end", **HOW)


@pytest.mark.mechanism("M70")
def test_slow_replies_cost_trust_and_members(kernels):
    """R52, M70: also where nobody sees them."""
    fast = {**BASE, **HOTLINE, **NO_IDEAS, "policy.feedback.response_hours": 4.0}
    assert_falls(fast, {"policy.feedback.response_hours": 96.0}, "trust_end", **HOW)
    assert_falls(fast, {"policy.feedback.response_hours": 96.0}, "satisfaction_end", **HOW)


@pytest.mark.mechanism("M70")
def test_implemented_ideas_raise_satisfaction(kernels):
    """R52: and announcing them helps."""
    idle = {**BASE, **FORUM, **NO_IDEAS}
    assert_rises(idle, {"policy.feedback.implement_rate": 0.5}, "satisfaction_end", **HOW)
    busy = {**idle, "policy.feedback.implement_rate": 0.5}
    assert_rises(busy, {"policy.feedback.publish_fixes": True}, "satisfaction_end", **HOW)


@pytest.mark.mechanism("M70")
def test_open_channels_hear_more(kernels):
    """R52, T53: complaints, and ideas among them; a panel gives ideas without complaints."""
    assert_rises({**BASE, **HOTLINE}, FORUM, total("complaints"), **HOW)
    assert_rises({**BASE, **HOTLINE}, FORUM, total("ideas"), **HOW)
    listening = {"policy.feedback.channel": Channel.FORUM_LISTENING}
    assert_falls({**BASE, **FORUM}, listening, total("ideas"), **HOW)
    panel = {"policy.feedback.channel": Channel.RESEARCH_PANEL}
    assert_rises({**BASE, **HOTLINE}, panel, total("ideas"), **HOW)


@pytest.mark.mechanism("M70")
def test_peers_answer_in_the_open(kernels):
    """M70: before a slow staff does."""
    slow = {**BASE, **FORUM, "policy.feedback.response_hours": 96.0, "world.feedback.peer_day": 0.0}
    assert_falls(
        slow, {"world.feedback.peer_day": 0.5}, share("reply_hours", "replies_given"), **HOW
    )


def test_replies_come_when_they_are_due(kernels):
    """T53: on a quiet staff the mean wait is the promised one."""
    which = setting(BASE, HOTLINE, {"policy.feedback.response_hours": 72.0})
    tables = live_until(opened(which, 1, 60), 0, 60)
    days = tables.daily[:60].sum(axis=0)
    assert days[mt.REPLY_HOURS] == pytest.approx(72.0 * days[mt.REPLIES_GIVEN])
    opened_so_far = np.cumsum(tables.daily[:60, mt.COMPLAINTS])
    answered = np.cumsum(tables.daily[:60, mt.REPLIES_GIVEN])
    assert np.array_equal(answered[3:], opened_so_far[:-3])


LEAKY = {
    "population.initial_members": 120,
    "world.incidents.happen": True,
    "world.incidents.yearly": 0.6,
    "world.incidents.scandal": 0.0,
}
LAX = {
    "policy.data_policy.masking": 0.0,
    "policy.data_policy.encryption": 0.81,
    "policy.data_policy.audit_months": 0,
    "policy.data_policy.consent": Consent.NOT_ASKED,
}
STRICT = {
    "policy.data_policy.masking": 1.0,
    "policy.data_policy.encryption": 0.99,
    "policy.data_policy.audit_months": 6,
    "policy.data_policy.consent": Consent.OPT_IN,
}


@pytest.mark.mechanism("M72")
def test_levels_of_protection_have_their_yearly_chances():
    """R54, mechanisms.md 6.3: 8 %, 2 % and 0.5 % a year."""
    from plaza_lab.sim.mechanisms.governance import incidents
    from plaza_lab.sim.setting import to_record

    exposure = getattr(incidents._exposure, "py_func", incidents._exposure)
    for changes, chance in ((LAX, 0.08), ({}, 0.02), (STRICT, 0.005)):
        which = setting(changes)
        lever = to_record(which.policy)[0].data_policy
        p = to_record(which.world)[0].incidents
        hazard = -math.log(1.0 - p.yearly) * math.exp(exposure(lever, p))
        assert 1.0 - math.exp(-hazard) == pytest.approx(chance, rel=0.05)


@pytest.mark.slow
@pytest.mark.mechanism("M72")
def test_incidents_come_at_their_hazard_and_shake_trust(kernels):
    """R54: leaks are draws with a hazard; they cost trust, and through it members."""
    leaks = total("privacy_incidents")
    how = {"days": 364, "seeds": range(1, 25)}
    assert_rises(LEAKY, LAX, leaks, **how)
    assert_falls(LEAKY, STRICT, leaks, **how)
    assert_falls({**LEAKY, **LAX, "world.incidents.leak_trust": 0.0},
                 {"world.incidents.leak_trust": 2.0}, "trust_end", **how)  # fmt: skip
    assert_rises({**LEAKY, **LAX, "world.incidents.leak_trust": 0.0},
                 {"world.incidents.leak_trust": 3.0}, total("exits"), **how)  # fmt: skip


@pytest.mark.mechanism("M72")
def test_protection_lowers_what_a_personalised_feed_knows(kernels):
    """R54, C24: the recommender's accuracy moves with the data policy."""
    feed = {
        "population.initial_members": 250,
        "policy.distribution.feed": Feed.PERSONALISED,
        "policy.distribution.accuracy": 0.6,
        "world.activity.attention_ln_mean": 1.5,
    }
    accuracies = [lived(setting(feed, changes), 1, 3).incidents_state[0].feed_accuracy
                  for changes in (LAX, {}, STRICT)]  # fmt: skip
    assert accuracies[1] == 0.6
    assert accuracies[0] > 0.6 > accuracies[2]
    assert_falls({**feed, **LAX}, STRICT, share("value", "views"), **HOW)


@pytest.mark.mechanism("M72")
def test_audits_fall_due_and_cost(kernels):
    """R54, F99, T66: every six months, paid by the brand."""
    tables = lived(setting(LEAKY, STRICT), 1, 364)
    audits = posted(tables)[posted(tables).purpose == fund.AUDIT]
    assert list(audits.day) == [0, 182] and (audits.amount_cents == 500_000).all()
    assert tables.daily[:364, mt.DAYS_SINCE_AUDIT].max() == 181
    assert tables.daily[:364, mt.ENCRYPTED_SHARE] == pytest.approx(0.99)
