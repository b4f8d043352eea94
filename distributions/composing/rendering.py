"""A channel's words for one customer: subject, HTML and text, complete with what the law wants in marketing mail."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from designs.marks import marks
from distributions.channels import mime
from distributions.composing import plain_text, sampling, sandbox, tracked
from distributions.composing.merge_fields import MERGE_FIELDS, context_for
from distributions.composing.sandbox import TemplateError
from distributions.models import DistributionChannel

__all__ = [
    "MERGE_FIELDS", "Rendered", "TemplateError", "check", "context_for", "render", "render_body",
    "render_payload", "render_plain", "render_subject",
]  # fmt: skip

LONGEST_SUBJECT = 900

_FOOTER_HTML = (
    '<div style="margin-top:32px;padding-top:12px;border-top:1px solid #ddd;font-size:12px;color:#777">'
    "{{ brand.name }}{% if brand.postal_address %}<br>{{ brand.postal_address }}{% endif %}"
    '<br><a href="{{ unsubscribe_url }}" style="color:#777">Unsubscribe</a>'
    '{% if preferences_url %} &middot; <a href="{{ preferences_url }}" style="color:#777">Manage preferences</a>'
    "{% endif %}</div>"
)
_FOOTER_TEXT = (
    "\n\n-- \n{{ brand.name }}{% if brand.postal_address %}\n{{ brand.postal_address }}{% endif %}"
    "\nUnsubscribe: {{ unsubscribe_url }}"
    "{% if preferences_url %}\nManage preferences: {{ preferences_url }}{% endif %}"
)
# Mail programs show the beginning of the body behind the subject: the preheader first, then nothing they could show.
_PREHEADER = (
    '<div style="display:none;max-height:0;overflow:hidden;mso-hide:all">{words}' + "&#847;&zwnj;&nbsp;" * 30 + "</div>"
)
_BODY_BEGIN = re.compile(r"<body\b[^<>]*>", re.IGNORECASE)
_BODY_END = re.compile(r"</body\s*>", re.IGNORECASE)
_OUTPUT = re.compile(r"\{\{-?\s*([\w.\[\]\"'-]+)(.*)", re.DOTALL)


@dataclass(frozen=True)
class Rendered:
    """A message as it will be handed over."""

    subject: str = ""
    html: str = ""
    text: str = ""
    # In a message it stands within the HTML; for whoever only looks, previews tell it apart too.
    preheader: str = ""


def render(channel: DistributionChannel, context: Mapping[str, Any]) -> Rendered:
    """Return the channel's message with the context filled in; raise TemplateError where its words are broken."""
    address = context["brand"]["postal_address"]
    source = channel.inlined_html or channel.html
    html, text = _whole(source, channel.preheader, channel.text, channel.is_marketing, address)
    if context.get("message_key"):
        html = tracked.prepared(html)
    subject = render_subject(channel.subject, context)
    return Rendered(subject, sandbox.render_html(html, context), sandbox.render_text(text, context))


def render_subject(subject: str, context: Mapping[str, Any]) -> str:
    """Return a subject on one line, with the context filled in; raise TemplateError where it is broken."""
    return mime.one_line(sandbox.render_text(subject, context))[:LONGEST_SUBJECT]


def render_body(html: str, context: Mapping[str, Any], *, has_footer: bool) -> str:
    """Return the HTML of a message that a tool writes, with the footer that marketing mail needs where it lacks one."""
    whole, _text = _whole(html, "", "", has_footer, context["brand"]["postal_address"])
    return sandbox.render_html(whole, context)


@lru_cache(maxsize=128)
def _whole(html: str, preheader: str, text: str, is_marketing: bool, postal_address: str) -> tuple[str, str]:
    """Return the templates of HTML and text with preheader and, where they lack it, the footer."""
    text = text or plain_text.as_text(html)
    if is_marketing and lacks_footer(html, postal_address):
        html = _inserted(html, _FOOTER_HTML, _BODY_END) if html else html
    if is_marketing and lacks_footer(text, postal_address):
        text += _FOOTER_TEXT
    if preheader and html:
        html = _inserted(html, _PREHEADER.format(words=preheader), _BODY_BEGIN, behind=True)
    return html, text


def lacks_footer(template: str, postal_address: str) -> bool:
    """Tell whether a template lacks the unsubscribe link or the postal address."""
    has_address = "brand.postal_address" in template or bool(postal_address and postal_address in template)
    return "unsubscribe_url" not in template or not has_address


def _inserted(html: str, piece: str, place: re.Pattern[str], *, behind: bool = False) -> str:
    found = place.search(html)
    if found is None:
        return piece + html if behind else html + piece
    at = found.end() if behind else found.start()
    return html[:at] + piece + html[at:]


def render_plain(text: str, context: Mapping[str, Any]) -> str:
    """Return a plain text with the context filled in; raise TemplateError where it is broken."""
    return sandbox.render_text(text, context)


def render_payload(payload: object, context: Mapping[str, Any]) -> object:
    """Return a designed payload with the Liquid in its strings filled in; names and other values stay."""
    if isinstance(payload, str):
        return sandbox.render_text(payload, context)
    if isinstance(payload, list):
        return [render_payload(item, context) for item in payload]
    if isinstance(payload, dict):
        return {name: render_payload(value, context) for name, value in payload.items()}
    return payload


def check(text: str) -> list[str]:
    """Return what is wrong with a template, as sentences: broken Liquid, unknown fields, a missing fallback."""
    if refusal := sampling.refusal(text):
        return [refusal]
    known = {field.name: field for field in MERGE_FIELDS}
    problems = []
    for name, filters in (found.groups() for mark in marks(text) if (found := _OUTPUT.match(mark))):
        field = known.get(name)
        root = name.split(".", 1)[0]
        if field is not None and field.needs_fallback and "default" not in filters:
            problems.append(f'{{{{ {name} }}}} has no fallback: write {{{{ {name} | default: "..." }}}}.')
        elif field is None and root in {"voucher", "campaign", "promotion_tier", "brand"}:
            problems.append(f"{{{{ {name} }}}} is not a field of a message.")
    return list(dict.fromkeys(problems))


def is_broken(text: str) -> bool:
    """Tell whether a template cannot be rendered for anybody."""
    return bool(sampling.refusal(text))
