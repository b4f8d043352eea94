"""What a code is and gives, as the database says it: to sort by where no column of the code's own says it."""

from django.db.models import BooleanField, Case, CharField, F, FloatField, JSONField, Q, Value, When
from django.db.models.expressions import Combinable
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Cast, Coalesce

from campaigns.incentives import DISCOUNT, GIFT, LOYALTY

_OF_CAMPAIGN = {"GIFT_VOUCHERS": GIFT, "LOYALTY_PROGRAM": LOYALTY}
_IS_DISCOUNT = Q(campaign__isnull=True, own_kind=DISCOUNT) | (
    Q(campaign__isnull=False) & ~Q(campaign__campaign_type__in=list(_OF_CAMPAIGN))
)
_TERMS = Coalesce("own_terms", "campaign__discount", output_field=JSONField())
_HOURS = Case(
    When(Q(validity__isnull=True) | Q(validity={}), then=F("campaign__validity")),
    default=F("validity"),
    output_field=JSONField(),
)

KIND = Case(
    *(When(campaign__campaign_type=campaign, then=Value(kind)) for campaign, kind in _OF_CAMPAIGN.items()),
    When(campaign__isnull=False, then=Value(DISCOUNT)),
    default=F("own_kind"),
    output_field=CharField(),
)
IS_REFERRAL = Case(
    When(campaign__campaign_type="REFERRAL_PROGRAM", then=Value(True)),
    default=Value(False),
    output_field=BooleanField(),
)


def of_discount(name: str) -> Combinable:
    """Return a part of a discount's terms; cards have none."""
    return Case(When(_IS_DISCOUNT, then=KeyTransform(name, _TERMS)), output_field=JSONField())


def of_validity(*path: str) -> Combinable:
    """Return a part of the hours and days, its own before the campaign's, as a file writes it."""
    found: Combinable = _HOURS
    for name in path[:-1]:
        found = KeyTransform(name, found)
    return KeyTextTransform(path[-1], found)


def worth(names: tuple[str, ...]) -> Combinable:
    """Return the number of a discount, the first of these that it has, or all that was put on a card."""
    numbers = [Cast(KeyTextTransform(name, _TERMS), FloatField()) for name in names]
    loaded = When(balance__isnull=False, then=Cast("loaded", FloatField()))
    return Case(loaded, default=Coalesce(*numbers), output_field=FloatField())


UNIT_EFFECT = Case(
    When(_IS_DISCOUNT & (Q(own_terms__type="UNIT") | Q(own_terms__isnull=True, campaign__discount__type="UNIT")),
         then=KeyTransform("effect", _TERMS)),
    output_field=JSONField(),
)  # fmt: skip
