"""One customer held against rules that need not be saved yet: yes or no, rule by rule, in words."""

from dataclasses import dataclass

from customers.models import Customer
from events import pipeline
from events.clock import database_now
from segments import conditions
from segments.conditions import Clause, leaves
from segments.conditions.needs import needs_of
from segments.telling.explanation import facts_of
from segments.telling.representation import segment_names


@dataclass(frozen=True)
class Line:
    """A verdict and what it is about."""

    matches: bool
    text: str


def check(filter: object, customer: Customer) -> list[Line]:
    """Judge a customer as she stands now; the first line is the whole, the others are its rules."""
    tree = conditions.parse(filter)
    pipeline.wait_until_applied()
    now = database_now()
    verdict = conditions.evaluate(tree, facts_of(customer, tree, now), now)
    names = segment_names(needs_of([tree]).segments)
    said = {path: conditions.sentence(leaf, names) for path, leaf in leaves(tree)}
    whole = f"{customer} {'matches' if verdict.matches else 'does not match'} now."
    if verdict.next_boundary:
        whole += f" Time alone may change that at {verdict.next_boundary:%Y-%m-%d %H:%M:%S} UTC."
    return [Line(verdict.matches, whole), *(_line(clause, said[clause.path]) for clause in verdict.evidence)]


def _line(clause: Clause, sentence: str) -> Line:
    if not clause.evidence:
        return Line(clause.matches, sentence)
    newest = max(occurrence.occurred_at for occurrence in clause.evidence)
    return Line(clause.matches, f"{sentence} Latest: {newest:%Y-%m-%d %H:%M:%S} UTC.")
