"""Accounts with providers: made, changed, tested and removed here. What is secret goes in and never comes out."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import orjson
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import ProtectedError

from access import audit, sealing
from access.problems import Problem, invalid_payload
from distributions.channels import CARRIERS, PROVIDERS, Account, Provider, Suggestions, Tested, connectable, egress
from distributions.channels.providers import Setting
from distributions.models import Connection, Pace
from events.clock import database_now

LONGEST_VALUE = 4_000
LONGEST_SUMMARY = 1_000
# Turns are given so far ahead anyway.
NO_REST = 3.0


@dataclass(frozen=True)
class By:
    """Who asks for a change, for the audit."""

    person: User | None = None
    key_id: int | None = None

    def record(self, verb: str, connection: Connection, summary: str) -> None:
        audit.record(
            verb, "connection", connection.public_id, summary, person=self.person, key_id=self.key_id
        )  # fmt: skip


NOBODY = By()


def only_one(channel: str) -> Connection | None:
    """Return the connection of a channel that needs one, where there is exactly one to choose."""
    built_in = any(one.channel == channel and one.is_built_in for one in PROVIDERS.values())
    found = [] if built_in else list(Connection.objects.filter(channel=channel)[:2])
    return found[0] if len(found) == 1 else None


def reachable() -> set[str]:
    """Return the channels by which something can go out: those that need no account, and those that have one."""
    built_in = {one.channel for one in PROVIDERS.values() if one.is_built_in}
    return built_in | set(Connection.objects.values_list("channel", flat=True).distinct())


def provider_for(channel: str, name: str = "") -> Provider:
    """Return the provider that is meant; raise Problem where there is none. One that is alone need not be named."""
    found = connectable(channel)
    if not found:
        raise invalid_payload(f"channel: {channel!r} cannot be connected to an account")
    named = [one for one in found if one.name == name] if name else found
    if len(named) != 1:
        raise invalid_payload(f"provider must be one of {', '.join(one.name for one in found)}")
    return named[0]


@transaction.atomic
def create(
    provider: Provider, name: str, settings: Mapping[str, Any], *, rate: float | None = None, by: By = NOBODY
) -> Connection:
    """Store an account; raise Problem where a setting is unknown, missing or cannot be meant."""
    plain, secrets = _split(provider, settings, {}, {})
    now = database_now()
    made = Connection.objects.create(
        channel=provider.channel, provider=provider.name, name=name or provider.label, settings=plain,
        sealed_secrets=_sealed(secrets), calls_per_second=rate,
    )  # fmt: skip
    Pace.objects.create(connection=made, free_at=now, line_ends_at=now)
    by.record("create", made, f"Connected {provider.label} as {made.name}")
    return made


@transaction.atomic
def change(
    connection: Connection, settings: Mapping[str, Any], *, name: str = "", by: By = NOBODY, **rate: float | None
) -> Connection:
    """Change what is named and leave the rest; an empty secret leaves the one that is stored."""
    locked = Connection.objects.select_for_update().get(pk=connection.pk)
    account = account_of(locked)
    plain, secrets = _split(PROVIDERS[locked.provider], settings, account.settings, account.secrets)
    locked.name, locked.settings, locked.sealed_secrets = name or locked.name, plain, _sealed(secrets)
    locked.calls_per_second = rate.get("rate", locked.calls_per_second)
    locked.updated_at, locked.tested_at, locked.test_ok, locked.test_words = database_now(), None, None, ""
    locked.save()
    by.record("update", locked, f"Changed the connection {locked.name}")
    return locked


@transaction.atomic
def delete(connection: Connection, *, by: By = NOBODY) -> None:
    """Remove an account that no distribution goes out by."""
    try:
        connection.delete()
    except ProtectedError as error:
        protected: Any = error.protected_objects
        used = sorted({str(channel.distribution) for channel in protected})
        raise Problem(
            400, "connection_in_use", "The connection is in use", f"It is used by {', '.join(used[:5])}.",
            resource_id=connection.public_id, resource_type="connection",
        ) from error  # fmt: skip
    by.record("delete", connection, f"Removed the connection {connection.name}")


def test(connection: Connection) -> Tested:
    """Call the provider, change nothing there, and remember what it said. Never within a transaction."""
    try:
        tested: Tested = CARRIERS[connection.provider].test(account_of(connection))
    except sealing.SealError as error:
        tested = Tested(False, None, str(error))
    now = database_now()
    words = tested.message[:LONGEST_SUMMARY].replace("\x00", "")
    Connection.objects.filter(pk=connection.pk).update(tested_at=now, test_ok=tested.ok, test_words=words)
    return tested


def rest_of(connection: Connection) -> float:
    """Return for how many seconds its provider asked us to leave it alone, 0 where it may be called."""
    pace: Pace | None = getattr(connection, "pace", None)
    seconds = (pace.free_at - database_now()).total_seconds() if pace else 0.0
    return round(seconds) if seconds > NO_REST else 0


@transaction.atomic
def reseal() -> int:
    """Seal the secrets of all accounts with today's key; return how many there were to seal."""
    changed = 0
    for connection in Connection.objects.select_for_update().exclude(sealed_secrets="").order_by("pk"):
        sealed = sealing.reseal(connection.sealed_secrets)
        if sealed != connection.sealed_secrets:
            changed += Connection.objects.filter(pk=connection.pk).update(sealed_secrets=sealed)
    return changed


