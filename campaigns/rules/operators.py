"""What a condition may say: the operators, their words, and for which kinds of value they make sense."""

from typing import Final

SETS: Final = {"$is": "is", "$is_not": "is not", "$in": "is one of", "$not_in": "is none of"}
ORDERING: Final = {
    "$more_than": "is more than",
    "$more_than_or_equal": "is at least",
    "$less_than": "is less than",
    "$less_than_or_equal": "is at most",
}
TEXTS: Final = {"$starts_with": "starts with", "$ends_with": "ends with", "$contains": "contains"}
ARRAYS: Final = {
    "$count": "has as many elements as",
    "$count_more": "has more elements than",
    "$count_less": "has fewer elements than",
    "$not_differ": "has the same elements as",
    "$not_intersect": "shares no element with",
}
TIMES: Final = {"$after": "is after", "$before": "is before"}
DAYS: Final = {
    "$more_than_ago": "lies back more than",
    "$less_than_ago": "lies back less than",
    "$is_days_ago": "lies back exactly",
    "$more_than_future": "lies ahead more than",
    "$less_than_future": "lies ahead less than",
    "$is_days_in_future": "lies ahead exactly",
}
FRAMES: Final = {
    "$timeframe": "recurs within",
    "$timeframe_absolute": "lies between",
    "$timeframe_daily_hours": "lies within the hours",
    "$dow": "falls on",
}
FROM: Final = "$from"

WORDS: Final = {**SETS, **ORDERING, **TEXTS, **ARRAYS, **TIMES, **DAYS, **FRAMES, FROM: "from"}
# Spellings of segment filters and of published examples.
ALIASES: Final = {
    "$greater_than": "$more_than",
    "$greater_than_or_equal": "$more_than_or_equal",
    "$more_than_equal": "$more_than_or_equal",
    "$less_than_equal": "$less_than_or_equal",
}

SEGMENT, NUMBER, MONEY, TEXT, FLAG, TARGETS, FREE = "segment", "number", "money", "text", "flag", "targets", "free"
ALLOWED: Final = {
    SEGMENT: {*SETS},
    NUMBER: {*SETS, *ORDERING},
    MONEY: {*SETS, *ORDERING},
    TEXT: {*SETS, *TEXTS},
    FLAG: {"$is", "$is_not"},
    TARGETS: {*SETS, FROM},
    FREE: {*SETS, *ORDERING, *TEXTS, *ARRAYS, *TIMES, *DAYS, *FRAMES},
}
