"""What apps below ask of apps above, by names: so the lower ones import none of them."""

# What loyalty cards are redeemed for: redeeming asks what is offered, takes it, gives it back and lets it be told.
REWARD_DESK = {
    "offers": "rewards.offering.offers",
    "take": "rewards.offering.take",
    "give_back": "rewards.offering.give_back",
    "tell": "rewards.offering.tell",
}

# On what else than campaigns and codes a rule can be put: type -> function(public id) telling whether it is there.
RULE_SUBJECTS: dict[str, str] = {
    "earning_rule": "rewards.references.is_earning_rule",
    "reward_assignment": "rewards.references.is_reward_assignment",
}
