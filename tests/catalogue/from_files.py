"""What comes as a list or a file, over REST and on the screen: each row tells what it would tell alone."""

from events.models import Event
from tests.catalogue import preparing
from tests.catalogue.scenes import Action, form, post, sheet

SCREEN = Event.Source.ADMIN
CODES = "code,type,percent_off\nIN-1,PERCENT,5\n"
PEOPLE = "source_id,name\nida,Ida\n"
TEE = "source_id,name,price\ntee,Tee,30\n"
VARIANT = "product_id,source_id,sku\ntee,tee-m,M\n"
SHORT_OF_GOLD = {"source_id": "ida", "metadata": {"club": "gold"}}

CUSTOMERS = [
    Action("a sheet brings a customer", sheet("/v1/customers/importCSV", PEOPLE), {"customer.created": None}),
    Action(
        "a sheet on the screen brings a customer",
        form("customers_customer_import", sheet=PEOPLE),
        {"customer.created": None},
        door=SCREEN,
    ),
    Action(
        "a sheet changes a customer",
        sheet("/v1/customers/importCSV", "source_id,email,name\nida,ida@shop.example,Ida\n"),
        {"customer.updated": None},
        preparing.customer,
    ),
    Action(
        "a sheet tells of a customer what is known",
        sheet("/v1/customers/importCSV", "source_id,email\nida,ida@shop.example\n"),
        {},
        preparing.customer,
    ),
    Action(
        "a list changes a customer",
        post("/v1/customers/bulk/async", [{"source_id": "ida", "name": "Ida"}]),
        {"customer.updated": None},
        preparing.customer,
    ),
    Action(
        "many customers get the same metadata",
        post("/v1/customers/metadata/async", {"source_ids": ["ida"], "metadata": {"club": "gold"}}),
        {"customer.updated": None, "customer.segment.entered": "customer.updated"},
        preparing.gold_segment_and_customer,
    ),
]

VOUCHERS = [
    Action(
        "a list brings a code",
        post("/v1/vouchers/import", [{"code": "IN-1", **preparing.FIVE_OFF}]),
        {"voucher.created": None},
    ),
    Action("a sheet brings a code", sheet("/v1/vouchers/importCSV", preparing.CODE_SHEET), {"voucher.created": None}),
    Action(
        "a list brings codes into a campaign",
        post("/v1/campaigns/Spring/import", [{"code": "IN-1"}, {"code": "IN-2"}]),
        {"voucher.created": None},
        preparing.campaign,
    ),
    Action(
        "a sheet brings a code into a campaign",
        sheet("/v1/campaigns/Spring/importCSV", "code\nIN-1\n"),
        {"voucher.created": None},
        preparing.campaign,
    ),
    Action(
        "a sheet on the screen brings a code into a campaign",
        form("campaigns_campaign_import", "campaign", sheet="code\nIN-1\n"),
        {"voucher.created": None},
        preparing.campaign,
        door=SCREEN,
    ),
    Action(
        "codes are added to a campaign",
        post("/v1/campaigns/Spring/vouchers?vouchers_count=3", {}),
        {"voucher.created": None},
        preparing.campaign,
    ),
    Action(
        "a code of its own is added to a campaign",
        post("/v1/campaigns/Spring/vouchers/IN-1", {}),
        {"voucher.created": None},
        preparing.campaign,
    ),
    Action(
        "a list changes a code",
        post("/v1/vouchers/bulk/async", [{"code": "BACK-1", "metadata": {"a": 1}}]),
        {"voucher.updated": None},
        preparing.code,
    ),
    Action(
        "many codes get the same metadata",
        post("/v1/vouchers/metadata/async", {"codes": ["BACK-1"], "metadata": {"a": 1}}),
        {"voucher.updated": None},
        preparing.code,
    ),
]

GOODS = [
    Action("a sheet brings a product", sheet("/v1/products/importCSV", TEE), {"product.created": None}),
    Action(
        "a sheet on the screen brings a product",
        form("orders_product_import", sheet=TEE, what="products"),
        {"product.created": None},
        door=SCREEN,
    ),
    Action(
        "a sheet brings a variant",
        sheet("/v1/skus/importCSV", VARIANT),
        {"sku.created": None},
        preparing.product,
    ),
    Action(
        "a sheet on the screen brings a variant",
        form("orders_product_import", sheet=VARIANT, what="skus"),
        {"sku.created": None},
        preparing.product,
        door=SCREEN,
    ),
    Action(
        "a list changes a product",
        post("/v1/products/bulk/async", [{"source_id": "tee", "name": "Shirt"}]),
        {"product.updated": None},
        preparing.product,
    ),
    Action(
        "many products get the same metadata",
        post("/v1/products/metadata/async", {"source_ids": ["tee"], "metadata": {"a": 1}}),
        {"product.updated": None},
        preparing.product,
    ),
]

ORDERS = [
    Action(
        "orders of the past are imported",
        post("/v1/orders/import", [{**preparing.ORDER, "status": "PAID"}]),
        {},
        preparing.customer,
    ),
    Action(
        "an order of the past names a new customer",
        post("/v1/orders/import", [{**preparing.ORDER, "status": "PAID"}]),
        {"customer.created": None},
    ),
    Action(
        "an order of the past brings a customer into a segment",
        post("/v1/orders/import", [{**preparing.ORDER, "status": "PAID"}]),
        {"customer.segment.entered": None},
        preparing.buyers_and_customer,
        # No event of hers leads to it: the order of the past is not told.
        door=Event.Source.INTERNAL,
    ),
]

ALL = [*CUSTOMERS, *VOUCHERS, *GOODS, *ORDERS]
