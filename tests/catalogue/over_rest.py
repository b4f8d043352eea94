"""What a shop's server does over REST, and what it tells."""

from tests.catalogue import preparing
from tests.catalogue.scenes import Action, delete, post, put, refused

WISH = {"redeemables": [{"object": "voucher", "id": "BACK-1"}], "customer": {"source_id": "ida"}}
BASKET = {**WISH, "order": {"amount": 12_000, "source_id": "o-1"}}

CAMPAIGNS = [
    Action("a campaign is saved", post("/v1/campaigns", preparing.CAMPAIGN), {"campaign.created": None}),
    Action(
        "a campaign is saved and its codes are made",
        post("/v1/campaigns", {**preparing.CAMPAIGN, "vouchers_count": 3}),
        {"campaign.created": None, "voucher.created": "campaign.created"},
    ),
    Action(
        "a campaign is saved with the one code that everybody uses",
        post(
            "/v1/campaigns",
            {**preparing.CAMPAIGN, "type": "STANDALONE", "voucher": {**preparing.FIVE_OFF, "code": "ALL"}},
        ),
        {"campaign.created": None, "voucher.created": "campaign.created"},
    ),
    Action(
        "a campaign is changed",
        put("/v1/campaigns/Spring", {"description": "new"}),
        {"campaign.updated": None},
        preparing.campaign,
    ),
    Action(
        "a campaign is disabled", post("/v1/campaigns/Spring/disable"), {"campaign.disabled": None}, preparing.campaign
    ),
    Action(
        "a campaign is enabled",
        post("/v1/campaigns/Spring/enable"),
        {"campaign.enabled": None},
        preparing.disabled_campaign,
    ),
    Action("a campaign is deleted", delete("/v1/campaigns/Spring"), {"campaign.deleted": None}, preparing.campaign),
    Action(
        "a rule is put on a campaign",
        lambda scene: preparing.assign(scene, "campaign"),
        {"campaign.validation_rules.created": None},
        preparing.campaign_and_rule,
    ),
    Action(
        "a rule of a campaign is changed",
        lambda scene: preparing.change_rule(scene),
        {"campaign.validation_rules.updated": None},
        preparing.ruled_campaign,
    ),
    Action(
        "a rule is taken off a campaign",
        delete("/v1/validation-rules/{rule}/assignments/{assignment}"),
        {"campaign.validation_rules.deleted": None},
        preparing.ruled_campaign,
    ),
]

VOUCHERS = [
    Action("a code is made", lambda scene: preparing.code(scene), {"voucher.created": None}),
    Action(
        "a code is changed",
        put("/v1/vouchers/BACK-1", {"metadata": {"a": 1}}),
        {"voucher.updated": None},
        preparing.code,
    ),
    Action("a code is disabled", post("/v1/vouchers/BACK-1/disable"), {"voucher.disabled": None}, preparing.code),
    Action("a code is enabled", post("/v1/vouchers/BACK-1/enable"), {"voucher.enabled": None}, preparing.disabled_code),
    Action("a code is deleted", delete("/v1/vouchers/BACK-1"), {"voucher.deleted": None}, preparing.code),
    Action(
        "a code that a customer holds is deleted",
        delete("/v1/vouchers/{held}"),
        {"voucher.deleted": None, "customer.segment.entered": "voucher.deleted"},
        preparing.held_code_and_segment_of_losers,
    ),
    Action(
        "a code is given to a customer",
        post("/v1/publications", {"voucher": "BACK-1", "customer": {"source_id": "ida"}}),
        {"voucher.published": None},
        preparing.code_and_customer,
    ),
    Action(
        "a gift card is topped up",
        post("/v1/vouchers/GIFT-1/balance", {"amount": 100}),
        {"voucher.gift.balance_added": None},
        preparing.gift,
    ),
    Action(
        "a code is checked",
        post("/v1/validations", BASKET),
        {"voucher.validation.succeeded": None},
        preparing.code_and_customer,
    ),
    Action(
        "a code is checked that cannot be used",
        post("/v1/validations", BASKET),
        {"voucher.validation.failed": None},
        preparing.disabled_code_and_customer,
    ),
    Action(
        "a rule is put on a code",
        lambda scene: preparing.assign(scene, "voucher"),
        {"voucher.validation_rules.created": None},
        preparing.code_and_rule,
    ),
    Action(
        "a rule of a code is changed",
        lambda scene: preparing.change_rule(scene),
        {"voucher.validation_rules.updated": None},
        preparing.ruled_code,
    ),
    Action(
        "a rule is taken off a code",
        delete("/v1/validation-rules/{rule}/assignments/{assignment}"),
        {"voucher.validation_rules.deleted": None},
        preparing.ruled_code,
    ),
]

