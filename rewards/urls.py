"""Addresses of loyalty programs, rewards and referrals."""

from typing import Any

from django.urls import URLPattern, path

from rewards.api import earning, members, pending, programs, redeeming, referrals, rewards

PROGRAMS = "v1/loyalties"
PROGRAM = f"{PROGRAMS}/<str:name>"
RULES = f"{PROGRAM}/earning-rules"
PENDING = f"{PROGRAMS}/members/<str:member>/pending-points/<str:entry_id>"


def _of_members(below: str, view: Any) -> list[URLPattern]:
    """Return both addresses of something of a card: alone, and within its program."""
    return [path(f"{part}/members/<str:member>{below}", view) for part in (PROGRAMS, PROGRAM)]


api_patterns: list[URLPattern] = [
    path(PROGRAMS, programs.Programs.as_view()),
    *_of_members("", members.OneMember.as_view()),
    *_of_members("/activity", members.MemberActivity.as_view()),
    *_of_members("/activities", members.MemberActivity.as_view()),
    *_of_members("/balance", members.MemberBalance.as_view()),
    *_of_members("/transactions", members.MemberTransactions.as_view()),
    *_of_members("/pending-points", pending.MemberPendingPoints.as_view()),
    path(f"{PENDING}/activate", pending.Activate.as_view()),
    path(f"{PENDING}/balance", pending.Adjust.as_view()),
    path(f"{PENDING}/cancel", pending.Cancel.as_view()),
    *_of_members("/redemption", redeeming.MemberRedemption.as_view()),
    path(f"{PROGRAMS}/members/<str:member>/rewards", rewards.MemberRewards.as_view()),
    path("v1/rewards", rewards.Rewards.as_view()),
    path("v1/rewards/<str:reward_id>", rewards.OneReward.as_view()),
    path("v1/rewards/<str:reward_id>/assignments", rewards.AssignmentsOfReward.as_view()),
    path("v1/rewards/<str:reward_id>/assignments/<str:assignment_id>", rewards.OneAssignmentOfReward.as_view()),
    path(f"{PROGRAM}/rewards", rewards.ProgramRewards.as_view()),
    path(f"{PROGRAM}/rewards/<str:assignment_id>", rewards.OneProgramReward.as_view()),
    path(f"{PROGRAM}/reward-assignments", rewards.ProgramRewards.as_view()),
    path(f"{PROGRAM}/reward-assignments/<str:assignment_id>", rewards.OneProgramReward.as_view()),
    path(f"{PROGRAM}/reward-assignments/<str:assignment_id>/reward", rewards.RewardOfAssignment.as_view()),
    path(f"{PROGRAM}/members", members.Members.as_view()),
    path(f"{PROGRAM}/members/<str:member>/transfers", members.MemberTransfers.as_view()),
    path(f"{PROGRAM}/members/<str:member>/points-expiration", members.MemberLapsing.as_view()),
    path(f"{PROGRAM}/transactions", programs.ProgramTransactions.as_view()),
    path(f"{PROGRAM}/pending-points", programs.ProgramPendingPoints.as_view()),
    path(RULES, earning.EarningRules.as_view()),
    path(f"{RULES}/<str:rule_id>", earning.OneEarningRule.as_view()),
    path(f"{RULES}/<str:rule_id>/enable", earning.EnableEarningRule.as_view()),
    path(f"{RULES}/<str:rule_id>/disable", earning.DisableEarningRule.as_view()),
    *[
        pattern
        for part in ("v1/referrals", "v1/referrals/<str:name>")
        for pattern in (
            path(f"{part}/members/<str:member>/holders", referrals.Holders.as_view()),
            path(f"{part}/members/<str:member>/holders/<str:holder_id>", referrals.OneHolder.as_view()),
        )
    ],
    path(PROGRAM, programs.OneProgram.as_view()),
]
