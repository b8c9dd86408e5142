"""``plaza policy``: what is found before any run, and differences in words."""

from __future__ import annotations

import functools
import io
import re
from contextlib import redirect_stderr, redirect_stdout

import pytest

from plaza_lab.scenarios.command_line.cli import main
from plaza_lab.scenarios.policies.finding import CONTRADICTION, ERROR, LOOPHOLE, MONEY
from plaza_lab.scenarios.policies.lint import lint
from plaza_lab.scenarios.policies.loopholes import CONTRACT_RULES, RULES
from plaza_lab.scenarios.policies.money import BRAND, DUES, ENTRY, pools_of
from plaza_lab.scenarios.settings.options import option_names


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")


def said(*arguments: str) -> tuple[int, str, str]:
    with redirect_stdout(io.StringIO()) as out, redirect_stderr(io.StringIO()) as err:
        code = main(arguments)
    return code, out.getvalue(), err.getvalue()


@functools.cache
def linted(overrides: tuple[str, ...], members: int = 0):
    return lint(overrides, members)


def found(*overrides: str, kind: str = "", members: int = 0) -> list:
    return [one for one in linted(overrides, members)[1] if not kind or one.kind == kind]


def test_all_contradictions_are_told_at_once():
    overrides = ("incentive=weekly_prize", "fund=none", "entry=open", "stewarding=paid_rotation",
                 "koc=incubate")  # fmt: skip
    clashes = found(*overrides, kind=CONTRADICTION)
    assert {one.rule.split(":")[0] for one in clashes} == {"incentive", "stewarding", "koc"}
    assert all(one.severity == ERROR and one.remedy for one in clashes)
    assert ("incentive.has_prize=true", "fund.has_entry_pool=false") in [
        one.settings for one in clashes
    ]


def test_a_sound_policy_has_nothing_found():
    assert found("scenario=learning_fund_500") == []
    code, out, _ = said("policy", "lint", "scenario=learning_fund_500")
    assert code == 0 and out.startswith("nothing found at 500 members over 52 weeks")


def test_money_is_that_of_eight_weeks():
    """W02, W05: 500 fees of 200 pay 1,923.08 a week; dues of 10 a month come in and are paid."""
    asked, _ = lint(["scenario=learning_fund_500"])
    pools = pools_of(asked)
    assert pools[ENTRY].paid["prizes"] / 100 == pytest.approx(1923.08, abs=0.01)
    assert pools[ENTRY].opening / 100 == pytest.approx(100_000, rel=0.02)
    dues = pools[DUES]
    assert dues.weekly / 100 == pytest.approx(2 * 500 * 10 / 8, rel=0.05)  # two months of dues
    assert 0 < dues.paid["stewards"] <= dues.weekly and pools[BRAND].paid == {}


def test_what_an_empty_pool_is_not_asked_for_is_seen_too():
    """KOCs are asked whether there is money before any is paid: no transfer, no stop."""
    poor, _ = lint(["fund=brand_funded", "entry=open", "koc=incubate", "fund.brand_week_cents=10"])
    assert pools_of(poor)[BRAND].paid["KOC training"] > 100 * pools_of(poor)[BRAND].weekly
    assert pools_of(lint(["incentive=points", "fund=dues"])[0])[BRAND].paid == {}


def test_a_fund_that_runs_dry_is_told_with_its_runway():
    (one,) = found("scenario=learning_fund_500", "run.weeks=104", kind=MONEY)
    assert one.severity == "warning" and "prizes for 52 weeks of 104" in one.rule
    assert found("scenario=learning_fund_500", "run.weeks=104", "fund.horizon_weeks=104") == []
    grant = ("incentive=weekly_prize", "fund=grant", "entry=open", "run.weeks=104")
    (one,) = found(*grant, kind=MONEY)
    assert one.severity == "warning" and "brand budget is empty after 52 weeks of 104" in one.rule


def test_a_budget_smaller_than_its_plans_is_an_error():
    overrides = ("fund=brand_funded", "entry=open", "koc=incubate", "fund.brand_week_cents=1000")
    errors = [one for one in found(*overrides, kind=MONEY) if one.severity == ERROR]
    assert len(errors) == 1 and re.search(r"KOC training [\d,]+ yuan", errors[0].rule)
    assert said("policy", "lint", *overrides)[0] == 1
    rich = (*overrides[:-1], "fund.brand_week_cents=10000000")
    assert not found(*rich, kind=MONEY)


def test_a_stipend_below_the_reserve_wage_is_told():
    few = found("scenario=learning_fund_500", kind=MONEY, members=200)
    assert any("below what half" in one.rule for one in few)


