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
# # Modes of operation
#
# Who makes the content, who holds the events, who decides on rules, and in whose place does it all
# happen? A mode sets what the brand *does*; what comes of it is found by running. In every part you
# *predict*, *run* and *compare*.
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
OPEN = ["entry=open"]

# %% [markdown]
# ## 1 Central weight, by hand
#
# In the last 28 days members viewed 10,000 items, 6,000 of them the brand's. 30 of the 120 guests
# at events were at events of the brand. Of 10 decisions on rules it took 5. The central weight is
# the mean of the three shares. What is it?

# %%
weight = ...  # your answer
lesson.exercise("weight", weight, 0.45, because="(0.60 + 0.25 + 0.50) / 3.")

# %% [markdown]
# Now no events were held: the part without cases is left out. What is the weight?

# %%
without_events = ...  # your answer
lesson.exercise("without events", without_events, 0.55, because="(0.60 + 0.50) / 2.")

# %% [markdown]
# An operator wants 0.30, found 0.55, and makes up for three tenths of the distance each month. Her
# effort was 0.50. What is it next?

# %%
effort = ...  # your answer
lesson.exercise("effort", effort, 0.425, because="0.50 + 0.3 (0.30 - 0.55).")

# %% [markdown]
# ## 2 Six modes under the same budget
#
# **Predict**: in which mode will the central weight be lowest at the end of half a year? And does
# the decentralised mode have more interactions for each active member than the centralised one
# (`"more"`), fewer (`"less"`), or can one not tell (`"cannot tell"`)?

# %%
lowest = ...  # your answer: the name of a mode
livelier = ...  # your prediction

# %%
modes = ["centralised", "decentralised", "hybrid", "platform", "private_domain", "global"]
answer = compare([f"mode={mode}" for mode in modes], OPEN, replicates=6, weeks=26)
told = ["central_weight", "retention", "growth", "interactions_per_active", "fund_spend_yuan"]
means = answer.runs.groupby("policy")[told].mean().rename(index=lambda arm: arm.split("=")[1])
means.loc[modes].round(2)

# %%
lesson.exercise(
    "lowest",
    lowest,
    means["central_weight"].idxmin(),
    because="Members make most of what is read, hold the events and vote on the rules.",
)
row = compare_contrasts(
    answer.runs, [("mode=centralised", "mode=decentralised")], ["interactions_per_active"]
)
lesson.prediction("livelier", livelier, row["low"].iloc[0], row["high"].iloc[0])

# %% [markdown]
# No mode is best at everything. What was spent stands against what was kept:

# %%
fig, ax = plt.subplots(figsize=(5.5, 4), layout="constrained")
for mode in modes:
    x, y = means.loc[mode, "fund_spend_yuan"], 100 * means.loc[mode, "retention"]
    ax.plot(x, y, "o", color="#0072B2")
    ax.annotate(mode, (x, y), (0, 5), textcoords="offset points", ha="center")
ax.margins(x=0.25, y=0.12)
ax.set(xlabel="spent in half a year, yuan", ylabel="retention, %", title="6 seeds each")
plt.show()

# %% [markdown]
# ## 3 When the platform changes its rules
#
# A community lives in an open group. In week 13 the owner of the platform halves the reach. By
# which part do visits fall if a fifth of the members can also be reached in an app of the brand's
# own? Only who is held in the group *alone* is lost, and of those half.

# %%
part = ...  # your answer
lesson.exercise("part", part, 0.4, because="0.8 are held only there, and 0.5 of their visits go.")

# %% [markdown]
# **Predict**: with everybody in the app as well, is the active share in the weeks after higher than
# with nobody in it (`"more"`), lower, or can one not tell?

# %%
safe = ...  # your prediction

# %%
struck = ["hosting=open_group", "world.hosting.rule_day=84", "world.hosting.rule_cut=0.7"]
held = compare(
    ["hosting.second_share=0", "hosting.second_share=1"],
    [*OPEN, *struck, "hosting.second=own_app", "fund=brand_funded", "world.hosting.rules_scale=0",
     "fund.brand_week_cents=1000000"],
    replicates=8,
    weeks=16,
)  # fmt: skip
rows = compare_contrasts(
    held.runs, [tuple(held.policies)], ["active_share", "held_one_platform", "fund_spend_yuan"]
).set_index("outcome")
rows[["mean_baseline", "mean_alternative", "difference", "low", "high"]].round(3)

# %%
lesson.prediction("safe", safe, *rows.loc["active_share", ["low", "high"]])

# %% [markdown]
# The app is paid for every month, rule change or not: it is an insurance, and `fund_spend_yuan`
# tells its premium.
#
# **Exercises.**
#
# 1. Hold the weight at a target: `mode=hybrid steering.central_weight=0.2` against `0.8`. Does the
#    measured weight come near? What stands in the way?
# 2. Put types together: `goal=loyalty structure=interactive interaction=activity management=self`.
#    Which of the four axes moves belonging most?
# 3. `plaza scenario run six_modes` asks the question of the sources, with their verdicts.

# %%
lesson.score()
