"""The logic of a rule: ``1 and (2 or 3)``, in any case, read and judged."""

import re
from collections.abc import Callable, Collection
from typing import Final, Literal

from campaigns.rules.tree import Expression, Joined, Named, RuleError

LONGEST: Final = 2_000
DEEPEST: Final = 20
_token = re.compile(r"\s*(?:(\d{1,4}(?!\d))|(and|or)\b|([()])|(\S+))", re.IGNORECASE | re.ASCII)


def parse(path: str, text: str, known: Collection[str]) -> Expression | None:
    """Return the expression; none is said where the text is empty. Raise ``RuleError`` where it is no logic."""
    if len(text) > LONGEST:
        raise RuleError(path, f"The logic has at most {LONGEST} characters.")
    reader = _Reader(path, _words(path, text), known)
    if not reader.words:
        return None
    expression = reader.joined(depth=1)
    if reader.words:
        raise RuleError(path, f"The logic is not understood at '{reader.words[0]}'.")
    return expression


def all_of(keys: Collection[str]) -> str:
    """Return the logic that demands every rule."""
    return " and ".join(keys)


def holds(expression: Expression, rule_holds: Callable[[str], bool]) -> bool:
    if isinstance(expression, Named):
        return rule_holds(expression.key)
    parts = (holds(part, rule_holds) for part in expression.parts)
    return all(parts) if expression.junction == "and" else any(parts)


class _Reader:
    """Takes words from the front: ``or`` joins less tightly than ``and``."""

    def __init__(self, path: str, words: list[str], known: Collection[str]) -> None:
        self.path = path
        self.words = words
        self.known = known

    def joined(self, depth: int, junction: Literal["or", "and"] = "or") -> Expression:
        parts = [self._part(depth, junction)]
        while self.words and self.words[0] == junction:
            self.words.pop(0)
            parts.append(self._part(depth, junction))
        return parts[0] if len(parts) == 1 else Joined(junction, tuple(parts))

    def _part(self, depth: int, junction: Literal["or", "and"]) -> Expression:
        return self.joined(depth, "and") if junction == "or" else self._one(depth)

    def _one(self, depth: int) -> Expression:
        word = self.words.pop(0) if self.words else ""
        if word == "(":
            return self._bracketed(depth)
        if not word.isdigit():
            said = f"not '{word}'" if word else "but it ends"
            raise RuleError(self.path, f"The logic needs a rule's number here, {said}.")
        if word not in self.known:
            raise RuleError(self.path, f"The logic names the rule {word}, which is not there.")
        return Named(word)

    def _bracketed(self, depth: int) -> Expression:
        if depth >= DEEPEST:
            raise RuleError(self.path, f"Parentheses may be nested at most {DEEPEST} deep.")
        expression = self.joined(depth + 1)
        if not self.words or self.words.pop(0) != ")":
            raise RuleError(self.path, "A parenthesis of the logic is not closed.")
        return expression


def _words(path: str, text: str) -> list[str]:
    words = []
    for number, junction, parenthesis, other in _token.findall(text):
        if other:
            raise RuleError(path, f"The logic knows rule numbers, and, or and parentheses; not '{other[:40]}'.")
        words.append(number or junction.lower() or parenthesis)
    return words
