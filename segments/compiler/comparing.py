"""Tests on one value, in SQL over a jsonb expression: the same answers as ``conditions.values`` gives in Python."""

import json
from datetime import datetime

from segments.compiler.fragments import Fragment, all_of, build, value
from segments.conditions.operators import AGO, ORDERING
from segments.conditions.spans import Stretch, stretch_of
from segments.conditions.tree import Scalar, ValueTest
from segments.conditions.values import MOMENT_PATTERN, as_moment

_SIGNS = {"more_than": ">", "less_than": "<", "at_least": ">=", "at_most": "<=", "exactly": "="}


def passes(test: ValueTest, subject: Fragment, now: datetime, moment: Fragment | None = None) -> Fragment:
    """Return the condition that a jsonb value passes a test; ``moment`` is its instant where a column holds one."""
    operator = test.operator
    if operator == "is_unknown":
        return build("({} IS NULL OR jsonb_typeof({}) = 'null')", subject, subject)
    if operator in AGO:
        return within_stretch(stretch_of(operator, test.operands, test.unit), moment or _moment(subject), now)
    return all_of(build("jsonb_typeof({}) <> 'null'", subject), _known(test, subject, moment))


def number_holds(operator: str, operands: tuple[Scalar, ...], number: Fragment) -> Fragment:
    """Return the condition that a numeric expression satisfies an operator."""
    bounds = [value(str(each), "numeric") for each in operands]
    if operator == "between":
        return build("{} BETWEEN {} AND {}", number, *bounds)
    return build(f"{{}} {_SIGNS[operator]} {{}}", number, *bounds)


def within_stretch(stretch: Stretch, anchor: Fragment, now: datetime) -> Fragment:
    """Return the condition that an instant is such that now lies in the stretch after it."""
    parts = []
    if stretch.begins is not None:
        parts.append(build("{} <= {}", anchor, value(now - stretch.begins, "timestamptz")))
    if stretch.ends is not None:
        parts.append(build("{} > {}", anchor, value(now - stretch.ends, "timestamptz")))
    return all_of(*parts)


def _known(test: ValueTest, subject: Fragment, moment: Fragment | None) -> Fragment:
    match test.operator:
        case "has_value":
            return Fragment("TRUE")
        case "exactly" | "in":
            return _equals(subject, test.operands)
        case "is_not" | "not_in":
            return build("NOT {}", _equals(subject, test.operands))
        case "contains":
            return _contains(subject, test.operands[0])
        case "not_contain":
            return build("NOT {}", _contains(subject, test.operands[0]))
        case "starts_with" | "ends_with":
            return _edge(test.operator, subject, str(test.operands[0]))
        case "after" | "before":
            sign = ">" if test.operator == "after" else "<"
            bound = value(as_moment(str(test.operands[0])), "timestamptz")
            return build(f"({{}} {sign} {{}})", moment or _moment(subject), bound)
    if test.operator not in ORDERING:
        raise ValueError(f"{test.operator} is no test on a value")
    comparison = number_holds(test.operator, test.operands, build("({})::numeric", subject))
    return build("CASE WHEN jsonb_typeof({}) = 'number' THEN {} ELSE FALSE END", subject, comparison)


def _equals(subject: Fragment, operands: tuple[Scalar, ...]) -> Fragment:
    return build("({} = ANY({}))", subject, value([json.dumps(each) for each in operands], "text[]::jsonb[]"))


def _contains(subject: Fragment, wanted: Scalar) -> Fragment:
    substring = (
        build("position({} in {}) > 0", value(wanted, "text"), _text(subject))
        if isinstance(wanted, str)
        else Fragment("FALSE")
    )
    element = build("{} @> jsonb_build_array({})", subject, value(json.dumps(wanted), "jsonb"))
    template = "(CASE jsonb_typeof({}) WHEN 'string' THEN {} WHEN 'array' THEN {} ELSE FALSE END)"
    return build(template, subject, substring, element)


def _edge(operator: str, subject: Fragment, wanted: str) -> Fragment:
    text = _text(subject)
    if operator == "starts_with":
        held = build("starts_with({}, {})", text, value(wanted, "text"))
    else:
        held = build("right({}, {}) = {}", text, value(len(wanted), "int"), value(wanted, "text"))
    return build("CASE WHEN jsonb_typeof({}) = 'string' THEN {} ELSE FALSE END", subject, held)


def _text(subject: Fragment) -> Fragment:
    return build("({} #>> '{{}}')", subject)


def _moment(subject: Fragment) -> Fragment:
    """Return the instant a text names, or NULL. The pattern keeps out what only one of the two readers accepts."""
    text = _text(subject)
    return build(
        "CASE WHEN jsonb_typeof({}) = 'string' AND {} ~ {} AND pg_input_is_valid({}, 'timestamptz') "
        "THEN ({})::timestamptz END",
        subject,
        text,
        value(MOMENT_PATTERN, "text"),
        text,
        text,
    )
