"""Metadata for many codes at once: a slice is one statement, and what it changed is told code by code."""

from collections.abc import Sequence
from typing import Any

import orjson
from django.db import connection, transaction

from access.problems import Problem
from backlog.models import AsyncAction
from backlog.rows import Outcome, Refusal, Row
from campaigns import facts
from campaigns.facts import Origin
from campaigns.models import Voucher
from events.tracking import track_many
from schemas import checking

MERGE = """
UPDATE campaigns_voucher v SET metadata = coalesce(v.metadata, '{}') || said.metadata,
       updated_at = statement_timestamp()
FROM jsonb_to_recordset(%s::jsonb) AS said(code text, metadata jsonb)
WHERE v.code = said.code AND v.deleted_at IS NULL
  AND coalesce(v.metadata, '{}') || said.metadata IS DISTINCT FROM coalesce(v.metadata, '{}')
RETURNING v.id
"""


@transaction.atomic
def perform(action: AsyncAction, rows: Sequence[Row]) -> Outcome:
    """Add metadata to the codes of a slice, key by key; a code that does not exist is refused."""
    wanted: dict[str, dict[str, Any]] = {}
    reasons: dict[int, str] = {}
    for row in rows:
        try:
            checking.check("voucher", row.said["metadata"])
        except Problem as problem:
            reasons[row.line] = problem.sentence
            continue
        wanted[row.said["code"]] = wanted.get(row.said["code"], {}) | row.said["metadata"]
    known = set(Voucher.objects.filter(code__in=wanted).values_list("code", flat=True))
    _merge(wanted, Origin(action.source, action.request_id))
    for row in rows:
        if row.said["code"] not in known:
            reasons.setdefault(row.line, "There is no such voucher.")
    refused = [Refusal(row.line, row.said["code"], reasons[row.line]) for row in rows if row.line in reasons]
    return Outcome(len(rows) - len(refused), refused)


def _merge(wanted: dict[str, dict[str, Any]], origin: Origin) -> None:
    said = [{"code": code, "metadata": metadata} for code, metadata in sorted(wanted.items())]
    with connection.cursor() as cursor:
        cursor.execute(MERGE, [orjson.dumps(said).decode()])
        changed = [key for (key,) in cursor.fetchall()]
    vouchers = Voucher.objects.with_names().filter(pk__in=changed).order_by("pk")
    track_many([facts.of_voucher("updated", voucher, origin) for voucher in vouchers])
