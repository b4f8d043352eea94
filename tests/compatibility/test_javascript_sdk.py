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
LATER = "{} are not there yet"
REFUSED = {
    "loyalties.": LATER.format("loyalty programs"),
    "rewards.": LATER.format("rewards"),
    "validations.promotions.": LATER.format("promotion tiers"),
    "validations.promotions": LATER.format("promotion tiers"),
    "vouchers.qualifications.": "superseded by qualifications.checkEligibility",
    "campaigns.qualifications.": "superseded by qualifications.checkEligibility",
    "validationRules.validate": "rules are judged by validations",
    "client.validate": "superseded by client.validateStackable",
    "client.redeem": "superseded by client.redeemStackable",
    "client.listVouchers": "a page must not read which codes there are",
}

pytestmark = [
    pytest.mark.journey,
    pytest.mark.xdist_group("product"),
    pytest.mark.skipif(not (NODE and NPM), reason="No Node was found: the JavaScript SDK is not tried."),
]


@pytest.fixture(scope="module")
def told(running_product: Product, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Return what the run told: the SDK's methods, those tried, those that passed, and what failed."""
    if not (HERE / "node_modules" / "@voucherify").is_dir():
        subprocess.run([NPM, "ci", "--no-audit", "--no-fund"], cwd=HERE, check=True, capture_output=True)
    keys = {
        "address": running_product.address,
        "folder": str(tmp_path_factory.mktemp("day")),
        "server": running_product.key,
        "browser": Shop(running_product).browser_key(),
    }
    done = subprocess.run([NODE, "run.mjs", json.dumps(keys)], cwd=HERE, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_javascript_sdk_finds_all_as_it_expects(told: Any) -> None:
    assert [f"{one['step']}: {one['told']}" for one in told["failed"]] == []


def test_every_method_is_tried_or_refused_for_a_reason(told: Any) -> None:
    story = _story(told)
    assert story.tried() - set(told["methods"]) == set()
    assert [m for m in told["methods"] if m not in story.tried() and story.why_not(m) is None] == []


def test_the_table_says_what_this_run_found(request: Any, told: Any) -> None:
    if told["failed"]:
        pytest.skip("Not every step passed, so there is no whole table to compare.")
    document.hold(request.config, "JavaScript SDK", rows(_story(told), told["methods"], set(told["passed"])))


def _story(told: Any) -> Story:
    return Story("JavaScript SDK", [Step(tuple(told["tried"]), run=_ran_in_node)], REFUSED)


def _ran_in_node(_shop: Any) -> None:
    """Stand for the steps: they ran in Node, and ``told`` says what became of them."""
