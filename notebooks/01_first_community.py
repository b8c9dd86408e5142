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
# # A first community
#
# In this notebook you make a community, watch it live, look at its people and its money, predict
# what a policy will do to it, and see whether you were right. It runs top to bottom in under two
# minutes. The first start on a machine compiles the engine, which takes some seconds more.
#
# You need to know a little Python. Words in *italics* are in the glossary of the documentation.

# %%
import warnings

warnings.filterwarnings("ignore", "IProgress")  # no progress bars are needed here

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from plaza_lab import Community, compare
from plaza_lab.engine.plain import plain
from plaza_lab.scenarios.experiments.design import one_policy
from plaza_lab.sim.state.fund import share_of

# %% [markdown]
# ## 1 Make a community and live a week
#
# A community is made from three things: a *policy* (what somebody chooses), a *world* (what nobody
# chooses) and a *seed* (luck). We take the scenario `learning_fund_500`: 500 members pay an entry
# fee of 200 yuan, the money is paid out as weekly prizes, and dues of 10 yuan a month pay a
# steward.

# %%
fund_group = one_policy(["scenario=learning_fund_500"]).setting
community = Community(fund_group, seed=1)
community.run(7)
visits, posts = community.metric("visits"), community.metric("posts")
print(
    f"day {community.day}: {len(community.members)} members, {visits:.0f} visits, {posts:.0f} posts"
)

# %% [markdown]
# The day is a list of processes: people arrive, pass the gate, visit, post, read, reply, ask and
# answer, feel, leave, and money is settled. Day by day, every metric is kept:

# %%
days = community.days_frame()
days[["members", "visits", "dau", "posts", "replies", "requests", "solved", "exits"]]

# %% [markdown]
# ## 2 Look at the people
#
# Each member is a row of numbers: *traits* that were drawn once (how often she comes by, how
# skilled she is) and *state* that changes (how much she belongs). A collection of members can be
# counted, grouped and turned into a table.

# %%
people = community.members.frame()
people[["kind", "visit_rate", "skill", "belonging", "satisfaction", "posts", "answers"]].head()

# %% [markdown]
# Most members read and never write; a few write most. This is so in nearly every community that
# was ever counted.

# %%
posts = np.sort(people["posts"].to_numpy())[::-1]
share = posts.cumsum() / posts.sum()
top = len(posts) // 10
print(f"{(posts == 0).mean():.0%} have not posted; the busiest 10 % wrote {share[top - 1]:.0%}")
people.groupby("kind", observed=True)[["visit_rate", "posts", "belonging"]].mean().round(2)

# %%
fig, (left, right) = plt.subplots(1, 2, figsize=(9, 3), layout="constrained")
left.plot(np.arange(1, len(posts) + 1), posts, color="#0072B2")
left.set(xlabel="members, busiest first", ylabel="posts in the first week")
right.hist(people["belonging"], bins=30, color="#0072B2")
right.set(xlabel="belonging", ylabel="members")
plt.show()

# %% [markdown]
# **Exercise.** Who is most likely to leave? Each member has a hazard of leaving a day. Compare
# `np.mean([m.exit_hazard() for m in group])` for lurkers and for the core.

# %% [markdown]
# ## 3 The money, by hand
#
# Before simulating money, do the sums. 500 members pay 200 yuan each, and the pool is paid out
# over 52 weeks:

# %%
pool_cents = 500 * 200 * 100
weekly = [plain(share_of)(pool_cents, week, 52) for week in range(52)]
least, most = min(weekly) / 100, max(weekly) / 100
print(f"a pool of {pool_cents / 100:,.2f} yuan pays {least:,.2f} or {most:,.2f} a week")
assert sum(weekly) == pool_cents  # not a cent is lost to rounding

# %% [markdown]
# 100,000 yuan, 1,923.08 a week. Payments differ by at most a cent so that they sum to the whole:
# money in Plaza is counted in whole cents.
#
# With how many members is the weekly prize as large as the fee? With *N* members and a fee *f* the
# prize is *f N / 52*, so it equals the fee at **52 members, whatever the fee**: from then on, a
# winner has got the fee back.

# %%
members = np.arange(10, 101)
fig, ax = plt.subplots(figsize=(5.5, 3.2), layout="constrained")
for fee, colour in ((100, "#56B4E9"), (200, "#0072B2"), (400, "#D55E00")):
    ax.plot(members, fee * members / 52, color=colour, label=f"fee {fee} yuan")
    ax.plot(52, fee, "o", color=colour)
