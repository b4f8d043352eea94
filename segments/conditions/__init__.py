"""What a segment's filter means: read it, say it in words, judge one customer by it. Plain Python, no database."""

from segments.conditions.evaluation import Clause, Facts, Happened, Occurrence, Verdict, evaluate, judge, judging
from segments.conditions.needs import listens_to
from segments.conditions.parsing import parse
from segments.conditions.tree import Condition, ConditionError, Group, leaves
from segments.conditions.wording import sentence, to_json

__all__ = [
    "Clause",
    "Condition",
    "ConditionError",
    "Facts",
    "Group",
    "Happened",
    "Occurrence",
    "Verdict",
    "evaluate",
    "judge",
    "judging",
    "leaves",
    "listens_to",
    "parse",
    "sentence",
    "to_json",
]
