"""A customer while she is being spoken of: what was said, laid over what is known, before anything is written.

Knows no statements; upserting reads and writes the rows.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import orjson

from access import limits
from access.identifiers import new_public_id
from access.problems import Problem, invalid_payload
from customers.profiles import Profile
from schemas.definitions import Schema


class Row(NamedTuple):
    id: int
    public_id: str
    source_id: str | None
    name: str | None
    email: str | None
    phone: str | None
    birthdate: str | None
    description: str | None
    address: str | None
    metadata: str


@dataclass(slots=True, eq=False)
class Saying:
    """One thing said of a customer, and what it came to."""

    profile: Profile
    # A browser may complete a profile; it may not redirect somebody's mail.
    keeps_contacts: bool = False
    changed: list[str] = field(default_factory=list)
    created: bool = False
    problem: Problem | None = None


@dataclass(slots=True, eq=False)
class Draft:
    """A customer as she stands after all that was said of her so far in this transaction."""

    row: Row | None
    public_id: str
    source_id: str | None
    fields: dict[str, Any]
    address: dict[str, str] | None
    metadata: dict[str, Any]
    id: int | None = None
    sayings: list[Saying] = field(default_factory=list)
    schema: Schema | None = None

    @property
    def accepted(self) -> list[Saying]:
        """Return what was not refused; of whom nothing is left is not written."""
        return [saying for saying in self.sayings if saying.problem is None]

    @property
    def is_changed(self) -> bool:
        return any(saying.changed for saying in self.sayings)

    def begin_anew(self, row: Row) -> None:
        """Say everything again of the customer as she stands in this row: somebody else changed or made her."""
        known = _draft(row)
        self.row, self.id, self.public_id = row, row.id, row.public_id
        self.fields, self.address, self.metadata = known.fields, known.address, known.metadata
        for saying in self.sayings:
            saying.changed, saying.problem = [], None
            _apply(self, saying, self.schema)

    def simple(self) -> dict[str, Any]:
        """Return the short form that answers embed."""
        said = {"name": self.fields.get("name"), "email": self.fields.get("email")}
        named = {"id": self.public_id, "object": "customer", "source_id": self.source_id}
        return {**named, **said, "metadata": self.metadata}

    def as_given(self) -> dict[str, Any]:
        """Return the row as the writing statements take it."""
        named = {"id": self.id, "public_id": self.public_id, "source_id": self.source_id}
        return {**named, **self.fields, "address": self.address, "metadata": self.metadata}


class Crowd:
    """The customers that a group of sayings is about."""

    def __init__(self, rows: Iterable[Row] = ()) -> None:
        drafts = {row.id: _draft(row) for row in rows}
        self.by_public_id = {draft.public_id: draft for draft in drafts.values()}
        self.by_source_id = {draft.source_id: draft for draft in drafts.values() if draft.source_id is not None}
        self.drafts: list[Draft] = []
        # What a customer's metadata must be like, where that is declared.
        self.schema: Schema | None = None

    def find(self, profile: Profile) -> Draft | None:
        """Return who is meant, if she is known; our id goes before the shop's."""
        if profile.public_id is not None:
            return self.by_public_id.get(profile.public_id)
        return self.by_source_id.get(profile.source_id) if profile.source_id is not None else None

    def say(self, saying: Saying) -> Draft:
        """Take note of a saying; who is not known yet becomes a new customer."""
        draft = self.find(saying.profile)
        if draft is None:
            draft = self._new(saying.profile.source_id)
        if not draft.sayings:
            self.drafts.append(draft)
        draft.sayings.append(saying)
        draft.schema = self.schema
        _apply(draft, saying, self.schema)
        return draft

    def _new(self, source_id: str | None) -> Draft:
        draft = Draft(None, new_public_id("cust"), source_id, {}, None, {})
        if source_id is not None:
            self.by_source_id[source_id] = draft
        return draft


def _draft(row: Row) -> Draft:
    fields = {
        "name": row.name,
        "email": row.email,
        "phone": row.phone,
        "birthdate": row.birthdate,
        "description": row.description,
    }
    address = orjson.loads(row.address) if row.address is not None else None
    metadata = orjson.loads(row.metadata) if row.metadata != "{}" else {}
    return Draft(row, row.public_id, row.source_id, fields, address, metadata, row.id)


def _apply(draft: Draft, saying: Saying, schema: Schema | None) -> None:
    """Change the draft as said, and note which attributes that changed."""
    profile, changed = saying.profile, saying.changed
    if saying.keeps_contacts and _would_redirect(draft, profile):
        sentence = "A browser must not change a known customer's e-mail address or telephone number"
        saying.problem = Problem(403, "forbidden", "Forbidden", sentence)
        return
    if (profile.metadata or profile.erases_metadata) and (problem := _broken(draft, profile, schema)):
        saying.problem = problem
        return
    for name, value in profile.fields.items():
        if draft.fields.get(name) != value:
            draft.fields[name] = value
            changed.append(name)
    if profile.address or profile.erases_address:
        draft.address = (
            _merged(draft.address or {}, profile.address, profile.erases_address, "address", changed) or None
        )
    if profile.metadata or profile.erases_metadata:
        draft.metadata = _merged(draft.metadata, profile.metadata, profile.erases_metadata, "metadata", changed)


def _broken(draft: Draft, profile: Profile, schema: Schema | None) -> Problem | None:
    """Return why the customer must not carry what is said of her metadata, looked at together with what is known."""
    known = {} if profile.erases_metadata else draft.metadata
    if len(known.keys() | profile.metadata.keys()) > limits.METADATA_KEYS_MOST:
        return invalid_payload(f"A customer has at most {limits.METADATA_KEYS_MOST} metadata keys")
    if schema is None:
        return None
    said = {name: value for name, value in profile.metadata.items() if value is not None}
    whole = {name: value for name, value in {**known, **profile.metadata}.items() if value is not None}
    return schema.violation(said, whole)


def _would_redirect(draft: Draft, profile: Profile) -> bool:
    contacts = ((draft.fields.get(name), profile.fields.get(name)) for name in ("email", "phone"))
    return any(known is not None and said is not None and known != said for known, said in contacts)


def _merged(known: dict[str, Any], said: dict[str, Any], erases: bool, path: str, changed: list[str]) -> dict[str, Any]:
    """Return known with said laid over it, key by key; a None in said takes its key away."""
    merged = {**({} if erases else known), **said}
    kept = {name: value for name, value in merged.items() if value is not None}
    for name in known.keys() | said.keys():
        before, after = known.get(name), kept.get(name)
        # True equals 1 in Python, and means something else in a condition.
        if before != after or isinstance(before, bool) is not isinstance(after, bool):
            changed.append(f"{path}.{name}")
    return kept
