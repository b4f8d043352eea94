"""Rewards come to be, change and go, and are put into loyalty programs: the one writer of their rows."""

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.db.models.functions import Now

from access import limits
from access.problems import Problem, invalid_payload, not_found
from campaigns.discounts import LARGEST_AMOUNT
from campaigns.facts import INSIDE, Origin
from campaigns.incentives import MOST_POINTS, over
from campaigns.models import Campaign, RuleAssignment
from campaigns.representation import campaign_reference
from campaigns.rules import assignments
from campaigns.rules.origins import By
from events.clock import database_now
from events.tracking import track
from orders.models import Product, Sku
from rewards.models import Reward, RewardAssignment
from rewards.telling import assignment_json, reward_json
from schemas import checking

GIVEN = ("DISCOUNT_COUPONS", "GIFT_VOUCHERS", "LOYALTY_PROGRAM")
STOCK_MOST = 2**31 - 1


@transaction.atomic
def create(data: object) -> Reward:
    """Keep a reward as the body of ``POST /v1/rewards`` says it."""
    given = _given(data)
    if "parameters" not in given:
        raise invalid_payload("Property . should have required property 'parameters'")
    reward = Reward(**{"name": _name(given), **_fields(given)}, created_at=database_now())
    checking.check("reward", reward.metadata)
    reward.save(force_insert=True)
    return reward


@transaction.atomic
def change(reward: Reward, data: object) -> Reward:
    """Change what is given; the type stays. Null means not given, an empty stock no limit."""
    given = _given(data)
    held = Reward.objects.select_for_update(no_key=True).get(pk=reward.pk)
    fields = _fields(given, held) | ({"name": _name(given)} if "name" in given else {})
    if fields.get("type", held.type) != held.type:
        raise invalid_payload("the type of a reward cannot be changed")
    if fields.get("stock") is not None and fields["stock"] < held.redeemed:
        raise invalid_payload(f"stock must not be below the {held.redeemed:,} that were redeemed")
    if fields.get("metadata", held.metadata) != held.metadata:
        checking.check("reward", fields["metadata"])
    for name, value in fields.items():
        setattr(held, name, value)
    held.updated_at = database_now()
    held.save(update_fields=[*fields, "updated_at"])
    return held


@transaction.atomic
def delete(reward: Reward) -> None:
    """Delete a reward; with it, it goes from the programs it was in. What was redeemed keeps what it tells."""
    for assignment in RewardAssignment.objects.filter(reward=reward).select_related("reward", "campaign"):
        remove(assignment)
    Reward.objects.filter(pk=reward.pk).delete()


def take_one(reward: Reward) -> None:
    """Count one more as redeemed, where there is one; whoever comes second sees what the first one left."""
    free = Q(stock__isnull=True) | Q(redeemed__lt=F("stock"))
    if not Reward.objects.filter(free, pk=reward.pk).update(redeemed=F("redeemed") + 1):
        raise Problem(400, "reward_out_of_stock", "The reward is out of stock", resource_id=reward.public_id)


def put_one_back(reward_id: str) -> Reward | None:
    """Count one less as redeemed; the reward may be gone."""
    Reward.objects.filter(public_id=reward_id, redeemed__gt=0).update(redeemed=F("redeemed") - 1)
    return Reward.objects.filter(public_id=reward_id).select_related("campaign").first()


@transaction.atomic
def put_into(
    campaign: Campaign, reward: Reward, data: Mapping[str, Any], *, origin: Origin = INSIDE
) -> RewardAssignment:
    """Let a reward be had in a loyalty program; it is once in each."""
    made = RewardAssignment(reward=reward, campaign=campaign, points=_points(reward, data), created_at=database_now())
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as error:
        details = "The reward is in this program already."
        raise Problem(
            409,
            "duplicate_found",
            "Duplicate resource found",
            details,
            resource_id=reward.public_id,
            resource_type="reward",
        ) from error
    for rule in data.get("validation_rules") or ():
        where = RuleAssignment(
            related_object_type=RuleAssignment.On.REWARD_ASSIGNMENT, related_object_id=made.public_id
        )
        assignments.assign(assignments.find(str(rule)), where, by=By.within(origin))
    _tell("created", made, origin)
    return made


@transaction.atomic
def reprice(assignment: RewardAssignment, data: Mapping[str, Any], *, origin: Origin = INSIDE) -> RewardAssignment:
    """Change the price of a reward in a program, where one is given."""
    points = _points(assignment.reward, data, assignment.points)
    if points != assignment.points:
        RewardAssignment.objects.filter(pk=assignment.pk).update(points=points, updated_at=Now())
        assignment.refresh_from_db(fields=["points", "updated_at"])
        _tell("updated", assignment, origin)
    return assignment


@transaction.atomic
def remove(assignment: RewardAssignment, *, origin: Origin = INSIDE) -> None:
    """Take a reward out of a program."""
    for use in RuleAssignment.objects.filter(related_object_id=assignment.public_id).select_related("rule"):
        assignments.take_off(use, by=By.within(origin))
    _tell("deleted", assignment, origin)
    RewardAssignment.objects.filter(pk=assignment.pk).delete()


