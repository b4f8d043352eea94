"""A letter read as a careful colleague would before it goes out: what is wrong, what is doubtful, what is well."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import NamedTuple
from urllib.parse import urlsplit

from access.models import Project
from designs import tags
from distributions.composing import rendering
from distributions.composing.rendering import Rendered
from distributions.models import DistributionChannel

# Gmail cuts a message off behind this, and the way to unsubscribe with it.
HEAVIEST = 102 * 1024
SHOWN_ON_PHONES, LONGEST = 40, 78
# The picture that a block brings, and where the signs of social networks are.
SAMPLE, SIGNS = "/static/designs/picture.png", "/static/designs/social/"
GOOD, DOUBTFUL, WRONG = "", "is-warn", "is-bad"

_HOST = re.compile(r"[\w-]+(\.[\w-]+)*\Z")


class Proof(NamedTuple):
    """One finding: its grade, as the page's lists draw it, and a sentence."""

    grade: str
    sentence: str


def proofs(channel: DistributionChannel, rendered: Rendered | None, project: Project) -> list[Proof]:
    """Return what is to be said of a letter; ``rendered`` is how one customer would receive it."""
    found = [
        Proof(WRONG, problem)
        for text in (channel.subject, channel.preheader, channel.html, channel.text)
        for problem in rendering.check(text)
    ]
    found += [_subject(channel.subject, rendered), _footer(channel, project)]
    found += _empty_fields(channel, project)
    if not channel.preheader:
        sentence = "There is no preview line; inboxes will show the first words of the message instead."
        found.append(Proof(DOUBTFUL, sentence))
    if rendered is not None and rendered.html:
        found += _body(rendered.html)
    return found


def _subject(template: str, rendered: Rendered | None) -> Proof:
    subject = rendered.subject if rendered else template
    if not subject.strip():
        return Proof(WRONG, "The subject is empty.")
    if len(subject) > LONGEST:
        return Proof(DOUBTFUL, f"The subject has {len(subject)} characters; phones show about {SHOWN_ON_PHONES}.")
    return Proof(GOOD, f"The subject has a good length ({len(subject)} characters).")


def _footer(channel: DistributionChannel, project: Project) -> Proof:
    if not project.postal_address:
        return Proof(WRONG, "Your postal address is missing. Add it in the project settings before going live.")
    if not channel.is_marketing:
        return Proof(GOOD, "It is transactional, so it needs no unsubscribe link.")
    if not rendering.lacks_footer(channel.html or channel.text, project.postal_address):
        return Proof(GOOD, "The unsubscribe link and your postal address are in the message.")
    if "unsubscribe_url" in channel.html:
        return Proof(DOUBTFUL, "Your postal address is not in the message; a footer with it is added by itself.")
    return Proof(DOUBTFUL, "The message has no unsubscribe link of its own; a footer with it is added by itself.")


def _empty_fields(channel: DistributionChannel, project: Project) -> Iterator[Proof]:
    """Tell of fields that are empty for everybody, because the shop itself has not said them yet."""
    words = f"{channel.subject} {channel.html} {channel.text}"
    if "brand.website" in words and not project.website:
        yield Proof(WRONG, "The message links to your website, which is not set. Add it in the project settings.")
    if "brand.name" in words and not project.brand_name:
        yield Proof(DOUBTFUL, "The message names your shop, whose name is not set. Add it in the project settings.")
    if "brand.logo_url" in words and not project.logo_url:
        yield Proof(WRONG, "The message shows your logo, whose address is not set. Add it in the project settings.")
    distribution = channel.distribution
    if "voucher." in words and not (distribution.gives_codes and distribution.campaign_id):
        yield Proof(WRONG, "The message shows a code, but no campaign is chosen that gives one.")
    if "promotion_tier." in words and distribution.promotion_tier_id is None:
        yield Proof(WRONG, "The message shows a promotion, but none is chosen.")


def _body(html: str) -> Iterator[Proof]:
    weight = len(html.encode())
    if weight > HEAVIEST:
        yield Proof(WRONG, f"The message weighs {weight // 1024} kB; Gmail cuts it off behind 102 kB.")
    else:
        yield Proof(GOOD, f"The message weighs {max(weight // 1024, 1)} kB of at most 102 kB.")
    reader = _Reader()
    reader.feed(tags.finite(html))
    reader.close()
    yield from _links(reader.links)
    if bare := reader.bare:
        pictures = "1 picture has" if bare == 1 else f"{bare} pictures have"
        yield Proof(WRONG, f"{pictures} no alternative text, which is all that many readers see.")
    yield from _pictures(reader.pictures)
    if reader.signs:
        sentence = f"The sign of {reader.signs[0]} leads nowhere. Give it the address of your page there, or delete it."
        yield Proof(WRONG, sentence)


def _links(links: list[tuple[str, str]]) -> Iterator[Proof]:
    broken = [(words or "a picture", why) for address, words in links if (why := _broken(address))]
    for words, why in list(dict.fromkeys(broken))[:8]:
        yield Proof(WRONG, f"The link “{words[:40]}” {why}.")
    if links and not broken:
        yield Proof(GOOD, f"All {len(links)} links lead somewhere." if len(links) > 1 else "Its link leads somewhere.")


def _broken(address: str) -> str:
    """Return why an address leads nowhere, or nothing where it can be followed. Nobody is asked for it."""
    if not address.strip() or address.strip() == "#":
        return "has no address"
    try:
        parts = urlsplit(address.strip())
        host, _port = parts.hostname, parts.port
    except ValueError:
        return f"has an address that is none: {address[:60]}"
    if parts.scheme in {"mailto", "tel"}:
        return "" if parts.path else "has no address"
    if parts.scheme not in {"http", "https"}:
        return f"does not begin with https://: {address[:60]}"
    if not host or not (_HOST.match(host) or ":" in host) or " " in address.strip():
        return f"has an address that is none: {address[:60]}"
    return ""


def _pictures(sources: list[str]) -> Iterator[Proof]:
    if any(source.endswith(SAMPLE) for source in sources):
        yield Proof(WRONG, "A picture is still the sample. Choose one of yours, or delete it.")
    empty = sum(not source.strip() for source in sources)
    if empty:
        yield Proof(WRONG, f"{empty} picture{'s have' if empty > 1 else ' has'} no file yet.")
    if insecure := [source for source in sources if source.startswith("http://") and _is_outside(source)]:
        yield Proof(DOUBTFUL, f"A picture comes over plain http, and mail programs may hide it: {insecure[0][:80]}")


def _is_outside(source: str) -> bool:
    return urlsplit(source).hostname not in {"127.0.0.1", "localhost"}


class _Reader(HTMLParser):
    """Gathers links with their words, and pictures."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.links: list[tuple[str, str]] = []
        self.pictures: list[str] = []
        self.bare = 0
        # Signs of social networks that are no links.
        self.signs: list[str] = []
        self._address: str | None = None
        self._words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "a" and "href" in given:
            self._address, self._words = given["href"] or "", []
        elif tag == "img":
            source = given.get("src") or ""
            self.pictures.append(source)
            if SIGNS in source and not self._address:
                self.signs.append(given.get("alt") or "a network")
            self.bare += not (given.get("alt") or "").strip()
            self._words.append(given.get("alt") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self._address is not None:
            self.links.append((self._address, " ".join("".join(self._words).split())))
            self._address = None

    def handle_data(self, data: str) -> None:
        self._words.append(data)
