"""Every public method of the official Python SDK, found by looking at it."""

import importlib
import inspect
import pkgutil

import voucherify.api

TWINS = ("_with_http_info", "_without_preload_content")


def all_methods() -> list[str]:
    """Return ``Class.method`` of every endpoint; the twins that answer in another form are the same endpoint."""
    return [f"{name}.{method}" for name, api in sorted(_classes().items()) for method in _methods(api)]


def _classes() -> dict[str, type]:
    modules = [
        importlib.import_module(f"voucherify.api.{m.name}") for m in pkgutil.iter_modules(voucherify.api.__path__)
    ]
    found = (item for module in modules for item in vars(module).items())
    return {name: api for name, api in found if inspect.isclass(api) and name.endswith("Api")}


def _methods(api: type) -> list[str]:
    return [
        name for name, method in vars(api).items()
        if inspect.isfunction(method) and not name.startswith("_") and not name.endswith(TWINS)
    ]  # fmt: skip
