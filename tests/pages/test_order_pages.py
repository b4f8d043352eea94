"""Orders, products and collections on the screen."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from access.models import AuditEntry
from events.models import Event
from orders import collecting, goods, placing, saying
from orders.goods import By
from orders.models import Order, Product, ProductCollection, Sku
from tests.pages.shop import text_of, visitor

pytestmark = pytest.mark.django_db
FACTS = {"facts-TOTAL_FORMS": "1", "facts-INITIAL_FORMS": "0", "facts-0-kind": "text"}
HOSTILE = "<script>alert(1)</script>"


def an_order(source_id: str = "o-1", **more: Any) -> Order:
    said = {"source_id": source_id, "customer": {"source_id": "ida", "name": "Ida"}, "items": [
        {"source_id": "tee", "quantity": 2, "price": 3000, "discount_amount": 500}], **more}  # fmt: skip
    return placing.upsert(saying.parse(said))


@pytest.fixture
def tee() -> Product:
    return goods.save_product(
        goods.parse_product(
            {"source_id": "tee", "name": "Tee", "price": 3000, "attributes": ["size"], "metadata": {"a": 1, "b": ["x"]}}
        ),
        By(),
    )


def address(name: str, *args: Any) -> str:
    return reverse(f"admin:orders_{name}", args=args)


def test_orders_are_listed_found_and_narrowed(
    admin_client: Client, project: Any, django_assert_max_num_queries: Any
) -> None:
    for number in range(30):
        an_order(f"o-{number}", status="PAID" if number % 2 else "CREATED")
    # Session, person, the page's rows, the currency.
    with django_assert_max_num_queries(4):
        text = text_of(admin_client.get(address("order_changelist")))
    assert "$55.00" in text
    for wanted in ("o-29", "ida"):
        assert "o-29" in text_of(admin_client.get(address("order_changelist"), {"q": wanted}))
    assert "o-29" not in text_of(admin_client.get(address("order_changelist"), {"q": "nobody"}))
    assert "o-29" not in text_of(admin_client.get(address("order_changelist"), {"status__exact": "CREATED"}))


def test_an_orders_page_tells_lines_sums_customer_and_what_happened(
    admin_client: Client, tee: Product, project: Any, django_assert_max_num_queries: Any
) -> None:
    order = an_order(status="PAID", metadata={"note": HOSTILE})
    # Session, person, order, lines, currency, two for redemptions, events.
    with django_assert_max_num_queries(8):
        text = text_of(admin_client.get(address("order_change", order.pk)))
    for said in ("Tee", "$60.00", "−$5.00", "$55.00", "Ida", "Paid the order o-1", "Placed the order o-1"):
        assert said in text
    assert HOSTILE not in text
    assert admin_client.get(address("order_change", order.public_id)).status_code == 200


def test_an_orders_page_tells_which_codes_were_used(admin_client: Client, api: Any) -> None:
    voucher = api.post(
        "/v1/vouchers/FIVE", {"type": "DISCOUNT_VOUCHER", "discount": {"type": "AMOUNT", "amount_off": 500}}
    ).json()
    wish = {
        "redeemables": [{"object": "voucher", "id": "FIVE"}],
        "order": {"source_id": "o-5", "amount": 2000},
        "customer": {"source_id": "ida"},
    }
    redemption = api.post("/v1/redemptions", wish).json()["redemptions"][0]
    order = Order.objects.get(source_id="o-5")
    text = text_of(admin_client.get(address("order_change", order.pk)))
    for said in (redemption["id"], reverse("admin:campaigns_voucher_change", args=[voucher["id"]]), "$15.00", "−$5.00"):
        assert said in text
    api.post(f"/v1/redemptions/{redemption['id']}/rollback", {})
    assert "taken back" in text_of(admin_client.get(address("order_change", order.pk)))


def test_an_order_of_nobody_tells_what_happened_too(admin_client: Client) -> None:
    order = placing.upsert(saying.parse({"source_id": "o-9", "amount": 100}))
    assert "Placed the order o-9" in text_of(admin_client.get(address("order_change", order.pk)))


def test_a_status_set_on_the_page_is_told_once_and_recorded(admin_client: Client) -> None:
    order = an_order()
    for _ in range(2):
        admin_client.post(address("order_status", order.pk), {"status": "PAID"})
    events = Event.objects.filter(name__startswith="order.").order_by("id")
    assert list(events.values_list("name", "source")) == [
        ("order.created", "API"), ("order.updated", "USER_PORTAL"), ("order.paid", "USER_PORTAL"),
    ]  # fmt: skip
    assert AuditEntry.objects.filter(object_id=order.public_id).exists()
    assert admin_client.post(address("order_status", order.pk), {"status": "SHIPPED"}).status_code == 302
    assert Order.objects.get().status == "PAID"


def test_a_product_is_written_changed_and_deleted_and_each_is_told(admin_client: Client) -> None:
    said = {
        "name": "Mug",
        "source_id": "mug",
        "price": "12.50",
        "attributes": "color, size",
        **FACTS,
        "facts-0-name": "season",
        "facts-0-value": "winter",
    }
    assert admin_client.post(address("product_add"), said).status_code == 302
    mug = Product.objects.get()
    assert (mug.price, mug.attributes, mug.metadata) == (1250, ["color", "size"], {"season": "winter"})
    admin_client.post(
        address("product_edit", mug.pk), {"name": "Mug", "price": "", "attributes": "color, size", **FACTS}
    )
    mug.refresh_from_db()
    assert (mug.price, mug.metadata, mug.source_id) == (None, {}, "mug")
    variant = {
        "sku": "Blue",
        "source_id": "mug-blue",
        "price": "13",
        "currency_code": "eur",
        "attribute_0": "blue",
        **FACTS,
    }
    assert admin_client.post(address("product_sku", mug.pk), variant).status_code == 302
    sku = Sku.objects.get()
    assert (sku.price, sku.currency, sku.attributes) == (1300, "EUR", {"color": "blue"})
    admin_client.post(address("product_sku_edit", mug.pk, sku.pk), {**variant, "price": "14"})
    assert "mug-blue" in text_of(admin_client.get(address("product_change", mug.pk)))
    admin_client.post(address("product_sku_delete", mug.pk, sku.pk))
    admin_client.post(address("product_delete", mug.pk))
    told = Event.objects.order_by("id").values_list("name", flat=True)
    assert list(told) == [
        "product.created",
        "product.updated",
        "sku.created",
        "sku.updated",
        "sku.deleted",
        "product.deleted",
    ]
    assert set(Event.objects.values_list("source", flat=True)) == {"USER_PORTAL"}


def test_what_only_a_program_could_say_of_a_product_stays(admin_client: Client, tee: Product) -> None:
    said = {
        "name": "Tee",
        "price": "30",
        "attributes": "size",
        **FACTS,
        "facts-0-name": "a",
        "facts-0-kind": "number",
        "facts-0-value": "1",
    }
    admin_client.post(address("product_edit", tee.pk), said)
    assert Product.objects.get().metadata == {"a": 1, "b": ["x"]}
    assert not Event.objects.filter(name="product.updated").exists()


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        pytest.param({"name": ""}, "Give the product a name.", id="without a name"),
        pytest.param({"name": "X", "price": "-1"}, "greater than or equal to 0", id="a price below nothing"),
        pytest.param({"name": "X", "price": "1.234"}, "no more than 2 decimal places", id="a part of a cent"),
        pytest.param({"name": "X", "source_id": "tee"}, "Another product has this source id", id="an id that is taken"),
        pytest.param(
            {"name": "X", "image_url": "javascript:alert(1)"}, "begins with https://", id="a script as a picture"
        ),
    ],
)
def test_a_product_that_cannot_be_meant_is_refused_in_words(
    admin_client: Client, tee: Product, said: dict[str, str], sentence: str
) -> None:
    answer = admin_client.post(address("product_add"), {**said, **FACTS})
    assert answer.status_code == 400
    assert sentence in text_of(answer)
    assert Product.objects.count() == 1


def test_products_are_listed_with_their_variants(
    admin_client: Client, tee: Product, project: Any, django_assert_max_num_queries: Any
) -> None:
    goods.save_sku(tee, goods.parse_sku({"source_id": "tee-m", "sku": "M"}), By())
    # Session, person, rows, currency, variants.
    with django_assert_max_num_queries(5):
        assert "$30.00" in text_of(admin_client.get(address("product_changelist")))
    for wanted in ("Te", "tee", "tee-m", tee.public_id):
        assert "$30.00" in text_of(admin_client.get(address("product_changelist"), {"q": wanted}))


def test_a_collection_lists_goods_by_their_ids(admin_client: Client, tee: Product) -> None:
    rows = {"listed-TOTAL_FORMS": "2", "listed-INITIAL_FORMS": "0"}
    wrong = admin_client.post(address("productcollection_add"), {"name": "Summer", **rows, "listed-0-goods": "nothing"})
    assert "There is no product or variant with this id." in text_of(wrong)
    assert "List at least one" in text_of(
        admin_client.post(address("productcollection_add"), {"name": "Summer", **rows})
    )
    saved = admin_client.post(address("productcollection_add"), {"name": "Summer", **rows, "listed-0-goods": "tee"})
    summer = ProductCollection.objects.get()
    assert saved.status_code == 302
    assert "Tee" in text_of(admin_client.get(address("productcollection_change", summer.pk)))
    assert "Summer" in text_of(admin_client.get(address("product_change", tee.pk)))
    admin_client.post(address("productcollection_delete", summer.pk))
    assert not ProductCollection.objects.exists()


def test_a_collection_finds_what_its_rows_say(admin_client: Client, tee: Product) -> None:
    rows = {"rules-TOTAL_FORMS": "2", "rules-INITIAL_FORMS": "0", "rules-0-field": "price", "rules-0-operator": "$more_than", "rules-0-value": "20",
            "rules-1-field": "metadata", "rules-1-key": "a", "rules-1-operator": "$is", "rules-1-value": "1"}  # fmt: skip
    path = f"{address('productcollection_add')}?type=AUTO_UPDATE"
    assert admin_client.post(path, {"name": "Dear", "junction": "and", **rows}).status_code == 302
    dear = ProductCollection.objects.get()
    assert list(collecting.products_of(dear)) == [tee]
    text = text_of(admin_client.get(address("productcollection_change", dear.pk)))
    assert "Products of which the price is more than 20 USD and a is 1." in text
    assert 'value="20"' in text_of(admin_client.get(address("productcollection_edit", dear.pk)))
    wrong = admin_client.post(path, {"name": "Odd", **rows, "rules-0-operator": "$contains"})
    assert "Price cannot be compared so." in text_of(wrong)


def test_a_filter_that_rows_cannot_say_is_left_to_programs(admin_client: Client) -> None:
    said = {"name": {"conditions": {"$in": ["a", "b"]}}}
    made = collecting.create({"name": "Odd", "type": "AUTO_UPDATE", "filter": said})
    edit = address("productcollection_edit", made.pk)
    assert "Change it over the API" in text_of(admin_client.get(edit))
    admin_client.post(edit, {"name": "Even"})
    made.refresh_from_db()
    assert (made.name, made.filter) == ("Even", said)


def test_a_sheet_of_products_is_taken_and_followed(admin_client: Client, drain: Callable[[], int]) -> None:
    file = SimpleUploadedFile("p.csv", b"source_id,name,price\nmug,Mug,12.50\n,Bad,x\n", "text/csv")
    taken = admin_client.post(address("product_import"), {"what": "products", "file": file})
    drain()
    text = text_of(admin_client.get(taken.url))
    assert "1 of 2 products came in. One row was refused." in text
    assert "Latest imports" in text_of(admin_client.get(address("product_import")))
    assert Product.objects.get().price == 1250
    assert Event.objects.get().source == "USER_PORTAL"


def test_what_a_customer_bought_stands_on_her_page(admin_client: Client) -> None:
    order = an_order(status="PAID")
    text = text_of(admin_client.get(reverse("admin:customers_customer_change", args=[order.customer_id])))
    assert "$55.00 in 1 order" in text
    assert address("order_change", order.pk) in text


def test_who_may_only_look_changes_nothing(tee: Product) -> None:
    order = an_order()
    client = visitor("view_order", "view_product")
    assert "Mark as paid" not in text_of(client.get(address("order_change", order.pk)))
    assert client.post(address("order_status", order.pk), {"status": "PAID"}).status_code == 403
    assert client.post(address("product_delete", tee.pk)).status_code == 403
    assert client.get(address("product_add")).status_code == 403


@pytest.mark.parametrize("name", ["order_change", "product_change", "productcollection_change"])
@pytest.mark.parametrize("key", ["0", "99999999999999999999", "nothing", "a%00b"])
def test_what_is_not_there_is_not_found(admin_client: Client, name: str, key: str) -> None:
    assert admin_client.get(address(name, "key").replace("key", key)).status_code == 404
