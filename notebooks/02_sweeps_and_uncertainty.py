# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Sweeps and uncertainty
#
# One run is an anecdote. In this notebook you ask many runs one question: you sweep a lever, see
# what pairing by seed wins, add pairs until you are sure enough, and ask in which worlds the advice
# would be another. You predict first, then run, then compare. It runs top to bottom in under two
# minutes. The first start on a machine compiles the engine, which takes some seconds more.
#
# Do *A first community* before this one. Words in *italics* are in the glossary of the
# documentation.

# %%
# %matplotlib inline
import tempfile
import time
import warnings

warnings.filterwarnings("ignore", "IProgress")  # no progress bars are needed here

import numpy as np
from scipy.stats import t as student

from plaza_lab import compare, open_study, run_study, sweep
from plaza_lab.scenarios.answers.comparison import precision_sentences
from plaza_lab.scenarios.experiments.design import several_policies
from plaza_lab.scenarios.experiments.evaluate import StoreEvaluate
from plaza_lab.scenarios.experiments.until import until_precise
from plaza_lab.scenarios.experiments.widths import parse_targets
from plaza_lab.scenarios.lessons import Lesson
from plaza_lab.scenarios.sensitivity import satisficing, thresholds
from plaza_lab.scenarios.statistics.anytime import anytime_bounds
from plaza_lab.scenarios.store import open_store

store = tempfile.TemporaryDirectory()  # runs are kept here, and are gone with the notebook
POLICIES = ["thanks_only", "weekly_prize"]
WEEKS = 26

# %% [markdown]
# ## 1 A small sweep
#
# What becomes of a community depends on who comes in. An entry fee has a say in that,
# and it also pays the weekly prize. We sweep both: three fees, with and without a prize.
#
# **Write down before you go on.** Which of the three fees gives the most members after half a
# year? Which keeps most of those of the first day active? Does your answer depend on the prize?

# %%
fees = sweep(
    ["incentive=thanks_only,weekly_prize", "entry.fee_cents=5000,20000,40000"],
    replicates=6,
    weeks=WEEKS,
)
fees

# %%
fees.plot()

# %% [markdown]
# Every dot is a mean over six *seeds*, the bar its 95 % interval. The fee moves growth far more
# than anything moves retention.
#
# Now look at retention with and without the prize: the bars overlap widely. Is there nothing to
# see? All six *design points* lived through the same six seeds, so their means go up and down
# together, and overlapping bars do not say that two points cannot be told apart. The next section
# shows how much that matters.

# %% [markdown]
# ## 2 The same people, the same luck
#
# We compare the two policies on 20 seeds. Each seed is lived twice, once under each policy: a
# *pair*.
#
# **Guess:** with independent seeds for the two policies, how many times more runs would it take to
# know the difference in active retention equally well? Twice? Ten times?

# %%
prize = compare(POLICIES, replicates=20, weeks=WEEKS)
prize.pictures()["pairs-weekly_prize"]()

# %%
wide = prize.runs.pivot(index="seed", columns="policy", values="retention") * 100
paired = wide["weekly_prize"] - wide["thanks_only"]
n = len(paired)
reach = student.ppf(0.975, n - 1) * paired.std() / np.sqrt(n)
apart = student.ppf(0.975, 2 * n - 2) * np.sqrt(wide.var().sum() / n)
print(f"difference in active retention: {paired.mean():+.2f} points")
print(f"  paired   95 % interval: {paired.mean() - reach:+.2f} to {paired.mean() + reach:+.2f}")
print(f"  unpaired 95 % interval: {paired.mean() - apart:+.2f} to {paired.mean() + apart:+.2f}")
print(f"  variance won by pairing: {wide.var().sum() / paired.var():.1f} times")

# %%
columns = ["difference", "low", "high", "correlation", "pairing_gain", "verdict"]
asked = ["growth", "retention", "distinct_answerers_week", "activation_14d"]
prize.frame().set_index("outcome").loc[asked, columns].round(3)

# %% [markdown]
# `pairing_gain` says how many times more runs independent seeds would need. It differs from outcome
# to outcome. **Why** is it large for growth and small for newcomer activation? (Think of whose luck
# each of the two consists of, and how many people it is a mean of.)
#
# A gain below 1 would mean that pairing does harm. Can that happen?

