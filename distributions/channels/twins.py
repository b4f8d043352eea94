"""The demo's stand-ins for providers: at which ports of loopback they listen, told in a file while their command runs.

They lift the gate of `egress` for these ports alone, and only where the installation itself is reached by loopback:
nobody can write to them then who is not on this machine anyway.
"""

import json
import os
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

HOST: Final = "127.0.0.1"
LOOPBACK: Final = frozenset({HOST, "localhost", "::1"})


def file() -> Path:
    """Return where the command tells its process and the ports: ``{"pid": 1, "ports": [2]}``."""
    return Path(settings.DATA_DIR) / "provider_twins.json"


def is_at_home() -> bool:
    """Tell whether this installation is reached by loopback only."""
    return urlsplit(settings.PROMO_PUBLIC_URL).hostname in LOOPBACK


def ports() -> frozenset[int]:
    """Return where twins listen now; nowhere once the process that told so has ended."""
    try:
        told = json.loads(file().read_text())
        os.kill(told["pid"], 0)
    except (OSError, ValueError, KeyError, TypeError):
        return frozenset()
    return frozenset(told["ports"])


def are_at(parts: SplitResult) -> bool:
    """Tell whether one of them listens at an address."""
    return parts.scheme == "http" and parts.hostname == HOST and is_at_home() and parts.port in ports()
