"""A shop that knows only the official Python SDK, and what it remembers between the steps of its day."""

import json
from types import SimpleNamespace
from typing import Any

import voucherify

from tests.product import Product

ORIGIN = "http://shop.example"
ALLOWED: list[str] = []


class Shop:
    """Speaks to the product through the SDK's own classes; ``known`` carries ids from step to step."""

    def __init__(self, product: Product) -> None:
        self.product = product
        self.known = SimpleNamespace()
        key = {"X-App-Id": product.key["app_id"], "X-App-Token": product.key["app_token"]}
        self._client = voucherify.ApiClient(voucherify.Configuration(host=product.address, api_key=key))

    def __getattr__(self, name: str) -> Any:
        """Return the SDK's class for a group of endpoints: ``shop.CustomersApi``."""
        if not name.endswith("Api"):
            raise AttributeError(name)
        return getattr(voucherify, name)(self._client)

    def browser_key(self) -> dict[str, str]:
        """Return a key for pages of the shop, with the switches on that they need."""
        if not hasattr(self.known, "browser_key"):
            words = ["create_api_key", "--kind", "client", "--origin", ORIGIN, "--name", "page", "--json"]
            self.known.browser_key = json.loads(self.product.manage(*words, *ALLOWED))
        key: dict[str, str] = self.known.browser_key
        return key

    def browser(self, name: str) -> Any:
        """Return an SDK's class as a page of the shop would use it."""
        key = self.browser_key()
        pair = {"X-Client-Application-Id": key["app_id"], "X-Client-Token": key["app_token"]}
        client = voucherify.ApiClient(voucherify.Configuration(host=self.product.address, api_key=pair))
        client.set_default_header("Origin", ORIGIN)
        return getattr(voucherify, name)(client)
