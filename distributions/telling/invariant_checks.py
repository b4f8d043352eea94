"""The invariants as SQL: for each its sentence, and a statement that counts what breaks it at ``%(now)s``.

``%(recognising)s`` are the carriers that know a repetition again: a key, or a write that says the same twice.
"""

# What may be handed over again without arriving twice; a message that a tool itself writes may not.
_RECOGNISED = """EXISTS (
            SELECT 1 FROM distributions_message m
            WHERE m.delivery_id = d.id AND m.carrier = ANY(%(recognising)s) AND m.content -> 'message' IS NULL)"""

CHECKS: dict[str, tuple[str, str]] = {
    "I3": (
        "Each event is counted once: the tallies are a recount of the events.",
        """
        SELECT count(*) FROM (
            SELECT customer_id, name AS event_name, count(*) AS count, min(occurred_at) AS first_at,
                   max(occurred_at) AS last_at
            FROM events_event WHERE customer_id IS NOT NULL GROUP BY 1, 2
        ) AS events FULL JOIN events_tally AS tally USING (customer_id, event_name)
        WHERE (events.count, events.first_at, events.last_at)
              IS DISTINCT FROM (tally.count, tally.first_at, tally.last_at)
        """,
    ),
    "I5": (
        "Stays are numbered without gaps, only the last is open, and it is open exactly while she is a member.",
        """
        SELECT count(*) FROM (
            SELECT segment_id, customer_id, count(*) AS stays, max(epoch) AS last,
                   count(*) FILTER (WHERE left_at IS NULL) AS open,
                   max(epoch) FILTER (WHERE left_at IS NULL) AS open_epoch
            FROM segments_entry GROUP BY 1, 2
        ) AS stays FULL JOIN (
            SELECT segment_id, customer_id, is_member, epoch FROM segments_membership WHERE epoch > 0 OR is_member
        ) AS membership USING (segment_id, customer_id)
        WHERE stays.stays IS DISTINCT FROM stays.last OR stays.last IS DISTINCT FROM membership.epoch
           OR stays.open IS DISTINCT FROM (CASE WHEN membership.is_member THEN 1 ELSE 0 END)
           OR (stays.open = 1 AND stays.open_epoch <> stays.last)
        """,
    ),
    "I6": (
        "Each entry that a live distribution waits for has exactly one delivery per channel, of the right customer.",
        """
        SELECT (
            SELECT count(*) FROM distributions_distribution d
            JOIN events_event e ON e.name = 'customer.segment.entered' AND e.received_at >= d.live_at AND e.depth <= 8
                 AND (e.properties ->> 'segment_id')::bigint = d.segment_id
            WHERE d.status IN ('LIVE', 'PAUSED') AND d.trigger_event = 'customer.segment.entered'
              AND NOT EXISTS (SELECT 1 FROM events_pendingevent p WHERE p.event_id = e.id)
              AND EXISTS (SELECT 1 FROM customers_customer c WHERE c.id = e.customer_id AND c.deleted_at IS NULL)
              AND NOT EXISTS (
                  SELECT 1 FROM distributions_delivery y WHERE y.distribution_id = d.id
                  AND (y.entry_id = (e.properties ->> 'entry_id')::bigint
                       OR (d.frequency = 'once' AND y.once_key = e.customer_id)))
        ) + (
            SELECT count(*) FROM distributions_delivery y JOIN segments_entry n ON n.id = y.entry_id
            JOIN distributions_distribution d ON d.id = y.distribution_id
            WHERE n.customer_id <> y.customer_id OR n.segment_id IS DISTINCT FROM d.segment_id
        ) + (
            SELECT count(*) FROM (
                SELECT 1 FROM distributions_delivery WHERE entry_id IS NOT NULL
                GROUP BY distribution_id, channel_id, entry_id HAVING count(*) > 1
            ) AS twice
        )
        """,
    ),
    "I7": (
        "A delivery that needs a code has the one of its publication as soon as it is written.",
        """
        SELECT count(*) FROM distributions_delivery d LEFT JOIN campaigns_publication p ON p.id = d.publication_id
        WHERE (d.needs_code AND d.voucher_id IS NULL
               AND d.state IN ('READY', 'SENDING', 'UNKNOWN', 'SENT', 'UNCERTAIN'))
           OR (d.voucher_id IS NOT NULL AND d.voucher_id IS DISTINCT FROM p.voucher_id)
        """,
    ),
    "I8": (
        "No code is promised to two customers.",
        """
        SELECT (
            SELECT count(*) FROM distributions_delivery d JOIN campaigns_voucher v ON v.id = d.voucher_id
            WHERE v.holder_id IS DISTINCT FROM d.customer_id
        ) + (
            SELECT count(*) FROM (
                SELECT 1 FROM campaigns_publication GROUP BY voucher_id HAVING count(DISTINCT customer_id) > 1
            ) AS shared
        )
        """,
    ),
    "I9": (
        "Codes are conserved: each made code exists, and each is free or published to its holder.",
        """
        SELECT (
            SELECT count(*) FROM campaigns_voucher v WHERE v.holder_id IS NOT NULL AND NOT EXISTS (
                SELECT 1 FROM campaigns_publication p WHERE p.voucher_id = v.id AND p.customer_id = v.holder_id)
        ) + (
            SELECT count(*) FROM campaigns_publication p JOIN campaigns_voucher v ON v.id = p.voucher_id
            WHERE v.holder_id IS DISTINCT FROM p.customer_id
        ) + (
            SELECT count(*) FROM campaigns_campaign c
            WHERE c.codes_made > (SELECT count(*) FROM campaigns_voucher v WHERE v.campaign_id = c.id)
        )
        """,
    ),
    "I10": (
        "No code is used up for nothing: what is not written yet, or was never to be written, holds none.",
        """
        SELECT count(*) FROM distributions_delivery d
        WHERE d.voucher_id IS NOT NULL AND d.state IN ('NEW', 'HELD', 'WAITING_CODE', 'SUPPRESSED')
          AND NOT EXISTS (SELECT 1 FROM distributions_message m WHERE m.delivery_id = d.id)
        """,
    ),
    "I12": (
        "A message that was handed over twice says so: every attempt before the last is known not to have arrived, "
        "its carrier knows a repetition again, or the message is marked.",
        f"""
        SELECT count(*) FROM distributions_delivery d
        WHERE NOT d.may_repeat AND d.state = 'SENT' AND EXISTS (
            SELECT 1 FROM distributions_attempt a
            WHERE a.delivery_id = d.id AND a.number < d.fence AND a.outcome IN ('', 'unknown', 'accepted'))
          AND NOT {_RECOGNISED}
        """,  # noqa: S608
    ),
    "I14": (
        "What must not be sent twice was handed over at most once.",
        f"""
        SELECT count(*) FROM distributions_delivery d JOIN distributions_distribution s ON s.id = d.distribution_id
        WHERE s.uncertain = 'hold' AND NOT d.may_repeat AND (
            SELECT count(*) FROM distributions_attempt a
            WHERE a.delivery_id = d.id AND a.outcome IN ('', 'unknown', 'accepted')) > 1
          AND NOT {_RECOGNISED}
        """,  # noqa: S608
    ),
    "I15": (
        "Nothing is stuck: whatever is not finished is due in the future, or for less than a minute.",
        """
        SELECT (
            SELECT count(*) FROM distributions_delivery d JOIN distributions_distribution s ON s.id = d.distribution_id
            WHERE d.state IN ('NEW', 'HELD', 'READY', 'SENDING', 'UNKNOWN') AND NOT d.parked AND s.status = 'LIVE'
              AND d.due_at < %(now)s - interval '60 seconds'
        ) + (
            SELECT count(*) FROM events_pendingevent p JOIN events_event e ON e.id = p.event_id
            WHERE p.quarantined_at IS NULL AND e.received_at < %(now)s - interval '60 seconds'
        )
        """,
    ),
    "I16": (
        "No mail and no text message was begun after its address had been stopped.",
        """
        SELECT count(*) FROM distributions_message m
        JOIN distributions_attempt a USING (delivery_id)
        JOIN distributions_delivery d ON d.id = m.delivery_id
        JOIN distributions_distributionchannel c ON c.id = d.channel_id
        JOIN customers_suppression s ON s.channel = CASE c.type WHEN 'sms' THEN 'sms' ELSE 'email' END
         AND s.address_hash = sha256(convert_to(s.channel || ':' || CASE s.channel
             WHEN 'sms' THEN lower(regexp_replace(m.address, '[^[:alnum:]]', '', 'g'))
             ELSE lower(trim(m.address)) END, 'UTF8'))
        WHERE c.type IN ('email', 'mailbox', 'sms') AND m.address <> ''
          AND a.started_at > s.created_at + interval '1 second'
        """,
    ),
    "I18": (
        "Of who was deleted her row says nothing, and of who was erased nothing says anything.",
        """
        SELECT (
            SELECT count(*) FROM customers_customer
            WHERE deleted_at IS NOT NULL AND (metadata <> '{}' OR num_nonnulls(
                source_id, name, email, phone, birthdate, description, address) > 0)
        ) + (
            SELECT count(*) FROM customers_erasure x JOIN events_event e USING (customer_id)
            WHERE x.look_again_at IS NULL
        ) + (
            SELECT count(*) FROM customers_erasure x JOIN distributions_delivery d USING (customer_id)
            JOIN distributions_message m ON m.delivery_id = d.id
            WHERE m.address <> '' OR m.subject <> '' OR m.html <> '' OR m.text <> '' OR m.headers <> '{}'
        )
        """,
    ),
}
