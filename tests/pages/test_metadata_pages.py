"""Metadata on the screen: declared row by row."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from access.models import AuditEntry
from schemas import declaring
from schemas.models import MetadataSchema

LIST = "admin:schemas_metadataschema_changelist"
ADD = "admin:schemas_metadataschema_add"
CHANGE = "admin:schemas_metadataschema_change"


def posted(*rows: dict[str, str], **fields: str) -> dict[str, str]:
    told = {"properties-TOTAL_FORMS": str(len(rows)), "properties-INITIAL_FORMS": "0", **fields}
    for number, row in enumerate(rows):
        told |= {f"properties-{number}-{name}": value for name, value in row.items()}
    return told


@pytest.fixture
def lang(db: None) -> MetadataSchema:
    return declaring.declare("customer", {"lang": {"type": "string", "eq": ["nl", "de"], "exactLength": 2}})


def test_metadata_is_declared_row_by_row(admin_client: Client) -> None:
    rows = (
        {"name": "lang", "type": "string", "one_of": "nl, de", "required": "on"},
        {"name": "age", "type": "number", "least": "18", "most": "120"},
        {"name": "tags", "type": "string", "array": "on", "most": "10"},
        {"name": "", "type": "string"},
    )
    answer = admin_client.post(reverse(ADD), posted(*rows, related_object="customer", allow_defined_only="on"))
    assert answer.url == reverse(LIST)
    schema = MetadataSchema.objects.get()
    assert schema.allow_defined_only
    assert {
        name: {key: part[key] for key in part if key in ("eq", "gte", "lte", "maxLength")}
        for name, part in schema.properties.items()
    } == {
        "lang": {"eq": ["nl", "de"]},
        "age": {"gte": 18, "lte": 120},
        "tags": {"maxLength": 10},
    }
    assert not schema.properties["lang"]["optional"]
    assert schema.properties["tags"]["array"]
    assert AuditEntry.objects.get().object_id == schema.public_id
    page = admin_client.get(reverse(LIST)).content.decode()
    assert "customer" in page
    assert "lang, age, tags" in page or "age, lang, tags" in page


def test_what_a_row_cannot_show_is_kept(admin_client: Client, lang: MetadataSchema) -> None:
    address = reverse(CHANGE, args=[lang.pk])
    assert 'value="nl, de"' in admin_client.get(address).content.decode()
    admin_client.post(address, posted({"name": "lang", "type": "string", "one_of": "nl, fr"}))
    lang.refresh_from_db()
    assert (lang.properties["lang"]["eq"], lang.properties["lang"]["exactLength"]) == (["nl", "fr"], 2)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"name": "age", "type": "number", "least": "few"}, "is no number"),
        ({"name": "vip", "type": "boolean", "least": "1"}, "no least and no most"),
        ({"name": "day", "type": "date", "least": "soon"}, "must be a date"),
    ],
)
def test_errors_are_said_in_words(admin_client: Client, row: dict[str, str], said: str) -> None:
    answer = admin_client.post(reverse(ADD), posted(row, related_object="customer"))
    assert answer.status_code == 400
    assert said in answer.content.decode()
    assert not MetadataSchema.objects.exists()


def test_a_type_does_not_change_and_a_kind_is_declared_once(admin_client: Client, lang: MetadataSchema) -> None:
    changed = admin_client.post(reverse(CHANGE, args=[lang.pk]), posted({"name": "lang", "type": "number"}))
    assert "cannot be changed" in changed.content.decode()
    again = admin_client.post(reverse(ADD), posted(related_object="customer"))
    assert "exists already" in again.content.decode()


def test_a_declaration_is_forgotten(admin_client: Client, lang: MetadataSchema) -> None:
    admin_client.post(reverse("admin:schemas_metadataschema_delete", args=[lang.pk]))
    assert not MetadataSchema.objects.exists()
    assert "Nothing is declared" in admin_client.get(reverse(LIST)).content.decode()


def test_who_may_only_look_does_not_write(client: Client, lang: MetadataSchema, django_user_model: Any) -> None:
    client.force_login(django_user_model.objects.create_user("vera", is_staff=True))
    assert client.get(reverse(LIST)).status_code == 403
    assert client.post(reverse(CHANGE, args=[lang.pk]), posted()).status_code == 403