ax.axvline(52, color="black", lw=0.8)
ax.set(xlabel="members who pay", ylabel="weekly prize, yuan", title="Dots: the prize is the fee")
ax.legend(frameon=False)
plt.show()

# %% [markdown]
# Does the simulated pool agree? On day 0 the fees came in:

# %%
journal = community.journal_frame()
journal[journal["day"] == 0]

# %% [markdown]
# **Exercise.** Dues are 10 yuan a member and month. What can a steward be paid a week if 500
# members stay? (60,000 yuan a year, 1,153.85 a week.) What happens to the stipend if a fifth of
# the members leave?

# %% [markdown]
# ## 4 Predict, then run
#
# The other scenario, `volunteer_group_baseline`, has no money at all: anybody may join, volunteers
# help, contributions are thanked.
#
# **Write down before you go on**, for the fund group against the volunteer group, after a year:
# more or fewer members? Of those of the first day, more or fewer still active? More or fewer
# different people who answer others?

# %%
result = compare(["volunteer_group_baseline", "learning_fund_500"], replicates=8)
outcomes = ["growth", "retention", "fund_spend_yuan", "distinct_answerers_week"]
columns = ["mean_baseline", "mean_alternative", "difference", "low", "high", "verdict"]
result.frame().set_index("outcome").loc[outcomes, columns].round(3)

# %%
result.plot()

# %% [markdown]
# Each of the 8 seeds was lived twice, once under each policy, by the same people with the same
# luck. The dot is the mean difference, the bar its 95 % interval. Which of your predictions held?
# Why could a fee lower growth and raise retention at once?
#
# The interval is about luck only. It does not know whether the assumptions in the model are right.

# %% [markdown]
# ## 5 One person, two lives
#
# The same person exists under both policies. Let us follow one of the core. Members of the first
# day have the same row in both communities.

# %%
volunteer_group = one_policy(["scenario=volunteer_group_baseline"]).setting
lives = {"fund": Community(fund_group, seed=1), "volunteers": Community(volunteer_group, seed=1)}
core = people[people["kind"] == "CORE"]
someone = int(core["posts"].idxmax()) - 1  # unique_id counts rows from 1
path = {name: [] for name in lives}
for _ in range(26):
    for name, life in lives.items():
        life.run(7)
        member = life.member_at(someone)
        path[name].append((member.belonging, member.satisfaction, int(member.posts)))
paths = {
    name: pd.DataFrame(rows, columns=["belonging", "satisfaction", "posts"])
    for name, rows in path.items()
}

# %%
weeks = range(1, 27)
fig, axes = plt.subplots(1, 3, figsize=(10, 3), layout="constrained")
for ax, column in zip(axes, ["belonging", "satisfaction", "posts"], strict=True):
    ax.plot(weeks, paths["fund"][column], color="#D55E00", label="fund group")
    ax.plot(weeks, paths["volunteers"][column], color="#0072B2", ls="--", label="volunteer group")
    ax.set(title=column, xlabel="week")
axes[0].legend(frameon=False)
plt.show()

# %% [markdown]
# Where a line is flat she has fallen silent or left. Her hazard of leaving (0 once she has left)
# is a product of named terms, so one can ask why it differs:

# %%
for name, life in lives.items():
    member = life.member_at(someone)
    print(
        f"{name:10}  {member.status.name.lower():8} hazard {member.exit_hazard():.5f} a day;"
        f"  belonging {member.belonging:.2f}, satisfaction {member.satisfaction:.2f},"
        f" trust {member.trust:.2f}, strong ties {member.n_strong}"
    )

# %% [markdown]
# ## 6 Change one lever
#
# Now change one thing only: in the fund group, take the prize away and leave the rest. Everything
# you can change is listed by `plaza run --cfg job`.

# %%
without_prize = "scenario=learning_fund_500 incentive=thanks_only"
prize = compare([without_prize, "learning_fund_500"], replicates=8)
prize.frame().set_index("outcome").loc[outcomes, columns].round(3)

# %% [markdown]
# **Exercises.**
#
# 1. Halve the fee with `entry.fee_cents=10000`. Do more people come in? Does the prize still work?
# 2. Money can crowd out the wish to help. Sweep `world.incentives.crowding` over `0.005, 0.015,
#    0.05`: does the answer above hang on it?
# 3. Give newcomers more help: `onboarding.guide_hours_day=3`.
# 4. Write down a question of your own as a file `plaza-conf/scenario/my_question.yaml` and compare
#    it.
