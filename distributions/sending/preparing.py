"""The first step of sending: who may have it, which code, in which words; frozen, so that every attempt is the same."""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime, formataddr
from typing import Any

from django.conf import settings
from django.db import transaction

from access import project as projects
from access.models import Project
from campaigns.models import Campaign, Publication
from campaigns.publishing import Wanted, publish_many
from distributions import deliveries, unsubscribing
from distributions.channels import mime
from distributions.composing import contents, envelopes, rendering
from distributions.composing.cases import Case, gather
from distributions.deliveries import Move, Words
from distributions.models import Delivery, Distribution, DistributionChannel
from distributions.sending import eligibility, outcomes
from distributions.sending.eligibility import Verdict
from events.clock import database_now

AT_ONCE = 200
# Codes may be locked by somebody who gives them back, or be added at any moment: look again soon.
POOL_PATIENCE = timedelta(seconds=5)

State = Delivery.State


@dataclass(frozen=True)
class Prepared:
    """What became of a batch, to be written in one go."""

    moves: list[Move]
    words: list[Words]
    failed: list[Case]


@transaction.atomic
def prepare(limit: int = AT_ONCE) -> int:
    """Prepare what is due, as one transaction: crash, and nothing of it happened. Return how many were looked at."""
    now = database_now()
    due = deliveries.claim_new(now, limit)
    if not due:
        return 0
    cases, project = gather(due), projects.current()
    prepared = decide(cases, project, now)
    deliveries.freeze(prepared.words)
    deliveries.move(prepared.moves)
    outcomes.tell_failed(prepared.failed, now)
    return len(due)


def decide(cases: Sequence[Case], project: Project, now: datetime) -> Prepared:
    """Return what becomes of the cases, in their order; codes are claimed for those that go on."""
    verdicts = eligibility.judge(cases, project, now)
    publications = _publish([case for place, case in enumerate(cases) if place not in verdicts])
    moves, words, failed = [], [], []
    for place, case in enumerate(cases):
        publication = publications.get(case.source_id) if case.delivery.needs_code else None
        verdict = verdicts.get(place) or _code_verdict(case, publication, now)
        if verdict is None:
            spoken = words_of(case, publication, project, now)
            verdict = spoken if isinstance(spoken, Verdict) else None
            if isinstance(spoken, Words):
                words.append(spoken)
        moves.append(_move(case, verdict, publication, now))
        if verdict is not None and verdict.state == State.FAILED:
            failed.append(case)
    return Prepared(moves, words, failed)


def _publish(cases: Sequence[Case]) -> dict[str, Publication | None]:
    """Claim a code for each cause that needs one; None where no code is free now."""
    wanted: dict[tuple[int, str, Campaign], dict[str, Wanted]] = defaultdict(dict)
    for case in cases:
        campaign = case.distribution.campaign
        if case.delivery.needs_code and campaign is not None:
            same = case.distribution.code_on_reentry == Distribution.CodeOnReentry.SAME
            wanted[campaign.pk, case.source_series if same else "", campaign][case.source_id] = _wanted(case)
    published: dict[str, Publication | None] = {}
    for (_, series, campaign), asked in sorted(wanted.items(), key=lambda item: item[0][:2]):
        published |= publish_many(campaign, list(asked.values()), channel="Automation", same_within=series)
    return published


def _wanted(case: Case) -> Wanted:
    source = case.distribution.public_id
    metadata = {"distribution_id": source, "source_type": "distribution", "source_id": source}
    return Wanted(case.customer.pk, case.source_id, metadata, case.cause)


def _code_verdict(case: Case, publication: Publication | None, now: datetime) -> Verdict | None:
    if not case.delivery.needs_code or publication is not None:
        return None
    if case.distribution.when_pool_empty == Distribution.PoolEmpty.SKIP:
        return Verdict(State.SUPPRESSED, "no_free_code")
    return Verdict(State.WAITING_CODE, "no_free_code", now + POOL_PATIENCE)


def words_of(case: Case, publication: Publication | None, project: Project, now: datetime) -> Words | Verdict:
    """Return the frozen message; a template that cannot be rendered fails its own delivery and nobody else's."""
    try:
        if case.channel.type == DistributionChannel.Type.WEBHOOK:
            return _webhook_words(case, publication, project)
        if case.channel.type in eligibility.MAIL:
            return _mail_words(case, publication, project, now)
        return _tool_words(case, publication, project)
    except rendering.TemplateError:
        return Verdict(State.FAILED, "render")


def _webhook_words(case: Case, publication: Publication | None, project: Project) -> Words:
    body = envelopes.body_of(case, publication, project)
    # Its headers hold keys: like its secret they are read from the channel as each attempt leaves, and stored nowhere.
    return _words(case, rendering.Rendered(text=body), {})


def _mail_words(case: Case, publication: Publication | None, project: Project, now: datetime) -> Words:
    rendered = rendering.render(case.channel, case.context(project, publication))
    return _words(case, rendered, mail_headers(case, project, now))


def _tool_words(case: Case, publication: Publication | None, project: Project) -> Words:
    context = case.context(project, publication)
    return _words(case, contents.words_of(case.channel, context), {}, contents.content_of(case, context))


def mail_headers(case: Case, project: Project, now: datetime) -> dict[str, str]:
    """Return the headers of a mail; they too are the same on every attempt."""
    connection = case.channel.connection
    sender = str((connection.settings.get("from") if connection else "") or settings.PROMO_MAIL_FROM)
    domain = sender.rpartition("@")[2].rstrip(">") or "localhost"
    headers = {
        "From": formataddr((mime.one_line(project.brand_name), sender)),
        "Date": format_datetime(now),
        "Message-ID": f"<{case.delivery.public_id}@{domain}>",
    }
    if case.channel.is_marketing:
        headers["List-Unsubscribe"] = f"<{unsubscribing.address_of(case.delivery.id)}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers


def _words(
    case: Case, rendered: rendering.Rendered, headers: dict[str, str], content: dict[str, Any] | None = None
) -> Words:
    subject, html, text = (part.replace("\x00", "") for part in (rendered.subject, rendered.html, rendered.text))
    parts = (subject, html, text, *([deliveries.as_json(content)] if content else ()))
    digest = hashlib.sha256("\x00".join(parts).encode("utf-8", "replace")).hexdigest()
    return Words(
        case.delivery.id, case.carrier, case.address, subject, html, text, headers, digest,
        connection_id=case.channel.connection_id, content=content,
    )  # fmt: skip


def _move(case: Case, verdict: Verdict | None, publication: Publication | None, now: datetime) -> Move:
    voucher_id = publication.voucher_id if publication else None
    publication_id = publication.pk if publication else None
    if verdict is None:
        return Move(case.delivery.id, State.READY, "", now, voucher_id, publication_id)
    return Move(case.delivery.id, verdict.state, verdict.reason, verdict.due_at or now, voucher_id, publication_id)
