"""Validation rules, in plain Python: read, understood, judged.

``parse`` what was said, ask ``needs`` which facts to gather, put them into a ``Case`` and ``judge`` it.
"""

from campaigns.rules.case import Case, CustomerFacts, Item, OrderFacts
from campaigns.rules.judging import Verdict, judge, judge_all
from campaigns.rules.needs import Needs, needs
from campaigns.rules.parsing import parse
from campaigns.rules.tree import ApplicableTo, RuleError, RuleSet, Target

__all__ = [
    "ApplicableTo",
    "Case",
    "CustomerFacts",
    "Item",
    "Needs",
    "OrderFacts",
    "RuleError",
    "RuleSet",
    "Target",
    "Verdict",
    "judge",
    "judge_all",
    "needs",
    "parse",
]
