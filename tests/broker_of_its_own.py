"""A database of the broker for each process that runs tests: what one rings, the other does not hear.

Loaded before the settings are, which read the address once.
"""

import os

_, _, number = os.environ.get("PYTEST_XDIST_WORKER", "gw0").partition("gw")
os.environ["REDIS_URL"] = os.environ["REDIS_URL"].replace("db=0", f"db={int(number or 0)}")
