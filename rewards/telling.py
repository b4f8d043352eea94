"""Rewards as the API and the events tell them. Asks the database nothing."""

from typing import Any

from access.strict_json import moment
from rewards.models import Reward, RewardAssignment


def reward_json(reward: Reward) -> dict[str, Any]:
    return {
        "id": reward.public_id,
        "name": reward.name,
        "type": reward.type,
        "parameters": reward.parameters,
        "stock": reward.stock,
        "redeemed": reward.redeemed,
        "attributes": {"image_url": None, "description": None, **reward.attributes},
        "metadata": reward.metadata,
        "created_at": moment(reward.created_at),
        "updated_at": moment(reward.updated_at) if reward.updated_at else None,
        "object": "reward",
    }


def assignment_json(assignment: RewardAssignment) -> dict[str, Any]:
    """Tell that a reward can be had in a program; both must be loaded."""
    return {
        "id": assignment.public_id,
        "reward_id": assignment.reward.public_id,
        "related_object_id": assignment.campaign.public_id,
        "related_object_type": "campaign",
        "parameters": {"loyalty": {"points": assignment.points}},
        "created_at": moment(assignment.created_at),
        "updated_at": moment(assignment.updated_at) if assignment.updated_at else None,
        "object": "reward_assignment",
    }


def member_reward_json(assignment: RewardAssignment) -> dict[str, Any]:
    told = {"reward": reward_json(assignment.reward), "assignment": assignment_json(assignment)}
    return {**told, "object": "loyalty_reward"}
