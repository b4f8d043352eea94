"""Webhooks are made, changed, turned off and on again, and deleted: the one writer of their rows."""

from collections.abc import Collection, Mapping
from typing import Any

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from access import limits
from access.problems import Problem, invalid_payload, not_found
from distributions.channels import egress
from events.models import EventDefinition
from webhooks import names
from webhooks.models import Sendout, Webhook

URL_LENGTH = 2000
EVENTS_MOST = 500
WEBHOOKS_MOST = 100


@transaction.atomic
def create(data: object) -> Webhook:
    """Make a webhook from the API's object, or raise a Problem."""
    given = _given(data)
    if "target_url" not in given or "events" not in given:
        raise invalid_payload("target_url and events must be given")
    if Webhook.objects.kept().count() >= WEBHOOKS_MOST:
        raise Problem(400, "too_many_webhooks", "Too many webhooks", f"There can be {WEBHOOKS_MOST}; delete some first")
    made = Webhook.objects.create(**_read(given))
    made.refresh_from_db()
    return made


@transaction.atomic
def change(webhook: Webhook, data: object) -> Webhook:
    """Change what the object names. What waited for a webhook to be turned on again, or was given up when it was turned
    off, goes out now, up the ladder anew; so does what waited for an address that is another now.
    """
    fields = _read(_given(data))
    standing = Webhook.objects.kept().select_for_update(no_key=True).filter(pk=webhook.pk).first()
    if standing is None:
        raise not_found("webhook", webhook.public_id)
    is_turned_on = fields.get("is_active", False) and not standing.is_active
    is_moved = fields.get("target_url", standing.target_url) != standing.target_url
    if is_turned_on:
        fields |= {"ended": "", "ended_at": None}
    Webhook.objects.filter(pk=webhook.pk).update(revision=F("revision") + 1, updated_at=Now(), **fields)
    if is_turned_on or is_moved:
        _start_anew(webhook)
    webhook.refresh_from_db()
    return webhook


def delete(webhook: Webhook) -> None:
    """Delete a webhook: nothing more is sent to it. What was sent can be looked up for a while."""
    kept = Webhook.objects.kept().filter(pk=webhook.pk)
    kept.update(is_active=False, deleted_at=Now(), revision=F("revision") + 1)


def locked_revisions(ids: Collection[int]) -> dict[int, int]:
    """Return which revision of these webhooks counts now, and keep them from being changed until the commit."""
    kept = Webhook.objects.kept().filter(pk__in=ids).order_by("pk").select_for_update(no_key=True)
    return dict(kept.values_list("pk", "revision"))


def turn_off(reasons: Mapping[int, str]) -> None:
    """Turn webhooks off that do not answer, each with the reason."""
    for reason in sorted(set(reasons.values())):
        ids = sorted(pk for pk, why in reasons.items() if why == reason)
        live = Webhook.objects.kept().filter(pk__in=ids, is_active=True)
        live.update(is_active=False, ended=reason, ended_at=Now(), revision=F("revision") + 1)


def _start_anew(webhook: Webhook) -> None:
    """Make everything due that has not arrived, save tests and what was erased."""
    hers = Sendout.objects.filter(webhook=webhook, is_test=False).exclude(body="")
    late = hers.filter(state__in=[Sendout.State.WAITING, Sendout.State.FAILED])
    late.update(state=Sendout.State.WAITING, due_at=Now(), attempt_count=0)


def _given(data: object) -> dict[str, Any]:
    """Return what is said; generated clients send a null for what they were not told."""
    said = limits.mapping(data, "The webhook")
    return {name: value for name, value in said.items() if value is not None}


def _read(given: Mapping[str, Any]) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    if "target_url" in given:
        fields["target_url"] = _address(given["target_url"])
    if "events" in given:
        fields["events"] = _events(given["events"])
    if "active" in given:
        if not isinstance(given["active"], bool):
            raise invalid_payload("active must be true or false")
        fields["is_active"] = given["active"]
    return fields


def _address(value: object) -> str:
    address = limits.identifier(value, "target_url", URL_LENGTH)
    wrong = egress.problem_with(address)
    if wrong:
        raise invalid_payload(f"target_url: {wrong}")
    return address


def _events(value: object) -> list[str]:
    """Return the names as they were asked for, each once."""
    if not isinstance(value, list) or not 0 < len(value) <= EVENTS_MOST:
        raise invalid_payload(f"events must be a list of 1 to {EVENTS_MOST} names")
    asked = [limits.identifier(name, "events", 300) for name in value]
    unknown = _unknown(asked)
    if unknown:
        raise invalid_payload(f"events: there is no event named {', '.join(sorted(unknown)[:5])}")
    return list(dict.fromkeys(asked))


def _unknown(asked: Collection[str]) -> set[str]:
    own = {name for name in asked if not names.is_published(name)}
    if not own:
        return set()
    return own - set(EventDefinition.objects.filter(name__in=own).values_list("name", flat=True))