LOOPHOLES = {
    "points_without_cap": ["incentive=points", "incentive.points_cap_day=100000"],
    "posts_pay_like_answers": ["incentive=points", "incentive.points_post=50"],
    "reward_above_fee": ["entry=fee", "acquisition.referral_reward_cents=50000",
                         "fund=brand_funded"],
    "reward_without_vesting": ["acquisition=rewarded_referral", "fund=brand_funded",
                               "acquisition.referral_vest_days=0"],
    "referrals_without_cap": ["acquisition=rewarded_referral", "fund=brand_funded",
                              "acquisition.referral_cap=5000"],
    "prize_without_gap": ["incentive=weekly_prize", "incentive.prize_gap_weeks=0"],
    "all_to_the_first": ["incentive=weekly_prize", "incentive.prize_winners=1"],
    "review_without_capacity": ["moderation=pre", "stewarding=founder_only",
                                "stewarding.founder_hours_week=0.2"],
    "strictness_at_an_end": ["moderation=post", "moderation.strictness=1"],
    "counts_only": ["fund=dues", "stewarding=paid_rotation", "stewarding.kpi_quality=0"],
    "exempt_owner": ["moderation=post", "moderation.owner_exempt=true"],
    "too_much_promotion": ["content.promo_share=0.6"],
    "challenge_without_problems": ["entry=fee_plus_challenge", "incentive=weekly_prize",
                                   "fund=entry_fee"],
    "too_few_for_kocs": ["population=learning_52", "koc=incubate", "fund=brand_funded"],
    "rewards_unwatched": ["incentive=points", "incentive.has_detection=false"],
    "tokens_without_limit": ["incentive=token", "incentive.token_week_supply=1000000"],
}  # fmt: skip


def test_every_rule_has_its_example():
    assert set(LOOPHOLES) == {rule.__name__ for rule in RULES}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_loopholes_are_found_where_they_are(rule):
    from plaza_lab.scenarios.library.measures import absent

    overrides = LOOPHOLES[rule.__name__]
    if absent(overrides):
        return  # the rule looks at a setting that this version does not have
    own = list(rule(linted(tuple(overrides))[0]))
    assert len(own) == 1 and own[0].kind == LOOPHOLE and own[0].settings and own[0].remedy
    assert own[0] in found(*overrides)
    assert list(rule(linted(("scenario=learning_fund_500",))[0])) == []


@pytest.mark.parametrize("name", [n for n in option_names("scenario") if n != "none"])
def test_presets_have_no_errors(name):
    assert not [one for one in found(f"scenario={name}") if one.severity == ERROR]


def test_differences_are_in_words():
    code, out, _ = said("policy", "diff", "thanks_only", "incentive=weekly_prize fund=dues")
    words = " ".join(out.split())
    assert code == 0 and "fund entry_fee -> dues" in words
    assert re.search(r"win a +no +yes", out) and "incentive.has_prize" in out
    assert "10 yuan" in words and "a member" in words and "cents" not in words.replace("_cents", "")
    assert re.search(r"0 % +50 %", out)
    assert all(len(line.rstrip()) <= 80 for line in out.splitlines())


def test_a_policy_does_not_differ_from_itself():
    code, out, _ = said("policy", "diff", "default", "incentive=thanks_only")
    assert code == 0 and "are the same policy" in out


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (["lint", "incentive=poimts"], "did you mean points?"),
        (["lint", "fund.dues_month_cents=-3"], "outside its bounds"),
        (["lint", "--members", "-1"], "--members -1"),
        (["diff", "thanks_only"], "required: B"),
        (["diff", "thanks_onyl", "points"], "did you mean thanks_only?"),
        (["dif"], "did you mean diff?"),
    ],
)
def test_mistakes_are_one_line(arguments, what):
    code, _, err = said("policy", *arguments)
    assert code == 2 and what in err and err.count("\n") == 1


CONTRACTS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "dear_newcomers": (
        ("partnership=co_marketing", "fund=brand_funded"),
        ("world.partnership.join_value_cents=40000",),
    ),
    "small_events": (
        ("partnership=joint_event", "fund=brand_funded"), ("population.initial_members=5000",),
    ),
    "unequal_parts_equal_shares": (
        ("partnership=co_promotion", "fund=brand_funded", "partnership.split=equal",
         "partnership.host_share=0.1"), ("partnership.split=contribution",),
    ),
    "open_flank": (
        ("partnership=open_platform", "fund=brand_funded", "partnership.data_scope=user_level"),
        ("data_policy=strict",),
    ),
    "nothing_in_common_places": (
        ("partnership=traffic_swap", "fund=brand_funded", "partnership.swap_views_month=0"),
        ("partnership.swap_views_month=5000",),
    ),
}  # fmt: skip
"""Each rule about contracts: where it is broken, and what mends it."""


@pytest.mark.parametrize("rule", CONTRACT_RULES, ids=lambda rule: rule.__name__)
def test_contracts_that_are_not_meant_are_found(rule):
    broken, mended = CONTRACTS[rule.__name__]
    asked, _ = lint(list(broken))
    (finding,) = rule(asked)
    assert finding.kind == LOOPHOLE and finding.settings and finding.remedy
    names = {word.split("=")[0] for word in mended}
    kept = [word for word in broken if word.split("=")[0] not in names]
    assert list(rule(lint([*kept, *mended])[0])) == []


def test_findings_are_told_in_chinese(capsys):
    assert main(["policy", "lint", "trading=certified", "fund=none", "--lang", "zh"]) == 1
    said = capsys.readouterr().out
    assert "错误（" in said and "应改为" in said and "instead" not in said
    assert not any(f"({kind})" in said for kind in ("contradiction", "money", "loophole", "inert"))
