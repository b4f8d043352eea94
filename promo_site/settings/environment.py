"""Strict readers of environment variables: a value that cannot be meant is refused at start, loudly."""

import ipaddress
import os
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured
from psycopg.conninfo import conninfo_to_dict


def text(name: str, default: str | None = None) -> str:
    value = os.environ.get(name, default)
    if value is None:
        raise ImproperlyConfigured(f"{name} is not set. `./run` sets it; in production give it yourself.")
    return value


def encryption_keys(name: str, default: str | None = None) -> list[str]:
    """Return comma-separated keys as Fernet takes them: 32 bytes in URL-safe base64."""
    keys = [key.strip() for key in text(name, default).split(",") if key.strip()]
    for key in keys:
        try:
            Fernet(key)
        except ValueError as error:
            raise ImproperlyConfigured(f"{name} must be 32 bytes in URL-safe base64: {error}") from error
    if not keys and default is None:
        raise ImproperlyConfigured(f"{name} is empty.")
    return keys


def flag(name: str, default: bool) -> bool:
    value = os.environ.get(name, "1" if default else "0")
    if value not in {"0", "1"}:
        raise ImproperlyConfigured(f"{name} must be 0 or 1, not {value!r}.")
    return value == "1"


def days(name: str, default: int) -> int:
    value = os.environ.get(name, str(default))
    if not (value.isascii() and value.isdigit() and 1 <= int(value) <= 36_500):
        raise ImproperlyConfigured(f"{name} must be a number of days from 1 to 36500, not {value!r}.")
    return int(value)


def networks(name: str) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    parts = [part.strip() for part in os.environ.get(name, "").split(",") if part.strip()]
    try:
        return [ipaddress.ip_network(part, strict=False) for part in parts]
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} must be a comma-separated list of networks: {error}.") from error


def database(name: str) -> dict[str, Any]:
    """Return Django's settings for a PostgreSQL address such as ``postgresql://user:password@host:5432/name``."""
    parts = conninfo_to_dict(text(name))
    known = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    options = {key: value for key, value in parts.items() if key not in known}
    return {
        "ENGINE": "promo_site.postgresql",
        **{django: str(parts[ours]) for ours, django in known.items() if parts.get(ours)},
        # Only `access.statements` asks for prepared statements; the threshold lets it.
        "OPTIONS": {"prepare_threshold": 5, **options},
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": True,
    }


def broker(name: str, redis_url: str) -> str:
    """Return Celery's broker address: given by ``name``, or the Redis address in Celery's own spelling."""
    if given := os.environ.get(name):
        return given
    if not redis_url.startswith("unix://"):
        return redis_url
    parts = urlsplit(redis_url)
    number = parse_qs(parts.query).get("db", ["0"])[0]
    return f"redis+socket://{parts.path}?virtual_host={number}"


def mail_server(name: str) -> dict[str, Any] | None:
    """Return host, port, credentials and encryption of ``smtp://user:password@host:port``, or None where unset."""
    url = os.environ.get(name, "")
    if not url:
        return None
    parts = urlsplit(url)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise ImproperlyConfigured(f"{name} must look like smtp://user:password@host:port or smtps://...")
    return {
        "host": parts.hostname,
        "port": parts.port or (465 if parts.scheme == "smtps" else 25),
        "username": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "tls": parts.scheme == "smtps",
        "starttls": parse_qs(parts.query).get("starttls") == ["1"],
    }
