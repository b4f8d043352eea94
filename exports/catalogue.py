"""All that can be exported, by the API's names."""

from exports.fields import Exportable
from exports.fields.cards import LAPSING
from exports.fields.codes import PUBLICATIONS, REDEMPTIONS, TRANSACTIONS, VOUCHERS
from exports.fields.customers import CUSTOMERS
from exports.fields.orders import ORDERS, PRODUCTS, SKUS

ALL: dict[str, Exportable] = {
    "voucher": VOUCHERS,
    "redemption": REDEMPTIONS,
    "customer": CUSTOMERS,
    "publication": PUBLICATIONS,
    "order": ORDERS,
    "product": PRODUCTS,
    "sku": SKUS,
    "voucher_transactions": TRANSACTIONS,
    "points_expiration": LAPSING,
}
WORDS = {
    "voucher": "Codes",
    "redemption": "Redemptions",
    "customer": "Customers",
    "publication": "Codes given to customers",
    "order": "Orders",
    "product": "Products",
    "sku": "Variants of products",
    "voucher_transactions": "Movements on cards",
    "points_expiration": "Points that will lapse",
}
