"""A shop that knows only the official Python SDK, and what it remembers between the steps of its day."""

import json
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import voucherify

from tests.product import Product, eventually

ORIGIN = "http://shop.example"
# The switches that a page's key needs for all that a page may do.
ALLOWED = ("--allow", "redeem,publish,create_customers,list_vouchers")


class Endpoints:
    """One group of the SDK's endpoints; a body given as a dictionary becomes the SDK's own model of it."""

    def __init__(self, api: Any) -> None:
        self._api = api

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._api, name)

        def call(*arguments: Any, body: Any = None, **named: Any) -> Any:
            if body is not None:
                parameter = _body_parameter(method)
                named[parameter] = _model(parameter, body)
            return method(*arguments, **named)

        return call


class Shop:
    """Speaks to the product through the SDK's own classes; ``known`` carries ids from step to step."""

    def __init__(self, product: Product) -> None:
        self.product = product
        self.known = SimpleNamespace()
        pair = (product.key["app_id"], product.key["app_token"])
        key = dict(zip(("X-App-Id", "X-App-Token"), pair, strict=True))
        key |= dict(zip(("X-Management-Id", "X-Management-Token"), pair, strict=True))
        self._client = _client(product, key)

    def __getattr__(self, name: str) -> Endpoints:
        """Return a group of endpoints by the name of the SDK's class: ``shop.CustomersApi``."""
        if not name.endswith("Api"):
            raise AttributeError(name)
        return Endpoints(getattr(voucherify, name)(self._client))

    def stranger(self, name: str) -> Endpoints:
        """Return the same with a key that nobody issued."""
        return Endpoints(getattr(voucherify, name)(_client(self.product, {"X-App-Id": "no", "X-App-Token": "no"})))

    def browser(self, *, says_origin: bool = False) -> Endpoints:
        """Return the endpoints that a page of the shop may call; most take the origin as an argument."""
        key = self.browser_key()
        pair = {"X-Client-Application-Id": key["app_id"], "X-Client-Token": key["app_token"]}
        client = _client(self.product, pair)
        if says_origin:
            client.set_default_header("Origin", ORIGIN)
        return Endpoints(voucherify.ClientSideApi(client))

    def browser_key(self) -> dict[str, str]:
        """Return a key for pages of the shop, with the switches on that they need."""
        if not hasattr(self.known, "browser_key"):
            words = ["create_api_key", "--kind", "client", "--origin", ORIGIN, "--name", "page", "--json"]
            self.known.browser_key = json.loads(self.product.manage(*words, *ALLOWED))
        key: dict[str, str] = self.known.browser_key
        return key

    def finished(self, told: Any) -> Any:
        """Return an async action once it is over."""
        get = self.AsyncActionsApi.get_async_action
        return eventually(lambda: (action := get(told.async_action_id)).status in ("DONE", "FAILED") and action)


def unique(word: str) -> str:
    return f"{word}_{time.time_ns()}"


def _client(product: Product, key: dict[str, str]) -> Any:
    return voucherify.ApiClient(voucherify.Configuration(host=product.address, api_key=key))


def _body_parameter(method: Any) -> str:
    names = method.__wrapped__.__annotations__ if hasattr(method, "__wrapped__") else method.__annotations__
    return next(name for name in names if name.endswith(("_body", "_item", "_body_item")))


def _model(parameter: str, body: Any) -> Any:
    model = getattr(voucherify, "".join(word.capitalize() for word in parameter.split("_")))
    return [model.from_dict(one) for one in body] if isinstance(body, list) else model.from_dict(body)
