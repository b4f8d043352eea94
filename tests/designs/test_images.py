"""Pictures: drawn anew, bounded, named by their content, served for ever."""

import io
import struct
import zlib
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image as Pictures

from access.problems import Problem
from designs import images
from designs.models import Image
from tests.pages.shop import visitor


def a_picture(form: str = "PNG", size: tuple[int, int] = (40, 30), **options: Any) -> bytes:
    target = io.BytesIO()
    Pictures.new("RGB", size, "tomato").save(target, form, **options)
    return target.getvalue()


def a_bomb() -> bytes:
    """Return a small file that says it is a picture of two gigapixels."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", 50_000, 40_000, 8, 2, 0, 0, 0)
    rows = zlib.compress(b"\0" * 1_000_000, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.parametrize("form", ["PNG", "JPEG", "GIF", "WEBP"])
def test_what_marketers_have_is_read(form: str) -> None:
    drawn = images.draw(a_picture(form))
    assert (drawn.width, drawn.height) == (40, 30)
    assert drawn.kind in images.TYPES


def test_nothing_hidden_in_a_picture_survives() -> None:
    exif = Pictures.Exif()
    exif[0x010E] = "taken at 52.09, 5.12"
    drawn = images.draw(a_picture("JPEG", exif=exif, comment=b"secret words"))
    assert b"52.09" not in drawn.content
    assert b"secret words" not in drawn.content
    assert b"Exif" not in drawn.content


def test_what_follows_the_picture_in_its_file_is_left_behind() -> None:
    assert b"<script>" not in images.draw(a_picture() + b"<script>alert(1)</script>").content


def test_a_large_picture_is_made_as_wide_as_mails_need() -> None:
    drawn = images.draw(a_picture("JPEG", (4_000, 1_000)))
    assert (drawn.width, drawn.height) == (images.WIDEST, 400)


def test_a_moving_picture_keeps_moving() -> None:
    target = io.BytesIO()
    frames = [Pictures.new("RGB", (20, 20), color) for color in ("red", "green", "blue")]
    frames[0].save(target, "GIF", save_all=True, append_images=frames[1:], duration=80)
    drawn = images.draw(target.getvalue())
    assert drawn.kind == "gif"
    assert Pictures.open(io.BytesIO(drawn.content)).n_frames == 3


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        pytest.param(b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "not a picture", id="a drawing"),
        pytest.param(b"<html>", "not a picture", id="a page"),
        pytest.param(b"", "not a picture", id="nothing"),
        pytest.param(a_bomb(), "pixels", id="a bomb"),
        pytest.param(a_picture()[:60], "damaged", id="half a picture"),
        pytest.param(b"GIF89a" + b"\0" * 40, "", id="a head without a body"),
    ],
)
def test_what_is_no_picture_is_refused_with_a_sentence(raw: bytes, told: str) -> None:
    with pytest.raises(Problem) as refused:
        images.draw(raw)
    assert told in refused.value.details


@pytest.mark.django_db
def test_the_same_picture_twice_is_one(admin_client: Client) -> None:
    for _ in range(2):
        answer = admin_client.post(reverse("image-uploads"), {"image": SimpleUploadedFile("tree.png", a_picture())})
    assert answer.status_code == 200
    assert Image.objects.count() == 1
    assert [one["name"] for one in admin_client.get(reverse("image-uploads")).json()["data"]] == ["tree.png"]


@pytest.mark.django_db
def test_a_picture_is_served_to_everybody_for_ever_and_never_acts_as_a_page() -> None:
    stored = images.store(io.BytesIO(a_picture()), "tree.png")
    served = Client().get(images.path(stored))
    assert served["Content-Type"] == "image/png"
    assert "immutable" in served["Cache-Control"]
    assert served["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in served["Content-Security-Policy"]
    again = Client().get(images.path(stored), headers={"If-None-Match": served["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert Client().get(f"/images/{'0' * 64}.png").status_code == 404


@pytest.mark.django_db
def test_only_who_may_write_messages_uploads() -> None:
    address = reverse("image-uploads")
    assert Client().post(address, {"image": SimpleUploadedFile("a.png", a_picture())}).status_code == 403
    assert visitor("view_distribution").post(address).status_code == 403
    assert Image.objects.count() == 0


@pytest.mark.django_db
def test_who_may_write_messages_uploads_and_chooses() -> None:
    writer, address = visitor("change_distribution"), reverse("image-uploads")
    sent = writer.post(address, {"image": SimpleUploadedFile("a.png", a_picture())})
    assert (sent.status_code, writer.get(address).json()) == (200, sent.json())
    assert Image.objects.count() == 1


@pytest.mark.django_db
def test_an_upload_that_is_none_is_told_and_stores_nothing(admin_client: Client) -> None:
    address = reverse("image-uploads")
    refused = admin_client.post(address, {"image": SimpleUploadedFile("a.svg", b"<svg/>")})
    assert (refused.status_code, refused.json()["key"]) == (400, "image_refused")
    assert admin_client.post(address).json()["key"] == "image_refused"
    assert Image.objects.count() == 0
