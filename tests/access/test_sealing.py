from typing import Any

import pytest
from cryptography.fernet import Fernet

from access import sealing


def test_a_secret_is_opened_again_and_tells_nothing_while_sealed() -> None:
    sealed = sealing.seal("hunter2")
    assert "hunter2" not in sealed
    assert sealing.unseal(sealed) == "hunter2"


def test_another_installations_key_opens_nothing(settings: Any) -> None:
    sealed = sealing.seal("hunter2")
    settings.PROMO_ENCRYPTION_KEY = Fernet.generate_key().decode()
    with pytest.raises(sealing.SealError, match="not PROMO_ENCRYPTION_KEY"):
        sealing.unseal(sealed)


def test_an_altered_secret_is_noticed() -> None:
    with pytest.raises(sealing.SealError, match="altered"):
        sealing.unseal(sealing.seal("hunter2")[:-4] + "AAA=")
