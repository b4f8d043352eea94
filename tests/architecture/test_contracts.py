"""The import contracts of pyproject.toml hold."""

import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command

ROOT = Path(__file__).resolve().parents[2]


def test_every_import_follows_the_house() -> None:
    lint_imports = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run([lint_imports, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.django_db
def test_the_migrations_tell_what_the_models_say() -> None:
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)
