"""What a draft still lacks before it may go live, each lack with a key for programs and a sentence for people."""

from collections.abc import Iterator
from dataclasses import dataclass

from access import project as projects
from access.models import Project
from distributions.channels import carrier_for, egress, kind_of
from distributions.channels.providers import Takes
from distributions.composing import rendering
from distributions.enrolment.standing import MOVES
from distributions.models import Distribution, DistributionChannel
from events.clock import database_now

Type = DistributionChannel.Type


@dataclass(frozen=True)
class Missing:
    """One lack, and the step of the wizard where it is mended."""

    step: str
    key: str
    message: str


def missing(distribution: Distribution) -> list[Missing]:
    """Return everything that keeps the distribution from going live, in the order of the wizard's steps."""
    channels = list(distribution.channels.select_related("connection"))
    return [
        *_basics(distribution),
        *_ways(channels),
        *_audience(distribution),
        *_gift(distribution),
        *(lack for channel in channels for lack in _words(channel, projects.current())),
    ]


def _basics(distribution: Distribution) -> Iterator[Missing]:
    if not distribution.type:
        yield Missing("type", "type_missing", "Choose whether it is automatic or sent once.")
    if not distribution.name.strip():
        yield Missing("name", "name_missing", "Give it a name.")


def _ways(channels: list[DistributionChannel]) -> Iterator[Missing]:
    if not channels:
        yield Missing("channel", "channel_missing", "Choose at least one channel.")
    for channel in channels:
        provider = channel.connection.provider if channel.connection else ""
        if not carrier_for(channel.type, provider):
            label = Type(channel.type).label
            yield Missing("channel", "channel_not_connected", f"{label} is not connected: choose an account for it.")


def _audience(distribution: Distribution) -> Iterator[Missing]:
    is_manual = distribution.type == Distribution.Type.MANUAL
    if not distribution.trigger_event and not is_manual:
        yield Missing("audience", "trigger_missing", "Choose what sets it off: a segment, or an event.")
    if distribution.segment is None and (is_manual or distribution.trigger_event in MOVES):
        yield Missing("audience", "segment_missing", "Choose a segment.")


def _gift(distribution: Distribution) -> Iterator[Missing]:
    if distribution.action == Distribution.Action.PROMOTION:
        yield from _promotion(distribution)
    if not distribution.gives_codes:
        return
    if distribution.campaign is None:
        yield Missing("campaign", "campaign_missing", "Choose the campaign whose codes are sent.")
    elif distribution.campaign.is_promotion:
        yield Missing(
            "campaign", "campaign_without_codes", "A promotion has no codes. Tell of one of its tiers instead."
        )
    elif not distribution.campaign.active:
        yield Missing("campaign", "campaign_disabled", "The campaign is disabled. Enable it or choose another one.")
    elif distribution.campaign.expiration_date and distribution.campaign.expiration_date <= database_now():
        yield Missing("campaign", "campaign_ended", "The campaign has ended. Choose another one.")


def _promotion(distribution: Distribution) -> Iterator[Missing]:
    tier, now = distribution.promotion_tier, database_now()
    if tier is None:
        yield Missing("campaign", "tier_missing", "Choose the promotion that customers are told of.")
    elif tier.campaign_id != distribution.campaign_id:
        yield Missing("campaign", "tier_of_other_campaign", "The tier belongs to another campaign. Choose again.")
    elif tier.ends_at is not None and tier.ends_at <= now:
        yield Missing("campaign", "tier_ended", "The promotion has ended. Choose another one.")
    elif tier.is_over(now):
        yield Missing("campaign", "tier_disabled", "The promotion is disabled. Enable it or choose another one.")


def _words(channel: DistributionChannel, project: Project) -> Iterator[Missing]:
    if channel.type == Type.WEBHOOK:
        yield from _webhook(channel)
    elif channel.type in {Type.EMAIL, Type.MAILBOX}:
        yield from _letter(channel)
        if channel.type == Type.EMAIL:
            yield from _sender(channel, project)
    else:
        yield from _tool(channel)
        yield from _written(channel, project)


def _webhook(channel: DistributionChannel) -> Iterator[Missing]:
    if not channel.url:
        yield Missing("message", "url_missing", "Give the address that the webhook calls.")
    elif problem := egress.problem_with(channel.url):
        yield Missing("message", "url_refused", f"The webhook's address cannot be used: {problem}")
    for text in _strings(channel.payload):
        for problem in _broken(text):
            yield Missing("message", "payload_broken", f"The payload cannot be filled in: {problem}")


def _letter(channel: DistributionChannel) -> Iterator[Missing]:
    if not channel.subject.strip():
        yield Missing("message", "subject_missing", "Write a subject.")
    if not (channel.html.strip() or channel.text.strip()):
        yield Missing("message", "message_missing", "Write the message.")
    named = {
        "subject": channel.subject,
        "preview line": channel.preheader,
        "message": channel.html,
        "plain text": channel.text,
    }
    for name, text in named.items():
        for problem in _broken(text):
            yield Missing("message", "message_broken", f"The {name} cannot be filled in: {problem}")


def _tool(channel: DistributionChannel) -> Iterator[Missing]:
    """Hold a tool, or a text message, to what its provider takes."""
    kind, label = kind_of(channel.type), Type(channel.type).label
    if kind is None:
        return
    if Takes.TEXT in kind.takes and not channel.text.strip():
        yield Missing("message", "text_missing", "Write the text message.")
    if Takes.TEXT not in kind.takes and not channel.is_told:
        yield Missing("message", "fields_missing", f"Say what is written into {label}: a field, a tag or an event.")
    named = {"text": channel.text, "event": channel.event}
    named |= {f"field {name}": template for name, template in channel.fields.items()}
    named |= {f"tag {tag}": tag for tag in channel.tags}
    for name, template in named.items():
        for problem in _broken(template):
            yield Missing("message", "message_broken", f"The {name} of {label} cannot be filled in: {problem}")


def _written(channel: DistributionChannel, project: Project) -> Iterator[Missing]:
    """Hold what a tool itself writes to the customer to what the tool asks for, and mail to its law."""
    message, label = channel.message, Type(channel.type).label
    if not message:
        return
    is_mail = message["type"] == "email"
    asked = {"from": "Choose who at {} the message is from.", "body": "Write the message that {} sends."}
    asked |= {"subject": "Write the subject of the e-mail that {} sends."} if is_mail else {}
    for name, sentence in asked.items():
        if not message.get(name, "").strip():
            yield Missing("message", f"message_{name}_missing", sentence.format(label))
        for problem in _broken(message.get(name, "")):
            words = f"The {name} of {label}'s message cannot be filled in: {problem}"
            yield Missing("message", "message_broken", words)
    if is_mail:
        yield from _sender(channel, project)


def _sender(channel: DistributionChannel, project: Project) -> Iterator[Missing]:
    """Hold marketing mail, which all is that nobody calls transactional, to its law.

    The link to unsubscribe needs no look: whatever lacks it gets the brand's footer.
    """
    if channel.is_marketing and not project.postal_address:
        yield Missing(
            "message",
            "postal_address_missing",
            "Marketing mail must name a postal address: enter yours in the project settings, or call it transactional.",
        )


def _broken(text: str) -> list[str]:
    return rendering.check(text)[:1] if rendering.is_broken(text) else []


def _strings(payload: object) -> Iterator[str]:
    if isinstance(payload, str):
        yield payload
    elif isinstance(payload, list):
        for item in payload:
            yield from _strings(item)
    elif isinstance(payload, dict):
        for item in payload.values():
            yield from _strings(item)
