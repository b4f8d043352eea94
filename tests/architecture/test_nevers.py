"""The nevers of the house, held by reading the source."""

import ast
import re
from collections.abc import Iterator

from tests.architecture.sources import APPS, ROOT, Source, product_sources, templates

DRAWERS = {"utils", "util", "helpers", "helper", "services", "service", "misc", "common", "core", "managers"}
SIGNALS = {"post_save", "pre_save", "post_delete", "pre_delete", "m2m_changed"}
WRITES = {"create", "bulk_create", "get_or_create", "update_or_create", "bulk_update", "update", "delete"}

# The one place from which each app's rows are written: its own capability modules. Interfaces never write.
INTERFACES = {"api", "views", "admin", "forms", "tasks", "reactions", "urls"}


def test_no_module_is_a_drawer() -> None:
    assert [source.name for source in product_sources() if source.path.stem in DRAWERS] == []


def test_no_module_holds_two_ideas() -> None:
    assert [(source.name, source.lines) for source in product_sources() if source.lines > 250] == []


def test_no_function_is_longer_than_fifty_lines() -> None:
    long = [
        f"{source.name}:{function.lineno} {function.name}"
        for source in product_sources()
        for function in source.functions()
        if (function.end_lineno or 0) - function.lineno >= 50
    ]
    assert long == []


def test_nothing_of_ours_is_imported_inside_a_function() -> None:
    assert [place for source in product_sources() for place in _hidden_imports(source)] == []


def _hidden_imports(source: Source) -> Iterator[str]:
    for function in source.functions():
        for node in ast.walk(function):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            if any(name.split(".")[0] in APPS for name in names):
                yield f"{source.name}:{node.lineno}"


def test_the_flow_is_not_carried_by_signals() -> None:
    users = [
        f"{source.name}:{node.lineno}"
        for source in product_sources()
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Name | ast.Attribute)
        and (getattr(node, "id", "") or getattr(node, "attr", "")) in SIGNALS
    ]
    assert users == []


def test_interfaces_write_no_rows() -> None:
    writers = [
        f"{source.name}:{call.lineno}"
        for source in product_sources()
        if source.path.stem in INTERFACES or source.path.parts[1] in INTERFACES
        for call in ast.walk(source.tree)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and _writes(call.func)
    ]
    assert writers == []


def _writes(function: ast.Attribute) -> bool:
    """Tell whether this reads like ``Model.objects....write()``."""
    if function.attr not in WRITES:
        return False
    return any(isinstance(node, ast.Attribute) and node.attr == "objects" for node in ast.walk(function.value))


def test_a_task_takes_ids_and_calls_one_capability() -> None:
    fat = [
        f"{source.name}:{function.lineno} {function.name}"
        for source in product_sources()
        if source.path.stem == "tasks"
        for function in source.functions()
        if function.end_lineno - function.body[0].lineno >= 8
        or (function.returns and ast.unparse(function.returns) != "None")
    ]
    assert fat == []


def test_no_exception_is_swallowed() -> None:
    silent = [
        f"{source.name}:{node.lineno}"
        for source in product_sources()
        for node in ast.walk(source.tree)
        if isinstance(node, ast.ExceptHandler) and all(isinstance(line, ast.Pass) for line in node.body)
    ]
    assert silent == []


def test_pages_hold_no_inline_script_or_style() -> None:
    inline = re.compile(r"<script(?![^>]*\b(?:src|type=\"application/json\"))[^>]*>|\sstyle=|\son\w+=\"|\|\s*safe\b")
    found = [
        f"{path.name}:{number}"
        for path in templates()
        if "mail" not in path.parts
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if inline.search(line)
    ]
    assert found == []


def test_pages_load_nothing_from_outside() -> None:
    outside = re.compile(r"<(?:script|link|img|iframe)[^>]+(?:src|href)=\"(?:https?:)?//")
    assert [path.name for path in templates() if outside.search(path.read_text())] == []


def test_every_setting_that_an_operator_may_give_stands_in_the_readme() -> None:
    names = set()
    for source in product_sources():
        if source.app == "promo_site":
            names |= set(re.findall(r'environment\.\w+\("([A-Z_]+)"', (ROOT / source.path).read_text()))
    readme = (ROOT / "README.md").read_text()
    assert sorted(name for name in names if name not in readme) == []


def test_no_naive_moment_is_made() -> None:
    naive = re.compile(r"datetime\.(?:utcnow|now)\(\s*\)|datetime\.utcfromtimestamp")
    assert [source.name for source in product_sources() if naive.search((ROOT / source.path).read_text())] == []
