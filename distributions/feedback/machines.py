"""Whether a person or a program looked: scanners open every mail and try every link before anybody reads it."""

import re
from collections.abc import Mapping

# Programs that say what they are.
_BOT = re.compile(
    r"bot\b|bot/|crawl|spider|slurp|scan|preview|prefetch|monitor|headless|facebookexternalhit|whatsapp|telegram"
    r"|barracuda|proofpoint|mimecast|symantec|fireeye|trendmicro|safelinks|urldefense|cloudmark|virustotal|linkcheck",
    re.IGNORECASE,
)
# Libraries and proxies: some fetch at the moment a mail arrives, some only when a person opens it.
_LIBRARY = re.compile(
    r"^(?:mozilla/[\d.]+)?$|curl|wget|python|urllib|httpx|aiohttp|java\b|okhttp|go-http|libwww|perl|ruby|axios|node"
    r"|imageproxy|mailproxy|apache-http",
    re.IGNORECASE,
)
_PREFETCH = ("Purpose", "Sec-Purpose", "X-Purpose", "X-Moz")


def is_bot(agent: str, headers: Mapping[str, str]) -> bool:
    """Tell whether this is never a person: a program that names itself, or a browser that only looks ahead."""
    looks_ahead = any("pre" in headers.get(name, "").lower() for name in _PREFETCH)
    return looks_ahead or bool(_BOT.search(agent))


def is_library(agent: str) -> bool:
    """Tell whether a program may do this without a person, or on behalf of one."""
    return bool(_LIBRARY.search(agent.strip()))
