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
# # Governance, and how to find out
#
# Rules and moderation are cheap to change and hard to judge. A trial on a part of the members
# seems to tell. Here you see what it tells, and what it misses, as the same community can also be
# lived with everybody and with nobody. In every part you *predict*, *run* and *compare*.
#
# Where it says `...  # your answer`, put your answer and run the cell again;
# `lesson.solution("...")` tells what is right, and why.

# %%
# %matplotlib inline
import warnings

warnings.filterwarnings("ignore", "IProgress")  # no progress bars are needed here

import matplotlib.pyplot as plt

from plaza_lab import attribute, compare, trial
from plaza_lab.scenarios.lessons import Lesson
from plaza_lab.scenarios.statistics import compare_contrasts

lesson = Lesson()
PAID_FOR = ["entry=open", "fund=brand_funded"]

# %% [markdown]
# ## 1 Rules and strictness
#
# Lenient review removes what is clearly against the rules; strict review removes what looks
# doubtful. Or one shows the rules before a first post. **Predict** for strict against lenient:
# the share of posts that break the rules, and the share of harmless posts among those removed.

# %%
violations = ...  # "more", "less" or "cannot tell"
removed_wrongly = ...

# %%
TOLD = ["violation_rate", "false_removal_share", "messages_per_day", "membership_retention"]
arms = ["moderation=lenient", "moderation=strict", "moderation=lenient onboarding.shows_rules=true"]
review = compare(arms, PAID_FOR, replicates=8, weeks=26)
rows = compare_contrasts(review.runs, [(arms[0], arm) for arm in arms[1:]], TOLD)
rows[["alternative", "outcome", "mean_baseline", "mean_alternative", "low", "high"]].round(4)

# %%
strict = rows[rows["alternative"] == arms[1]].set_index("outcome")
lesson.prediction("violations", violations, *strict.loc["violation_rate", ["low", "high"]])
lesson.prediction(
    "removed wrongly", removed_wrongly, *strict.loc["false_removal_share", ["low", "high"]]
)

# %% [markdown]
# Strictness has a price that nobody sees in the rate of violations. Rules that are shown cost
# nobody a post.
#
# ## 2 How large must a trial be?
#
# Posts and answers differ much between members: say their standard deviation is 6 in eight weeks.
# With 200 members in each arm, what is the standard error of the difference?

# %%
error = ...  # your answer
lesson.exercise(
    "error", error, 0.6, within=0.01, because="The root of 36/200 + 36/200: variances add up."
)

# %% [markdown]
# About 2.8 standard errors is the smallest effect that a test finds in four of five trials. How
# large must an effect be here, in posts and answers a member?

# %%
smallest = ...  # your answer
lesson.exercise("smallest", smallest, 1.68, within=0.02, because="2.8 times 0.6.")

# %% [markdown]
# ## 3 A trial inside the world
#
# Half of the members get points, the others thanks, for eight weeks. Ten communities try it.
# **Predict**: in how many of the ten is points proven (better, with p below 0.05)?

# %%
proven_in = ...  # your answer, 0 to 10

# %%
points = trial(["thanks_only", "points"], ["fund=brand_funded"], replicates=10)
print(*points.told(), sep="\n")
points.figure()

# %%
lesson.exercise(
    "proven in",
    proven_in,
    sum(one.is_proven for one in points.lived),
    within=1,
    because="The effect is far below what a trial of this size can find (part 2).",
)

# %% [markdown]
# What is not proven is not scaled (alert A12): so most of these communities go without something
# that works. The orange line is what an operator never sees.
#
# ## 4 A pot that all compete for
#
# By hand first. A pot of 100 goes to whoever does most. Half of the members try 1.5 times as hard
# and get 60, the others get 40. A trial sees a difference of 20. If *all* try 1.5 times as hard,
# how much more does half of the members get than when nobody does?

# %%
truly_more = ...  # your answer
lesson.exercise("truly more", truly_more, 0, because="The pot is the same: each half gets 50.")

# %% [markdown]
# Now a weekly prize, tried on one member in ten. The pot is the same as it would be for all.
# **Predict**: because of that, does the trial promise more than is true, or less?

# %%
promise = ...  # "more", "less" or "cannot tell"

# %%
prize = trial(
    ["thanks_only", "weekly_prize"],
    ["fund=brand_funded", "population.initial_members=2000"],
    arm=0.1,
    replicates=8,
)
print(*prize.told(), sep="\n")
summary = prize.summary()
lesson.prediction("promise", promise, *summary.bias[1:])

# %% [markdown]
# No larger sample mends this. What does: an arm of whole communities (`plaza plan-test`), a pot
# that is scaled with the arm, or weeks in turn (`by="week"`).
#
# ## 5 Which channel looks good
#
# The same question about newcomers: paid media, shops, influencers and shared items bring some.
# The last touch gets the credit. **Predict**: if items were not shared (`content`), how many of the
# joins that are credited to them would be missing: most of them, or less than two thirds?

# %%
missing = ...  # "most" or "less than two thirds"

# %%
credits = attribute(["acquisition=mixed", "fund=brand_funded"], replicates=8, weeks=26)
print(*credits.told(), sep="\n")
table = credits.frame().set_index("channel")
table[["last", "first", "position", "decay", "shapley", "true", "low", "high"]].round(1)

# %%
part = table.loc["content", "true"] / table.loc["content", "last"]
lesson.exercise(
    "missing",
    missing,
    "most" if part > 2 / 3 else "less than two thirds",
    because="Whoever shares items brings people who would have come by other ways.",
)
fig, ax = plt.subplots(figsize=(5.5, 3), layout="constrained")
shown = table.dropna(subset=["true"])
ax.barh(shown.index, shown["last"], color="#0072B2", label="credited, last touch")
ax.plot(shown["true"], shown.index, "D", color="#D55E00", label="missing without it")
ax.invert_yaxis()
ax.set(xlabel="joins in half a year")
ax.legend()
plt.show()

# %% [markdown]
# **Exercises.**
#
# 1. Try points on whole groups: `trial([...], [..., "groups.number=12"], by="group")`. What becomes
#    of the error, and why?
# 2. Try another feed, which has no arm: `by="week", trial_weeks=12`. Read the line on carry-over.
# 3. `plaza try points --alpha 0.2 fund=brand_funded`: more is proven. What else is?

# %%
lesson.score()
