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
# # Partnerships
#
# Two brands, one community: who gains, who pays, and when is it over? Every deal has two sides, so
# every table here has both. In every part you *predict*, *run* and *compare*.
#
# Where it says `...  # your answer`, put your answer and run the cell again;
# `lesson.solution("...")` tells what is right, and why.

# %%
# %matplotlib inline
import warnings

warnings.filterwarnings("ignore", "IProgress")  # no progress bars are needed here

import matplotlib.pyplot as plt

from plaza_lab import compare
from plaza_lab.scenarios.lessons import Lesson
from plaza_lab.scenarios.statistics import compare_contrasts

lesson = Lesson()
HOST = ["entry=open", "fund=brand_funded"]
SIDES = ["deals", "host_gain_yuan", "partner_gain_yuan", "partner_joins"]

# %% [markdown]
# ## 1 A split, by hand
#
# The host puts in 3,000 yuan and the partner 1,000. Together they take 10,000. By *equal* split
# each gets half; by *contribution* each gets its part of what was put in. What does the partner
# get by contribution, in yuan?

# %%
partner_gets = ...  # your answer
lesson.exercise("partner gets", partner_gets, 2_500, because="A quarter of what was put in.")

# %% [markdown]
# Under an equal split the partner gets 5,000. By how many points does its share lie above what it
# put in? (Deals are disputed beyond ten points, twenty where the rule is clear.)

# %%
deviation = ...  # your answer
lesson.exercise("deviation", deviation, 25, because="50 % taken, 25 % put in.")

# %% [markdown]
# ## 2 Which form pays whom
#
# A host that is paid for by its brand looks for one partner. It may share a channel
# (`co_promotion`), let two communities show each other's message (`traffic_swap`), open its place
# to makers (`open_platform`), or pay for a joint campaign (`co_marketing`). A deal is signed only
# if both sides expect a gain. **Predict**: of which form are there no deals at all?

# %%
none_of = ...  # your answer: the name of a form
growth_of_platform = ...  # "more", "less" or "cannot tell": growth with open_platform

# %%
forms = ["co_marketing", "co_promotion", "traffic_swap", "open_platform"]
arms = ["partnership=none", *(f"partnership={form}" for form in forms)]
answer = compare(arms, HOST, replicates=8, weeks=52)
means = answer.runs.groupby("policy")[SIDES].mean().rename(index=lambda arm: arm.split("=")[1])
means.round(1)

# %%
signed = means.loc[forms, "deals"]
lesson.exercise(
    "none of",
    none_of,
    signed.idxmin(),
    because="A newcomer is worth 120 yuan to the host here, and bought reach brings her for more: "
    "whoever expects a loss does not sign.",
)
row = compare_contrasts(
    answer.runs, [("partnership=none", "partnership=open_platform")], ["growth"]
)
lesson.prediction("growth", growth_of_platform, row["low"].iloc[0], row["high"].iloc[0])

# %% [markdown]
# Both sides in one picture. To the upper right both gain; a deal anywhere else is not renewed.

# %%
fig, ax = plt.subplots(figsize=(5.5, 4), layout="constrained")
for form in forms:
    x, y = means.loc[form, "host_gain_yuan"], means.loc[form, "partner_gain_yuan"]
    ax.plot(x, y, "o", color="#0072B2")
    ax.annotate(form, (x, y), (0, 5), textcoords="offset points", ha="center")
ax.axhline(0, color="black", lw=0.8)
ax.axvline(0, color="black", lw=0.8)
ax.margins(x=0.25, y=0.12)
ax.set(xlabel="host's gain in a year, yuan", ylabel="partner's gain, yuan", title="8 seeds each")
plt.show()

# %% [markdown]
# ## 3 When the split is unfair
#
# On an open platform the host puts in a little more than the partner. **Predict**: with an equal
# split instead of one by contribution, is the partner's trust at the end higher (`"more"`), lower,
# or can one not tell?

# %%
trust = ...  # your prediction

# %%
splits = compare(
    ["partnership.split=contribution", "partnership.split=equal"],
    [*HOST, "partnership=open_platform"],
    replicates=12,
    weeks=52,
)
told = ["share_deviation", "partner_trust_end", "host_gain_yuan", "partner_gain_yuan"]
rows = compare_contrasts(splits.runs, [tuple(splits.policies)], told).set_index("outcome")
rows[["mean_baseline", "mean_alternative", "difference", "low", "high"]].round(2)

# %%
lesson.prediction("trust", trust, *rows.loc["partner_trust_end", ["low", "high"]])

# %% [markdown]
# Within ten points nobody quarrels, and an equal split of nearly equal parts stays within them.
# Look at both gains as well: another split moves money from one side to the other and makes none.
#
# ## 4 What a newcomer is worth
#
# The verdict on a paid campaign hangs on one number: what a newcomer is worth to the host,
# `world.partnership.join_value_cents`, 120 yuan as shipped. **Predict**: with 400 yuan, are more
# campaigns signed than with 120?

# %%
campaigns = ...  # your prediction

# %%
worth = compare(
    ["world.partnership.join_value_cents=12000", "world.partnership.join_value_cents=40000"],
    [*HOST, "partnership=co_marketing"],
    replicates=12,
    weeks=52,
)
rows = compare_contrasts(worth.runs, [tuple(worth.policies)], SIDES).set_index("outcome")
rows[["mean_baseline", "mean_alternative", "difference", "low", "high"]].round(2)

# %%
lesson.prediction("campaigns", campaigns, *rows.loc["deals", ["low", "high"]])

# %% [markdown]
# **Exercises.**
#
# 1. Hold several deals at once: `partnership=portfolio partnership.deals=4`. Is the gain four times
#    that of one? Why not?
# 2. Share data on users: `partnership.data_scope=user_level`. What is won, and what happens after a
#    leak (`world.leaks.leak_year=0.5`)?
# 3. `plaza explain partner=1 partnership=open_platform entry=open` tells a partner's year.

# %%
lesson.score()