REDEMPTIONS = [
    Action(
        "a code is redeemed with an order",
        post("/v1/redemptions", BASKET),
        {"redemption.succeeded": None, "order.created": None, "order.paid": None},
        preparing.code_and_customer,
    ),
    Action(
        "a code is redeemed without an order",
        post("/v1/redemptions", WISH),
        {"redemption.succeeded": None},
        preparing.code_and_customer,
    ),
    Action(
        "a code is redeemed once too often",
        refused("/v1/redemptions", BASKET),
        {"redemption.failed": None},
        preparing.redeemed,
    ),
    Action(
        "a redemption is taken back",
        post("/v1/redemptions/{redemption}/rollback"),
        {"redemption.rollback.succeeded": None, "order.updated": None, "order.canceled": None},
        preparing.redeemed_with_order,
    ),
    Action(
        "a redemption is taken back twice",
        refused("/v1/redemptions/{redemption}/rollback"),
        {"redemption.rollback.failed": None},
        preparing.taken_back,
    ),
]

CUSTOMERS = [
    Action("a customer is new", post("/v1/customers", {"source_id": "ida"}), {"customer.created": None}),
    Action(
        "a customer is changed",
        post("/v1/customers", {"source_id": "ida", "name": "Ida"}),
        {"customer.updated": None},
        preparing.customer,
    ),
    Action("a customer is saved as she was", post("/v1/customers", {"source_id": "ida"}), {}, preparing.customer),
    Action("a customer is deleted", delete("/v1/customers/ida"), {"customer.deleted": None}, preparing.customer),
]

ORDERS = [
    Action("an order is placed", post("/v1/orders", preparing.ORDER), {"order.created": None}, preparing.customer),
    Action(
        "an order is placed and paid",
        post("/v1/orders", {**preparing.ORDER, "status": "PAID"}),
        {"order.created": None, "order.paid": None},
        preparing.customer,
    ),
    Action(
        "an order is changed",
        put("/v1/orders/o-1", {"metadata": {"gift": True}}),
        {"order.updated": None},
        preparing.order,
    ),
    Action(
        "an order is paid",
        put("/v1/orders/o-1", {"status": "PAID"}),
        {"order.updated": None, "order.paid": None},
        preparing.order,
    ),
    Action(
        "an order is canceled",
        put("/v1/orders/o-1", {"status": "CANCELED"}),
        {"order.updated": None, "order.canceled": None},
        preparing.order,
    ),
]

GOODS = [
    Action("a product is added", post("/v1/products", {"source_id": "tee"}), {"product.created": None}),
    Action(
        "a product is changed", put("/v1/products/tee", {"name": "Shirt"}), {"product.updated": None}, preparing.product
    ),
    Action("a product is deleted", delete("/v1/products/tee"), {"product.deleted": None}, preparing.product),
    Action(
        "a variant is added",
        post("/v1/products/tee/skus", {"source_id": "tee-m"}),
        {"sku.created": None},
        preparing.product,
    ),
    Action(
        "a variant is changed", put("/v1/products/tee/skus/tee-m", {"sku": "M"}), {"sku.updated": None}, preparing.sku
    ),
    Action("a variant is deleted", delete("/v1/products/tee/skus/tee-m"), {"sku.deleted": None}, preparing.sku),
]

EXPORTS = [
    Action(
        "an export is asked for and written",
        post("/v1/exports", {"exported_object": "customer"}),
        {"export.scheduled": None, "export.done": "export.scheduled"},
    ),
    Action(
        "an export cannot be written",
        preparing.break_an_export,
        {"export.scheduled": None, "export.failed": "export.scheduled"},
    ),
    Action("an export is deleted", delete("/v1/exports/{export}"), {"export.deleted": None}, preparing.export),
]

ALL = [*CAMPAIGNS, *VOUCHERS, *REDEMPTIONS, *CUSTOMERS, *ORDERS, *GOODS, *EXPORTS]