# %% [markdown]
# ## 3 Looking is not free
#
# How many pairs are enough? It is tempting to look at the interval after each new pair and to stop
# once it leaves out zero. Let us try that where there is nothing to find: pairs whose true
# difference is zero, drawn as normal numbers.
#
# **Guess:** a 95 % interval is wrong in 5 of 100 studies. How many of 100 go wrong if you look
# after every pair from the 20th to the 300th, and stop at the first "discovery"?

# %%
rng = np.random.default_rng(1)
nothing = rng.normal(size=(2000, 300))
counts = np.arange(1, 301)
mean = nothing.cumsum(axis=1) / counts
square = (nothing**2).cumsum(axis=1)
sd = np.sqrt(np.maximum(square - counts * mean**2, 0) / np.maximum(counts - 1, 1))
looks = slice(19, 300)
usual = np.abs(mean) > student.ppf(0.975, np.maximum(counts - 1, 1)) * sd / np.sqrt(counts)
low, high = anytime_bounds(counts[looks], mean[:, looks], sd[:, looks], 0.0)
print(f"one look, after 300 pairs:         {usual[:, -1].mean():6.1%} false discoveries")
print(f"a look after every pair, usual:    {usual[:, looks].any(axis=1).mean():6.1%}")
print(f"a look after every pair, anytime:  {((low > 0) | (high < 0)).any(axis=1).mean():6.1%}")

# %% [markdown]
# *Anytime-valid* intervals are a little wider, and right at all looks together, however many there
# will be. So one may look as often as one likes. Plaza uses them where pairs are added until an
# answer is known well enough: on the command line that is `plaza compare ... --until
# retention=1pp`, here it is a function. We want to know the difference in active retention within
# 0.6 points either way, and that in distinct answerers within one person a week.

# %%
evaluate = StoreEvaluate(open_store(store.name), "until", WEEKS)
wish = parse_targets("retention=0.6pp,distinct_answerers_week=1")
points = several_policies(POLICIES, [f"run.weeks={WEEKS}"])
runs, precision = until_precise(evaluate, points, wish, max_pairs=300)
for line in precision_sentences(precision):
    print("-", line)

# %% [markdown]
# **Question.** Half the width takes about how many times the pairs? Try `retention=0.3pp`: the runs
# made so far are in the store and are not made again.

# %% [markdown]
# ## 4 Worlds
#
# So far all luck was varied, and no doubt. Nobody knows how strongly claimed uplifts act
# (`world.calibration.scale`: 0 not at all, 1 as claimed), how fast rewards crowd out the wish
# to help, how easily people leave, how readily they answer. A *world* is one set of such values. We
# draw 48 of them as a *Latin hypercube*: each range is cut into 48 slices, and every slice is used
# once.
#
# Both policies live in every world, at the same three seeds: 288 runs. They are kept in a store.
#
# **Predict.** The prize is meant to bring more people to answer others. In which worlds would it
# bring hardly any more, or even *fewer*? Which of the four doubts decides that?

# %%
question = {
    "question": "Where does a weekly prize bring more people to answer, and where fewer?",
    "policies": POLICIES,
    "uncertainties": {
        "world.calibration.scale": {"low": 0.0, "high": 1.0},
        "world.incentives.crowding": {"low": 0.0, "high": 0.05},
        "world.churn.established_hazard": {"low": 0.0003, "high": 0.003, "log": True},
        "world.help.answer_base": {"low": -4.0, "high": -1.5},
    },
    "design": {"kind": "lhs", "n": 48},
    "outcomes": ["distinct_answerers_week", "retention"],
    "run": {"replicates": 3, "weeks": WEEKS},
}
worlds = run_study(question, name="worlds", store=store.name)
for line in worlds.found():
    print("-", line)

# %%
worlds.pictures()["flips-weekly_prize-distinct_answerers_week"]()

# %% [markdown]
# A dot is a world; its colour says who is ahead there, and by how much. Here the prize leads
# everywhere, and its lead melts away to the left, where claimed uplifts do not act. Where worlds
# flip, a hatched part shows the rule that was found, *A beats B except where ...*, and a grey band
# how well its threshold is known. A rule is only believed if it also holds in worlds that it was
# not made from.
#
# **Questions.** Did you name the right doubt? *At most 6 %* of such worlds could flip unseen: what
# would make that number smaller, more worlds or more seeds? And what does the answer say about
# active retention, where some worlds lie on the other side: are they exceptions, or luck?