def _tell(verb: str, assignment: RewardAssignment, origin: Origin) -> None:
    told = {
        "campaign": campaign_reference(assignment.campaign),
        "reward": reward_json(assignment.reward),
        "reward_assignment": assignment_json(assignment),
    }
    track(origin.fact(f"campaign.reward.assignment.{verb}", assignment.public_id, told))


def _given(data: object) -> dict[str, Any]:
    return {name: value for name, value in limits.mapping(data, "The body").items() if value is not None}


def _name(given: Mapping[str, Any]) -> str:
    return limits.identifier(given.get("name"), "name")


def _fields(given: Mapping[str, Any], known: Reward | None = None) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    if "parameters" in given:
        fields |= _kind(limits.mapping(given["parameters"], "parameters"), known.parameters if known else {})
    if "stock" in given:
        fields["stock"] = None if given["stock"] == "" else _whole(given["stock"], "stock", STOCK_MOST, least=0)
    if "metadata" in given:
        fields["metadata"] = limits.metadata(given["metadata"], "metadata")
    if "attributes" in given:
        said = over(known.attributes if known else {}, limits.mapping(given["attributes"], "attributes"))
        texts = {name: said[name] for name in ("image_url", "description") if name in said}
        fields["attributes"] = {name: limits.text(value, f"attributes.{name}", 2000) for name, value in texts.items()}
    return fields


def _kind(said: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    """Read what a reward is: exactly one of three. Of the same campaign or product what is not said stays."""
    told = {name: said[name] for name in READERS if said.get(name)}
    if len(told) != 1:
        raise invalid_payload(f"parameters must have exactly one of {', '.join(READERS)}")
    ((name, part),) = told.items()
    given, before = limits.mapping(part, f"parameters.{name}"), known.get(name, {})
    is_same = given.get("id") in (None, before.get("id"))
    return READERS[name](over(before if is_same else {}, given))


def _campaign(said: Mapping[str, Any]) -> dict[str, Any]:
    named = limits.identifier(said.get("id"), "parameters.campaign.id")
    campaign = Campaign.objects.named(named).first()
    if campaign is None:
        raise not_found("campaign", named)
    if campaign.campaign_type not in GIVEN:
        raise invalid_payload(f"a reward gives codes of campaigns of the types {', '.join(GIVEN)}")
    told = {"id": campaign.public_id, "type": campaign.campaign_type}
    if campaign.campaign_type != "DISCOUNT_COUPONS":
        told["balance"] = _whole(said.get("balance"), "parameters.campaign.balance", LARGEST_AMOUNT)
    return {"type": Reward.Type.CAMPAIGN, "campaign": campaign, "parameters": {"campaign": told}}


def _coin(said: Mapping[str, Any]) -> dict[str, Any]:
    ratio, worth = said.get("points_ratio", 1), said.get("exchange_ratio")
    ratio = int(ratio) if isinstance(ratio, str) and ratio.isascii() and ratio.isdigit() else ratio
    if isinstance(worth, bool) or not isinstance(worth, int | float) or not 0.01 <= worth <= 10**6:
        raise invalid_payload("parameters.coin.exchange_ratio must be a number from 0.01 to 1,000,000")
    points = _whole(ratio, "parameters.coin.points_ratio", MOST_POINTS)
    return {"type": Reward.Type.COIN, "parameters": {"coin": {"exchange_ratio": worth, "points_ratio": points}}}


def _product(said: Mapping[str, Any]) -> dict[str, Any]:
    told: dict[str, str] = {}
    for name, model, kind in (("id", Product, "product"), ("sku_id", Sku, "sku")):
        if said.get(name) is not None:
            named = limits.identifier(said[name], f"parameters.product.{name}")
            found = model.objects.named(named).first()
            if found is None:
                raise Problem(400, f"invalid_{kind}", f"The {kind} is not known", resource_id=named, resource_type=kind)
            told[name] = found.public_id
    if not told:
        raise invalid_payload("parameters.product needs the id of a product or of a SKU")
    return {"type": Reward.Type.MATERIAL, "parameters": {"product": told}}


READERS = {"campaign": _campaign, "coin": _coin, "product": _product}


def _points(reward: Reward, data: Mapping[str, Any], known: int | None = None) -> int | None:
    """Read the price of a reward, else the one known; paying with points has its own exchange."""
    said = limits.mapping(limits.mapping(data.get("parameters") or {}, "parameters").get("loyalty") or {}, "loyalty")
    if said.get("auto_redeem"):
        raise invalid_payload("parameters.loyalty.auto_redeem is not offered")
    points = known if said.get("points") is None else said["points"]
    if reward.type == Reward.Type.COIN and points is None:
        return None
    return _whole(points, "parameters.loyalty.points", MOST_POINTS)


def _whole(value: object, name: str, most: int, *, least: int = 1) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise invalid_payload(f"{name} must be a whole number from {least} to {most:,}")
    return value
