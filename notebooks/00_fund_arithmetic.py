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
# # Fund arithmetic
#
# Before a community is simulated its money can be counted. This notebook needs no simulation: a
# fund, what flows into it, what it pays a week, how long it lasts. It takes ten minutes.
#
# Where it says `...  # your answer`, put your answer, run the cell again, and see whether it is
# right. `lesson.solution("...")` tells what is right, and why.

# %%
# %matplotlib inline
import matplotlib.pyplot as plt
import numpy as np

from plaza_lab.engine.plain import plain
from plaza_lab.scenarios.lessons import Lesson
from plaza_lab.sim.state.fund import share_of

lesson = Lesson()

# %% [markdown]
# ## 1 A pool
#
# 500 members pay an entry fee of 200 yuan. How large is the pool, in yuan?

# %%
pool = ...  # your answer
lesson.exercise("pool", pool, 500 * 200, because="500 members times 200 yuan.")

# %% [markdown]
# The pool is paid out in 52 equal weeks. What does a week pay, in yuan, to the cent?

# %%
week = ...  # your answer
lesson.exercise("week", week, 1923.08, within=0.01, because="100,000 / 52 = 1,923.0769...")

# %% [markdown]
# 1,923.08 times 52 is 100,000.16: sixteen cents that nobody paid in. Plaza counts whole cents, so
# weeks differ by a cent, and the sum is right:

# %%
weeks = [plain(share_of)(10_000_000, week, 52) for week in range(52)]
print(f"weeks of {min(weeks)} to {max(weeks)} cents, {sum(weeks):,} cents in all")

# %% [markdown]
# How many of the 52 weeks pay the larger amount?

# %%
larger = ...  # your answer
lesson.exercise(
    "larger weeks",
    larger,
    sum(one == max(weeks) for one in weeks),
    because="10,000,000 = 52 x 192,307 + 36: so many cents are left over, one for a week.",
)

# %% [markdown]
# ## 2 What a prize is worth
#
# The week's prize goes to the best. If 20 members try for it and each is as likely to win as any
# other, what may each expect in a week, in yuan?

# %%
expected = ...  # your answer
lesson.exercise("expected", expected, 96.15, within=0.01, because="1,923.08 / 20.")

# %% [markdown]
# More members pay more fees, but more may also try. With a fee of 200 yuan and a share of 4 % who
# try, does the expected prize of one who tries depend on how many members there are?

# %%
members = np.arange(50, 1001, 10)
fig, ax = plt.subplots(figsize=(5.5, 3.2), layout="constrained")
for share, colour in ((0.02, "#56B4E9"), (0.04, "#0072B2"), (0.08, "#D55E00")):
    ax.plot(members, members * 200 / 52 / (members * share), color=colour, label=f"{share:.0%} try")
ax.set(xlabel="members", ylabel="expected prize a week, yuan", ylim=(0, 260))
ax.legend(frameon=False)

# %%
depends = ...  # your answer: "yes" or "no"
lesson.exercise("size", depends, "no", because="Fees and tries both grow with the members.")

# %% [markdown]
# ## 3 Dues and a steward
#
# Dues are 10 yuan a member and month. What do 500 members bring in a year, in yuan?

# %%
dues = ...  # your answer
lesson.exercise("dues", dues, 60_000, because="500 x 10 x 12.")

# %% [markdown]
# They pay a steward a week. In the year a fifth of the members leave, evenly over the year. What
# is there a week on average, in yuan, if only members pay?

# %%
stipend = ...  # your answer
lesson.exercise(
    "stipend",
    stipend,
    60_000 * 0.9 / 52,
    within=0.5,
    because="On average nine in ten are there: 54,000 yuan, 1,038.46 a week.",
)

# %% [markdown]
# ## 4 A grant that runs out
#
# A brand puts 50,000 yuan into the fund once. Points are worth 1 yuan each; 120 members earn 3 a
# week. After how many weeks is the grant used up?

# %%
runway = ...  # your answer
lesson.exercise("runway", runway, 50_000 / 360, within=0.5, because="50,000 / (120 x 3) = 138.9.")

# %% [markdown]
# Three in a hundred members join to farm points and earn 30 a week each. In a group of 500, what
# share of the points do they take?

# %%
farmed = ...  # your answer, between 0 and 1
lesson.exercise(
    "farmed",
    farmed,
    450 / 810,
    within=0.005,
    because="15 farmers take 450, 120 members 360: more than half goes to three in a hundred.",
)

# %% [markdown]
# ## 5 The price of a member kept
#
# A prize costs 100,000 yuan a year and keeps 4 of 500 members more. What does a member kept cost,
# in yuan? And if the truth lies between 1 and 7 members more?

# %%
price = ...  # your answer
lesson.exercise("price", price, 25_000, because="Between 14,286 and 100,000 yuan: say so too.")

# %% [markdown]
# A sum says what a fund *can* pay. Whether anybody wins, whether people stay for it, and who comes
# because of it is what the other notebooks simulate.

# %%
lesson.score()