def suggest(connection: Connection) -> Suggestions:
    """Ask the provider what the account has by name; never within a transaction. It never raises."""
    return suggest_with(PROVIDERS[connection.provider], {}, connection)


def suggest_with(provider: Provider, settings: Mapping[str, Any], connection: Connection | None) -> Suggestions:
    """Ask like `suggest`, with settings that are not stored (yet); what they leave out is as the connection has it."""
    ask = getattr(CARRIERS.get(provider.name), "suggest", None)
    if ask is None:
        return Suggestions()
    said = {name: str(value) for name, value in settings.items() if value not in (None, "")}
    try:
        known = account_of(connection) if connection else Account(0, provider.name, {}, who=provider.label)
    except sealing.SealError as error:
        return Suggestions(problem=str(error))
    plain = {name: value for name, value in said.items() if name not in provider.secrets}
    secrets = {name: value for name, value in said.items() if name in provider.secrets}
    # What is stored goes nowhere but where it was meant for.
    elsewhere = plain.get("base_url", known["base_url"]) != known["base_url"]
    account = replace(
        known, settings={**known.settings, **plain}, secrets=secrets if elsewhere else {**known.secrets, **secrets}
    )
    found: Suggestions = ask(account)
    return found


def doubt(connection_id: int, words: str) -> None:
    """Show that an account was refused while sending, until it is tested or changed; the first refusal is kept."""
    good = Connection.objects.filter(pk=connection_id).exclude(test_ok=False)
    told = f"Refused while sending: {words}"[:LONGEST_SUMMARY].replace("\x00", "")
    good.update(test_ok=False, tested_at=database_now(), test_words=told)


def account_of(connection: Connection) -> Account:
    """Return the account with its secrets opened; raise SealError where this installation's key does not open them."""
    sealed = connection.sealed_secrets
    secrets = orjson.loads(sealing.unseal(sealed)) if sealed else {}
    who = PROVIDERS[connection.provider].label
    return Account(connection.pk, connection.provider, connection.settings, secrets, who)


def _sealed(secrets: Mapping[str, str]) -> str:
    return sealing.seal(orjson.dumps(secrets).decode()) if secrets else ""


def _split(
    provider: Provider, given: Mapping[str, Any], plain: Mapping[str, Any], secrets: Mapping[str, str]
) -> tuple[dict[str, Any], dict[str, str]]:
    """Return settings and secrets as they will stand, apart."""
    known = {setting.name: setting for setting in provider.settings}
    if unknown := sorted(given.keys() - known.keys()):
        raise invalid_payload(f"settings: {provider.label} knows no {', '.join(map(str, unknown))}")
    stands: dict[str, Any] = {**plain, **secrets}
    for name, setting in known.items():
        value = _read(setting, given[name]) if name in given else stands.get(name)
        if setting.is_secret and value in (None, ""):
            value = stands.get(name)
        if value in (None, ""):
            value = setting.default or None
        if value is None and setting.is_required:
            raise invalid_payload(f"settings.{name} is required")
        stands[name] = value
    named = {name: value for name, value in stands.items() if value is not None and name in known}
    return (
        {name: value for name, value in named.items() if name not in provider.secrets},
        {name: str(value) for name, value in named.items() if name in provider.secrets},
    )


def _read(setting: Setting, value: object) -> Any:
    name = f"settings.{setting.name}"
    if value is None:
        return None
    if setting.kind == "flag":
        return _flag(value, name)
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise invalid_payload(f"{name} must be a string")
    text = str(value).strip()
    if len(text) > LONGEST_VALUE or any(ord(character) < 32 or ord(character) == 127 for character in text):
        raise invalid_payload(f"{name} must be one line of {LONGEST_VALUE} characters at most")
    _refuse_odd(setting, text, name)
    return int(text) if setting.kind == "number" and text else text


def _flag(value: object, name: str) -> bool:
    if value in (True, "true", "1", 1):
        return True
    if value in (False, "false", "0", "", 0):
        return False
    raise invalid_payload(f"{name} must be true or false")


def _refuse_odd(setting: Setting, text: str, name: str) -> None:
    """Refuse what can be seen to be wrong: an address that may not be reached, a choice that is none."""
    if not text:
        return
    if setting.kind == "url" and (problem := egress.problem_with(text)):
        raise invalid_payload(f"{name} cannot be used: {problem}")
    if setting.kind == "choice" and text not in setting.choices:
        raise invalid_payload(f"{name} must be one of {', '.join(setting.choices)}")
    if setting.kind == "number" and not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise invalid_payload(f"{name} must be a whole number")
