"""The abandoned-cart demo: a few customers, a segment, a pool of codes and a live distribution to the mailbox."""

from django.conf import settings
from django.db import transaction

from access import keys, project
from access.models import ApiKey
from campaigns import creation
from campaigns.models import Campaign
from customers import profiles
from distributions.planning import drafting, lifecycle
from events import tracking
from promo_site.installation import Installation
from segments import definition
from segments.models import Segment

PEOPLE = (
    {
        "source_id": "demo-alice",
        "name": "Alice Moreau",
        "email": "alice@customers.example",
        "phone": "+12025550101",
        "metadata": {"lang": "fr", "club_level": "gold"},
    },
    {
        "source_id": "demo-bob",
        "name": "Bob Larsen",
        "email": "bob@customers.example",
        "phone": "+12025550102",
        "metadata": {"lang": "da"},
    },
    {
        "source_id": "demo-carol",
        "name": "Carol Jansen",
        "email": "carol@customers.example",
        "phone": "+12025550103",
        "metadata": {"lang": "nl", "club_level": "silver"},
    },
)

MAIL = """<h1>You left something behind</h1>
<p>Hello {{ customer.name | default: "there" }}, your cart is still waiting for you.</p>
<p>Here is {{ voucher.discount }} to bring it home:</p>
<p><strong>{{ voucher.code }}</strong></p>
"""


@transaction.atomic
def load() -> None:
    """Load the demo into an empty installation, all of it or nothing."""
    _describe_the_shop()
    for person in PEOPLE:
        tracking.identify(profiles.parse(person), source="USER_PORTAL")
    segment = _segment()
    campaign = _campaign()
    _go_live(segment, campaign)
    key = keys.issue(name="Demo shop", kind=ApiKey.Kind.SERVER, scopes=["*"], origins=[])
    Installation(settings.DATA_DIR).keep_demo_key(key.key.app_id, key.app_token)


def _describe_the_shop() -> None:
    if not project.current().brand_name:
        project.change(brand_name="The Demo Shop", postal_address="1 Example Street, 1000 AA Exampletown")


def _segment() -> Segment:
    rule = {
        "junction": "and",
        "conditions": [{"event": "cart_abandoned", "metric": "count", "operator": "more_than", "value": 0}],
    }
    return definition.create("Cart abandoners (demo)", Segment.Type.AUTO_UPDATE, rule)


def _campaign() -> Campaign:
    discount = {"type": "PERCENT", "percent_off": 5, "effect": "APPLY_TO_ORDER"}
    return creation.create(
        name="5% off (demo)", vouchers_count=1000, discount=discount, code_config={"pattern": "BACK-####-####"}
    )


def _go_live(segment: Segment, campaign: Campaign) -> None:
    """Set the demo live to the built-in mailbox, whatever mail server is configured: it writes to nobody."""
    draft = drafting.save_draft(
        None,
        {
            "name": "Cart rescue (demo)",
            "type": "automatic",
            "trigger": {"event": "customer.segment.entered", "segment_id": segment.public_id},
            "action": {"type": "publish_code", "campaign_id": campaign.public_id},
            "channels": [{"type": "mailbox", "subject": "Your {{ voucher.discount }} is waiting", "html": MAIL}],
            "policy": {"frequency": "every_event"},
        },
    )
    lifecycle.set_live(draft)
