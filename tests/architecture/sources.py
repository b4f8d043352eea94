"""The product's own source files, parsed once, for the tests that hold the house's nevers."""

import ast
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
APPS = (
    "access",
    "backlog",
    "schemas",
    "designs",
    "customers",
    "events",
    "orders",
    "segments",
    "campaigns",
    "rewards",
    "distributions",
    "exports",
    "transfers",
    "webhooks",
    "promo_site",
)


@dataclass(frozen=True)
class Source:
    path: Path
    tree: ast.Module
    lines: int

    @property
    def app(self) -> str:
        return self.path.parts[0]

    @property
    def name(self) -> str:
        return str(self.path)

    def functions(self) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
        return [node for node in ast.walk(self.tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


@cache
def product_sources() -> tuple[Source, ...]:
    """Return every Python module of the apps, migrations excepted."""
    found = []
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            if "migrations" not in path.parts:
                text = path.read_text()
                found.append(Source(path.relative_to(ROOT), ast.parse(text), text.count("\n")))
    return tuple(found)


@cache
def templates() -> tuple[Path, ...]:
    return tuple(sorted((ROOT / "templates").rglob("*.html")))


def tracked_files() -> list[str]:
    listing = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    return listing.stdout.split("\n")
