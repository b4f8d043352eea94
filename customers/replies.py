"""What somebody means who answers a text message: to be left alone, to be written to again, or to know who it is.

The law takes any plain wish to stop for one, whatever its words, so a short reply that holds such a wish is read as
one. What nobody could mean as a wish is left to people. Plain Python.
"""

import re
import unicodedata
from enum import StrEnum
from typing import Final


class Wish(StrEnum):
    STOP = "stop"
    START = "start"
    HELP = "help"


# As the carriers' rules name them, with the spellings that people use.
_WORDS: Final = {
    Wish.STOP: frozenset({
        "stop", "stopall", "stop all", "unsubscribe", "unsub", "cancel", "end", "quit", "revoke", "optout", "opt out",
        "remove", "remove me", "take me off", "leave me alone", "arret", "stopp", "alto", "no more",
    }),
    Wish.START: frozenset({"start", "unstop", "subscribe", "resubscribe", "optin", "opt in", "resume"}),
    Wish.HELP: frozenset({"help", "info", "help me", "who is this", "who are you", "hilfe", "ayuda"}),
}  # fmt: skip

_COURTESY: Final = re.compile(r"\b(?:please|pls|plz|thanks|thank you|thx|now|hi|hello|hey|ok|okay|just|kindly)\b")
_MAIL: Final = r"(?:texts?|messages?|msgs?|sms|ads?|adverts?|offers?|promos?|promotions?|marketing|notifications?|spam)"
_STOPS: Final = re.compile(
    rf"\bstop(?:\s+(?:all|it|this|that|sending|texting|messaging|writing|contacting|spamming|bothering|to\s+\d+)\b|$)"
    rf"|\bstop\s+(?:(?:the|these|those|your|with|all|any|more|me)\s+)*{_MAIL}\b"
    r"|\b(?:unsubscribe|unsub|opt(?:\s+me)?\s*out)\b"
    r"|\b(?:remove|delete|take)\s+(?:me|my\s+(?:number|phone))\b"
    r"|\b(?:do\s*not|don'?t|never)\s+(?:ever\s+)?(?:text|message|msg|contact|write|sms|send)\b"
    rf"|\bno\s+more\s+(?:of\s+)?(?:(?:the|these|your)\s+)*{_MAIL}\b"
    rf"|\b(?:cancel|end|quit)\s+(?:(?:all|the|these|this|my|your|sms|text|sending)\s+)*(?:{_MAIL}|subscription)\b"
    r"|\bleave\s+me\s+alone\b"
)
# "Don't stop", and words about something else that stops.
_NOT_A_STOP: Final = re.compile(r"\b(?:do\s*not|don'?t|never|won'?t|can'?t)\s+stop\b|\b(?:bus|train|next)\s+stop\b")
# A long letter is about something; a person reads it.
_LONGEST: Final = 160
_SIGNS: Final = re.compile(r"[^\w\s']+")


def wish_of(text: str) -> Wish | None:
    """Return what a reply asks for; None where it asks for nothing of this kind."""
    said = plain(text)
    for wish, words in _WORDS.items():
        if said in words:
            return wish
    short = len(said) <= _LONGEST
    return Wish.STOP if short and _STOPS.search(said) and not _NOT_A_STOP.search(said) else None


def plain(text: str) -> str:
    """Return a reply in small letters, without accents, punctuation, pictures and courtesies."""
    decomposed = unicodedata.normalize("NFKD", text[:1600].replace("’", "'"))
    bare = "".join(sign for sign in decomposed if not unicodedata.combining(sign) and sign not in "\u200b\u200d\ufe0f")
    words = _SIGNS.sub(" ", bare.lower().replace("opt-", "opt ").replace("_", " "))
    return " ".join(_COURTESY.sub(" ", words).split()).strip("'")
