import io
from collections.abc import Callable
from typing import Any

import pytest

from access.problems import Problem
from campaigns import downloads, importing, sheets
from campaigns.models import Campaign, Voucher
from customers import profiles
from events import tracking

pytestmark = pytest.mark.django_db


def codes_in(content: str, encoding: str = "utf-8") -> list[object]:
    read = (said for _, said in sheets.read(content.encode(encoding)))
    return [said["code"] if isinstance(said, dict) else said for said in read]


@pytest.mark.parametrize(
    ("content", "codes"),
    [
        pytest.param("code\nA1\nB2\n", ["A1", "B2"], id="with a header"),
        pytest.param("A1\nB2", ["A1", "B2"], id="without"),
        pytest.param("name;Code\r\nx;A1\r\ny;B2\r\n", ["A1", "B2"], id="semicolons, another column"),
        pytest.param("\ufeffcode\tnote\nA1\tx\n", ["A1"], id="tabs and a byte order mark"),
        pytest.param('code\n"A,1"\n\n"B""2"\n', ["A,1", 'B"2'], id="quotes and an empty line"),
        pytest.param("note,code\nonly a note\n", [""], id="a short row"),
    ],
)
def test_csv_files_are_read_as_people_write_them(content: str, codes: list[str]) -> None:
    assert codes_in(content) == codes


@pytest.mark.parametrize("content", [b"PK\x03\x04sheet", b"a\x00b", b"caf\xe9"])
def test_what_is_no_csv_in_utf_8_is_refused_with_advice(content: bytes) -> None:
    with pytest.raises(Problem) as refused:
        sheets.read(content)
    assert "CSV (UTF-8)" in refused.value.details


def test_every_row_of_an_import_is_accounted_for(make_campaign: Callable[..., Campaign]) -> None:
    make_campaign("Other", codes=0)
    importing.import_codes(Campaign.objects.get(name="Other"), [(1, "TAKEN")], kind="CAMPAIGN.VOUCHERS_IMPORT")
    campaign = make_campaign(codes=0)
    rows = sheets.read("code\nGOOD\nTAKEN\nGOOD\n  ALSO  \nBAD\u200bCODE\n".encode())
    action, report = importing.import_codes(campaign, rows, kind="CAMPAIGN.VOUCHERS_IMPORT_CSV")
    assert (report.rows, report.added, report.refused_count) == (5, 2, 3)
    assert [(row.line, row.code) for row in report.refused] == [(3, "TAKEN"), (4, "GOOD"), (6, "BAD\u200bCODE")]
    assert "line 2" in report.refused[1].reason
    assert set(Voucher.objects.filter(campaign=campaign).values_list("code", flat=True)) == {"GOOD", "ALSO"}
    assert action.result["added"] == 2


def test_a_csv_comes_in_over_the_api(
    api: Any, make_campaign: Callable[..., Campaign], drain: Callable[[], int]
) -> None:
    campaign = make_campaign(codes=0)
    file = io.BytesIO(b"code\nA1\nB2\n")
    file.name = "codes.csv"
    address = f"/v1/campaigns/{campaign.public_id}/importCSV"
    answer = api.client.post(address, {"file": file}, headers=api.headers)
    assert answer.status_code == 202
    drain()
    assert Voucher.objects.filter(campaign=campaign).count() == 2
    without = api.client.post(address, {}, headers=api.headers)
    assert without.json()["key"] == "invalid_payload"


def test_a_download_runs_nothing_in_a_spreadsheet(make_campaign: Callable[..., Campaign], api: Any) -> None:
    campaign = make_campaign(codes=0)
    importing.import_codes(campaign, [(1, "=1+1"), (2, "-X"), (3, "PLAIN")], kind="CAMPAIGN.VOUCHERS_IMPORT")
    tracking.identify(profiles.parse({"source_id": "@SUM(A1)"}), source="API")
    body = {"voucher": "PLAIN", "customer": {"source_id": "@SUM(A1)"}}
    assert api.post("/v1/publications", body).status_code == 200
    lines = "".join(downloads.codes_csv(campaign)).split("\r\n")
    assert lines[0].startswith("code,status,customer_source_id")
    assert {line.split(",")[0] for line in lines[1:-1]} == {"'=1+1", "'-X", "PLAIN"}
    assert any(line.startswith("PLAIN,published,'@SUM(A1)") for line in lines)
