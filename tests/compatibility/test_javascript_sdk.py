"""The official JavaScript SDK, unmodified, against the running product. Needs Node; says so where there is none."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.compatibility import document
from tests.compatibility.shop import Shop
from tests.compatibility.steps import Step, Story, rows
from tests.product import Product

HERE = Path(__file__).parent / "javascript"
NODE, NPM = shutil.which("node"), shutil.which("npm")
TIERS = "loyalty programs have no tiers; segments tell members apart"
OF_TIERS = ("createTiers", "getTier", "listTiers", "listLoyaltyTier", "listMemberLoyaltyTiers")
REFUSED = {
    **{f"loyalties.{method}": TIERS for method in OF_TIERS},
    "vouchers.qualifications.": "superseded by qualifications.checkEligibility",
    "campaigns.qualifications.": "superseded by qualifications.checkEligibility",
    "validationRules.validate": "rules are judged by validations",
}

pytestmark = [
    pytest.mark.journey,
    pytest.mark.xdist_group("product"),
    pytest.mark.skipif(not (NODE and NPM), reason="No Node was found: the JavaScript SDK is not tried."),
]


def test_the_javascript_sdk_finds_all_as_it_expects_and_the_table_says_so(
    request: Any, product: Product, tmp_path: Path
) -> None:
    told = _told(product, tmp_path)
    assert [f"{one['step']}: {one['told']}" for one in told["failed"]] == []
    story = _story(told)
    assert story.tried() - set(told["methods"]) == set()
    assert [m for m in told["methods"] if m not in story.tried() and story.why_not(m) is None] == []
    document.hold(request.config, "JavaScript SDK", rows(story, told["methods"], set(told["passed"])))


def _told(product: Product, folder: Path) -> Any:
    """Return what the run told: the SDK's methods, those tried, those that passed, and what failed."""
    if not (HERE / "node_modules" / "@voucherify").is_dir():
        subprocess.run([NPM, "ci", "--no-audit", "--no-fund"], cwd=HERE, check=True, capture_output=True)
    keys = {
        "address": product.address,
        "folder": str(folder),
        "server": product.key,
        "browser": Shop(product).browser_key(),
    }
    done = subprocess.run([NODE, "run.mjs", json.dumps(keys)], cwd=HERE, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def _story(told: Any) -> Story:
    return Story("JavaScript SDK", [Step(tuple(told["tried"]), run=_ran_in_node)], REFUSED)


def _ran_in_node(_shop: Any) -> None:
    """Stand for the steps: they ran in Node, and ``told`` says what became of them."""
