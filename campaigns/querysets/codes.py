"""Questions about campaigns, their codes and rules, and what became of them, by name."""

import uuid
from collections.abc import Collection
from typing import Any, Self

from django.db import models
from django.db.models import Case, Q, Value, When
from django.db.models.functions import Now

from access.identifiers import NOBODYS
from campaigns.querysets.promotions import OF_PROMOTION


def _kind_told(path: str = "", own: str = "") -> Case:
    """Say discount, gift or loyalty of a campaign at this path, or of a code that stands for itself."""
    told = {"GIFT_VOUCHERS": "gift", "LOYALTY_PROGRAM": "loyalty", "PROMOTION": "promotion"}
    cases = [When(**{f"{path}campaign_type": kind}, then=Value(name)) for kind, name in told.items()]
    if own:
        kinds = {"GIFT_VOUCHER": "gift", "LOYALTY_CARD": "loyalty"}
        cases += [When(**{own: kind}, then=Value(name)) for kind, name in kinds.items()]
    return Case(*cases, default=Value("discount"), output_field=models.CharField())


def _is_referral_told(path: str = "") -> Case:
    is_one = When(**{f"{path}campaign_type": "REFERRAL_PROGRAM"}, then=Value(True))
    return Case(is_one, default=Value(False), output_field=models.BooleanField())


class CategoryQuerySet(models.QuerySet[Any]):
    """Drawers for campaigns and codes."""

    def named(self, id_or_name: str) -> Self:
        if NOBODYS in id_or_name:
            return self.none()
        return self.filter(Q(public_id=id_or_name) | Q(name=id_or_name))


class CampaignQuerySet(models.QuerySet[Any]):
    """Campaigns, as callers name them."""

    def named(self, id_or_name: str) -> Self:
        """Return the campaign of this id; a campaign's name serves as well."""
        if NOBODYS in id_or_name:
            return self.none()
        return self.filter(Q(public_id=id_or_name) | Q(name=id_or_name))

    def with_what_filters_ask(self) -> Self:
        """Add what is told of a campaign without standing in a column of it."""
        is_complete = When(codes_made__gte=models.F("codes_wanted"), then=Value("DONE"))
        has_failed = When(~Q(generation_error=""), then=Value("FAILED"))
        generation = Case(is_complete, has_failed, default=Value("IN_PROGRESS"), output_field=models.CharField())
        return self.annotate(generation_told=generation, kind_told=_kind_told(), is_referral_told=_is_referral_told())

    def with_rules(self) -> Self:
        """Load the rules on each, and a promotion's tiers with theirs."""
        return self.prefetch_related("rule_assignments__rule", *OF_PROMOTION)

    def outstanding(self) -> Self:
        """Return those of which codes were ordered that do not exist yet, and can be made."""
        return self.filter(codes_made__lt=models.F("codes_wanted"), generation_error="")


class VoucherQuerySet(models.QuerySet[Any]):
    """Codes."""

    def named(self, code_or_id: str) -> Self:
        """Return the voucher of this code; its id serves as well."""
        if NOBODYS in code_or_id:
            return self.none()
        number = _uuid_of(code_or_id, "v")
        return self.filter(Q(code=code_or_id) | Q(id=number)) if number else self.filter(code=code_or_id)

    def with_what_filters_ask(self) -> Self:
        return self.annotate(
            kind_told=_kind_told("campaign__", "own_kind"), is_referral_told=_is_referral_told("campaign__")
        )

    def unpublished(self) -> Self:
        return self.filter(holder__isnull=True)

    def with_names(self) -> Self:
        """Load what the API and the pages say of a voucher."""
        return self.select_related("campaign__category", "category", "holder").prefetch_related(
            "rule_assignments__rule"
        )

    def with_withdrawal(self) -> Self:
        """Load why a code was voided, and which code came instead of it or was there before."""
        return self.select_related("withdrawal__replacement", "replaces__voucher")

    def in_category(self, id_or_name: str) -> Self:
        """Return codes of a category: their own, or their campaign's."""
        own = Q(category__name=id_or_name) | Q(category__public_id=id_or_name)
        of_campaign = Q(campaign__category__name=id_or_name) | Q(campaign__category__public_id=id_or_name)
        return self.filter(own | (Q(category__isnull=True) & of_campaign))

    def held_by(self, campaign: models.Model, customers: Collection[int]) -> Self:
        """Return the codes of the campaign that these customers hold, each customer's newest last; no voided ones."""
        held = self.filter(campaign=campaign, holder__in=customers, withdrawal__isnull=True)
        return held.order_by("published_at", "id")

    def matching(self, text: str, holders: Collection[int]) -> Self:
        """Return codes that begin so, as written or in capitals, and those of these customers; each by its index."""
        begins = Q(code__startswith=text) | Q(code__startswith=text.upper())
        return self.filter(begins | Q(holder__in=holders))

    def usable(self) -> Self:
        """Return those that are enabled and have not ended."""
        return self.filter(Q(expires_at__isnull=True) | Q(expires_at__gt=Now()), active=True)


