"""How long a thread may keep the interpreter from the others.

Whoever waits for the database's answer must get the interpreter back to go on, and the one who has it may keep it for
five milliseconds: at every statement, longer than the statement took.
"""

import sys

TURN_SECONDS = 0.0005


def take_short_turns() -> None:
    """Let threads of this process hand over sooner; call it once, when the process is ready to work."""
    sys.setswitchinterval(TURN_SECONDS)
