"""Every spelling of a telephone number is one number."""

import pytest
from django.conf import settings

from customers.telephones import in_e164


@pytest.mark.parametrize(
    ("phone", "region", "e164"),
    [
        pytest.param("+31 6 1111 2222", "US", "+31611112222", id="international, with blanks"),
        pytest.param("0031-6-11112222", "US", "+31611112222", id="dialled from abroad"),
        pytest.param("06 1111 2222", "NL", "+31611112222", id="at home in the Netherlands"),
        pytest.param("(555) 123-4567", "US", "+15551234567", id="at home in the United States"),
        pytest.param("+1 555 123 4567", "NL", "+15551234567", id="a plus sign needs no region"),
        pytest.param("06 1111 2222", "", None, id="at home nowhere"),
        pytest.param("+1555", "US", None, id="too short"),
        pytest.param("+316111122223333444", "US", None, id="too long"),
        pytest.param("+1 555 123 4567 ext. 9", "US", None, id="nobody texts an extension"),
        pytest.param("call me", "US", None, id="no number at all"),
        pytest.param("", "US", None, id="nothing"),
        pytest.param("+٣١٦١١١١٢٢٢٢", "US", "+31611112222", id="Arabic digits"),
    ],
)
def test_a_number_has_one_spelling(monkeypatch: pytest.MonkeyPatch, phone: str, region: str, e164: str | None) -> None:
    monkeypatch.setattr(settings, "PROMO_PHONE_REGION", region)
    assert in_e164(phone) == e164