class CampaignManager(models.Manager.from_queryset(CampaignQuerySet)):  # type: ignore[misc]
    """The campaigns that were not deleted."""

    def get_queryset(self) -> CampaignQuerySet:
        return super().get_queryset().filter(deleted_at__isnull=True)


class VoucherManager(models.Manager.from_queryset(VoucherQuerySet)):  # type: ignore[misc]
    """The codes that were not deleted."""

    def get_queryset(self) -> VoucherQuerySet:
        return super().get_queryset().filter(deleted_at__isnull=True)


class TransactionQuerySet(models.QuerySet[Any]):
    """What moved on cards."""

    def with_names(self) -> Self:
        return self.select_related("voucher__campaign", "related")


class PublicationQuerySet(models.QuerySet[Any]):
    """Who got which code."""

    def with_what_filters_ask(self) -> Self:
        return self.annotate(
            kind_told=_kind_told("campaign__", "voucher__own_kind"), is_referral_told=_is_referral_told("campaign__")
        )

    def of_type(self, kind: str) -> Self:
        """Return publications of discount, gift or loyalty codes; ask for what filters ask first."""
        return self.filter(Q(kind_told=kind))

    def of_referrals(self) -> Self:
        return self.filter(Q(is_referral_told=True))

    def of_code(self, code: str) -> Self:
        """Return publications that gave this code, alone or among others."""
        given = self.model.objects.filter(voucher__code=code)
        return self.filter(Q(pk__in=given.values("pk")) | Q(pk__in=given.values("part_of")))

    def whole(self) -> Self:
        """Return publications as they were asked for: further codes of one request are parts of its first."""
        return self.filter(part_of__isnull=True)

    def with_names(self) -> Self:
        """Load what the API and the pages say of a publication."""
        names = ("voucher__campaign__category", "voucher__category", "voucher__holder", "customer", "campaign")
        return self.select_related(*names).prefetch_related("parts__voucher", "voucher__rule_assignments__rule")


class ValidationRuleQuerySet(models.QuerySet[Any]):
    """Validation rules."""

    def named(self, public_id: str) -> Self:
        return self.none() if NOBODYS in public_id else self.filter(public_id=public_id)

    def asking_about(self, segment: str) -> Self:
        """Return the rules that ask whether somebody is in this segment."""
        return self.filter(segments__contains=[segment])

    def with_uses(self) -> Self:
        """Count where each rule is used."""
        return self.annotate(assignments_count=models.Count("assignments"))


class RuleAssignmentQuerySet(models.QuerySet[Any]):
    """Where rules are used."""

    def named(self, public_id: str) -> Self:
        return self.none() if NOBODYS in public_id else self.filter(public_id=public_id)

    def with_names(self) -> Self:
        """Load what the pages say of it."""
        return self.select_related("rule", "campaign", "voucher__campaign", "promotion_tier__campaign")


class RedemptionQuerySet(models.QuerySet[Any]):
    """Redemptions and rollbacks, those that were refused included."""

    def named(self, public_id: str) -> Self:
        """Return what has this id: the prefix has to be right as well."""
        key, prefix = _uuid_of(public_id, "r", "rf", "rr", "rrf"), public_id.partition("_")[0]
        if key is None:
            return self.none()
        result = "FAILURE" if prefix.endswith("f") else "SUCCESS"
        return self.filter(id=key, is_rollback=prefix.startswith("rr"), result=result)

    def with_names(self) -> Self:
        """Load what the API says of a redemption."""
        tier = ("promotion_tier__campaign", "promotion_tier__category", "promotion_stack__campaign")
        code = ("voucher__campaign__category", "voucher__category", "voucher__holder")
        loaded = ("promotion_tier__rule_assignments__rule", "promotion_tier__counters", "rollbacks", "children")
        return self.select_related("customer", *code, *tier).prefetch_related(
            "voucher__rule_assignments__rule", *loaded
        )

    def for_a_page(self) -> Self:
        """Load what the pages show of one redemption."""
        return self.select_related(
            "customer", "campaign", "voucher", "promotion_tier", "api_key", "parent", "takes_back"
        )


def _uuid_of(public_id: str, *prefixes: str) -> uuid.UUID | None:
    prefix, _, digits = public_id.partition("_")
    if prefix not in prefixes or len(digits) != 32:
        return None
    try:
        return uuid.UUID(hex=digits)
    except ValueError:
        return None