# %% [markdown]
# Averages over worlds hide who is hurt. *Regret* is what a policy falls short of the best one in
# the same world: what one would blame oneself for afterwards.

# %%
worlds.pictures()["regret"]()

# %% [markdown]
# And where are *wishes* met? In how many worlds do at least 8 different people answer each week
# while at least 11 % of the first members stay active?

# %%
wishes = thresholds(["distinct_answerers_week>=8", "retention>=11%"], worlds.runs.columns)
satisficing(worlds.runs, wishes).round(2)

# %% [markdown]
# ## 5 Which doubts matter
#
# Before spending money on finding out about a doubt, ask whether the answer hangs on it. *Morris*
# screening walks through the ranges, one setting at a time, from many starting points.
#
# **Predict** the order of the four settings, once for the number of answerers itself, once for the
# *difference* that the prize makes. Is it the same order?

# %%
screening = run_study(
    {**question, "design": {"kind": "morris", "n": 8}}, name="screening", store=store.name
)
for line in screening.sentences():
    print("-", line)

# %%
screening.pictures()["morris-distinct_answerers_week"]()

# %%
screening.pictures()["morris-distinct_answerers_week-weekly_prize-minus-thanks_only"]()

# %% [markdown]
# To the right: matters much. High up: its effect depends on where it starts, that is, on the other
# settings. The dashed line is the *dummy*, a setting that changes nothing but luck; what is not
# clearly to its right cannot be told from luck.
#
# What moves a level need not move a difference. Advice rests on differences.

# %% [markdown]
# ## 6 Nothing is run twice
#
# A finished run is kept under a key made of its settings, its length, the code and its seed. Asking
# the same question again finds everything there; asking for one seed more runs that seed only.

# %%
for replicates in (3, 4):
    began = time.perf_counter()
    again = run_study(question, [f"run.replicates={replicates}"], name="worlds", store=store.name)
    print(f"{replicates} seeds, {len(again.runs)} runs: {time.perf_counter() - began:.1f} s")

# %% [markdown]
# The tables of a study can be asked in SQL. How many more people answer with the prize, by how
# strongly uplifts act?

# %%
open_study("worlds", store.name).study.views().sql("""
    SELECT round("world.calibration.scale", 1) AS calibration,
           count(*) AS pairs,
           round(avg(a.distinct_answerers_week), 1) AS answerers,
           round(avg(b.distinct_answerers_week - a.distinct_answerers_week), 1) AS more_with_prize
    FROM runs AS a JOIN runs AS b
    USING (world_point, seed, "world.calibration.scale")
    WHERE a.policy = 'thanks_only' AND b.policy = 'weekly_prize'
    GROUP BY ALL ORDER BY calibration
""").df()

# %% [markdown]
# **What did you take along?** A difference is known within 1.2 points from 40 pairs. How many pairs
# would it take, roughly, to know it within 0.3 points?

# %%
lesson = Lesson()
pairs = ...  # your answer
lesson.exercise(
    "pairs", pairs, 640, within=40, because="A quarter of the width takes sixteen times as many."
)

# %% [markdown]
# A policy is ahead on average over all worlds, and far behind in a few. Which number shows that:
# its `"mean"`, or its largest `"regret"`?

# %%
shows = ...  # your answer
lesson.exercise("shows", shows, "regret", because="A mean hides who is hurt.")
lesson.score()
# %% [markdown]
# **Exercises.**
#
# 1. Add `population.initial_members` from 52 to 500 to the uncertainties. Does the size of the
#    community decide whether a prize is worth it?
# 2. Replace the prize by `points`. Is there a flip in active retention now?
# 3. Use `one_at_a_time` with `n` 2 in place of `morris`. Which picture would you show a client?
#    What could it hide?
# 4. Take three policies, `thanks_only`, `points` and `weekly_prize`. Which has the smallest largest
#    regret? Is it also the best on average?
# 5. On the command line: `plaza study run slow_market`, press Ctrl-C, then
#    `plaza study resume slow_market`.

# %%
store.cleanup()
