"""What a caller wants published, read from a body or from a query; the same for every way in."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q
from django.http import QueryDict

from access import limits
from access.problems import Problem, invalid_query, not_found
from campaigns import publishing
from campaigns.facts import Origin
from campaigns.models import Campaign, Publication, Voucher
from customers import profiles
from customers.profiles import Profile

# customer[source_id], campaign[name], customer[address][city]
_within = re.compile(r"(\w{1,40})((?:\[[^\[\]]{1,128}\]){1,2})")


@dataclass(frozen=True)
class Wish:
    """A code, or some, for a customer."""

    campaign: Campaign | None
    code: str | None
    count: int
    profile: Profile
    how: dict[str, Any] = field(default_factory=dict)

    def grant(self, origin: Origin, *, key_id: int | None = None, keeps_contacts: bool = False) -> Publication:
        return publishing.publish_to(
            self.profile,
            self.campaign,
            origin=origin,
            key_id=key_id,
            keeps_contacts=keeps_contacts,
            code=self.code,
            count=self.count,
            **self.how,
        )


def read(body: object, query: Mapping[str, Any]) -> Wish:
    """Return what is wanted; raise a Problem where it cannot be meant. ``join_once`` may stand in either."""
    given = {key: value for key, value in limits.mapping(body, "The body").items() if value is not None}
    campaign, code, count = _what(given)
    if "customer" not in given:
        raise refused("Missing required property customer.")
    joining = given.get("join_once", query.get("join_once", "false"))
    how = {
        "source_id": limits.identifier(given["source_id"], "source_id") if "source_id" in given else None,
        "channel": limits.text(given.get("channel", "API"), "channel", 40),
        "metadata": limits.metadata(given.get("metadata", {}), "metadata"),
        "join_once": joining is True or str(joining).lower() == "true",
    }
    return Wish(campaign, code, count, profiles.parse(given["customer"]), how)


def nested(query: QueryDict) -> dict[str, Any]:
    """Return a query as the body it stands for: brackets and JSON both say an object."""
    told: dict[str, Any] = {}
    for name in query:
        parts = _within.fullmatch(name)
        if parts is None:
            told[name] = _value(name, str(query[name]))
            continue
        *path, last = [parts[1], *re.findall(r"\[([^\[\]]+)\]", parts[2])]
        inner = told
        for step in path:
            inner = inner.setdefault(step, {})
            if not isinstance(inner, dict):
                raise invalid_query(f"{name[:100]} is said in two ways")
        inner[last] = query[name]
    if isinstance(campaign := told.get("campaign"), dict) and isinstance(campaign.get("count"), str):
        campaign["count"] = int(campaign["count"]) if campaign["count"].isdecimal() else campaign["count"]
    return told


def _value(name: str, text: str) -> Any:
    if not text.startswith("{"):
        return text
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise invalid_query(f"{name[:100]} is not JSON") from error


def _what(given: Mapping[str, Any]) -> tuple[Campaign | None, str | None, int]:
    """Return the campaign, the very code where one is asked for, and how many."""
    voucher, campaign = given.get("voucher"), given.get("campaign")
    if isinstance(voucher, Mapping):
        voucher = voucher.get("code")
    if voucher is not None:
        found = Voucher.objects.filter(code=limits.identifier(voucher, "voucher")).with_names().first()
        if found is None:
            raise not_found("voucher", voucher)
        return found.campaign, found.code, 1
    if isinstance(campaign, str):
        campaign = {"name": campaign}
    if not isinstance(campaign, Mapping):
        raise refused("Say which campaign, or which voucher, is to be published.")
    return _campaign(campaign), None, _count(campaign.get("count"))


def _campaign(named: Mapping[str, Any]) -> Campaign:
    key, name = ("public_id", named["id"]) if named.get("id") else ("name", named.get("name"))
    name = limits.identifier(name, f"campaign.{'id' if key == 'public_id' else 'name'}")
    chosen = Q(public_id=name) if key == "public_id" else Q(name=name) | Q(public_id=name)
    found = Campaign.objects.filter(chosen).select_related("category").first()
    if found is None:
        raise not_found("campaign", name)
    return found


def _count(value: object) -> int:
    if value is None:
        return 1
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise refused("campaign.count must be a whole number of at least 1.")
    if value > publishing.MOST_AT_ONCE:
        details = f"At most {publishing.MOST_AT_ONCE} codes can be published at once."
        raise Problem(400, "too_many_vouchers_requested", "Too many codes are asked for", details)
    return value


def refused(details: str) -> Problem:
    return Problem(400, "invalid_publish_params", "The publication is not valid", details)
