"""Why a message was not sent, or failed, in words a marketer reads. Plain Python."""

SENTENCES: dict[str, str] = {
    "holdout": "Held out for comparison",
    "cooldown": "Got one too short a time ago",
    "unsubscribed": "Unsubscribed from your messages",
    "bounced_before": "An earlier message to the address came back",
    "complained_before": "Called an earlier message unwanted",
    "stopped_by_hand": "The address was stopped by hand",
    "no_longer_matches": "Left the segment before it was sent",
    "promotion_over": "The promotion was over before it was sent",
    "stop_event": "Did what you wanted before it was sent",
    "no_address": "The customer has no e-mail address",
    "no_phone": "The customer has no telephone number",
    "invalid_phone": "The customer’s telephone number is none that can be written to",
    "opted_out": "The customer has told the provider to stop",
    "no_source_id": "The customer has no id of your own (source_id)",
    "paced": "Waits for its turn: the provider takes so many a second",
    "secrets_sealed": "The account's secrets cannot be opened with this installation's key",
    "looked_up": "The provider was asked and could not tell whether it arrived",
    "channel_not_connected": "The channel is not connected",
    "quiet_hours": "Waits for the end of the quiet hours",
    "no_free_code": "No free code was left",
    "paused": "Waits until the distribution is resumed",
    "lease_expired": "The sender fell silent; whether it arrived is being found out",
    "try_again": "To be tried again",
    "gave_up": "Gave up after the last attempt",
    "rejected": "Refused by the receiver",
    "bounced": "The mail came back: it could not be delivered",
    "not_delivered": "Accepted, but then not delivered",
    "gone": "The address does not exist any more",
    "marked_delivered": "Counted as delivered by a person",
    "stopped": "The distribution was stopped",
    "customer_deleted": "The customer was deleted before it was sent",
}


def in_words(reason: str) -> str:
    """Return the sentence for a stored reason; one without a sentence reads as its own words."""
    return SENTENCES.get(reason, reason.replace("_", " ").capitalize() or "No reason recorded")
