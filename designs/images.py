"""Pictures for messages: read from what was uploaded, drawn anew without anything hidden in it, named by its content.

The one writer of images. A picture is never changed and never removed, for mails that were sent refer to it.
"""

import hashlib
import io
import warnings
from dataclasses import dataclass
from pathlib import PurePath
from typing import IO

from django.contrib.auth.models import User
from django.urls import reverse
from PIL import Image as Pictures
from PIL import ImageOps, ImageSequence, UnidentifiedImageError

from access.problems import Problem
from designs.models import Image

UPLOAD_MOST = 8 * 1024 * 1024
PIXELS_MOST = 30_000_000
FRAMES_MOST = 120
# Of all frames of a moving picture together.
MOVING_PIXELS_MOST = 60_000_000
WIDEST = 1_600
TALLEST = 4_000
CONTENT_MOST = 3 * 1024 * 1024
QUALITY = 85
# What we read. Drawings such as SVG are programs, and not read at all.
READ = ("PNG", "JPEG", "GIF", "WEBP")
TYPES = {"png": "image/png", "jpg": "image/jpeg", "gif": "image/gif"}


@dataclass(frozen=True)
class Drawn:
    """A picture as it will be served."""

    kind: str
    width: int
    height: int
    content: bytes


def store(file: IO[bytes], name: str = "", person: User | None = None) -> Image:
    """Store an uploaded picture and return it; the same picture twice is one. Raise Problem for any other file."""
    raw = file.read(UPLOAD_MOST + 1)
    if len(raw) > UPLOAD_MOST:
        raise _refusal(f"The picture is larger than {UPLOAD_MOST // 1024**2} MB.")
    drawn = draw(raw)
    digest = hashlib.sha256(drawn.content).hexdigest()
    fields = {
        "kind": drawn.kind, "width": drawn.width, "height": drawn.height, "content": drawn.content,
        "name": PurePath(name).name[:120], "person": person,
    }  # fmt: skip
    return Image.objects.get_or_create(digest=digest, defaults=fields)[0]


def draw(raw: bytes) -> Drawn:
    """Return the picture drawn anew: upright, within bounds, and with nothing in it but its pixels."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", Pictures.DecompressionBombWarning)
        try:
            return _drawn(Pictures.open(io.BytesIO(raw), formats=READ))
        except UnidentifiedImageError as error:
            raise _refusal("This is not a picture we can read; send a PNG, JPEG, GIF or WebP file.") from error
        except (Pictures.DecompressionBombWarning, Pictures.DecompressionBombError, MemoryError) as error:
            raise _refusal("The picture has too many pixels.") from error
        except (OSError, SyntaxError, ValueError, EOFError, IndexError) as error:
            raise _refusal("The picture is damaged and cannot be read.") from error


def path(image: Image) -> str:
    """Return the address within this site; in a mail it stands behind the public address."""
    return reverse("image", args=[image.digest, image.kind])


def newest(count: int = 60) -> list[Image]:
    """Return the pictures that were uploaded last, without their contents."""
    return list(Image.objects.defer("content")[:count])


def _drawn(picture: Pictures.Image) -> Drawn:
    # The size stands in the file's head: what is too large is refused before a pixel of it is read.
    width, height = picture.size
    if width * height > PIXELS_MOST:
        raise _refusal(f"The picture has more than {PIXELS_MOST // 1_000_000} million pixels.")
    if picture.format == "GIF" and getattr(picture, "n_frames", 1) > 1:
        return _moving(picture)
    upright = ImageOps.exif_transpose(picture)
    has_holes = upright.mode in {"RGBA", "LA", "PA"} or "transparency" in upright.info
    still = upright.convert("RGBA" if has_holes else "RGB")
    still.thumbnail((WIDEST, TALLEST), Pictures.Resampling.LANCZOS)
    if has_holes or (picture.format in {"PNG", "GIF"} and len(_encoded(still, "PNG")) <= CONTENT_MOST // 4):
        return _bounded("png", still.size, _encoded(still, "PNG"))
    return _bounded("jpg", still.size, _encoded(still.convert("RGB"), "JPEG"))


def _encoded(picture: Pictures.Image, form: str) -> bytes:
    """Encode only the pixels: a fresh picture carries no comment, no position and no profile of the first one."""
    fresh = Pictures.new(picture.mode, picture.size)
    fresh.paste(picture)
    target = io.BytesIO()
    if form == "JPEG":
        fresh.save(target, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    else:
        fresh.save(target, form, optimize=True)
    return target.getvalue()


def _moving(picture: Pictures.Image) -> Drawn:
    count = getattr(picture, "n_frames", 1)
    width, height = picture.size
    if count > FRAMES_MOST or count * width * height > MOVING_PIXELS_MOST:
        raise _refusal("The moving picture is too long or too large.")
    frames, lengths = [], []
    for frame in ImageSequence.Iterator(picture):
        lengths.append(int(frame.info.get("duration", 100)))
        fresh = frame.convert("RGBA")
        fresh.thumbnail((WIDEST, TALLEST), Pictures.Resampling.LANCZOS)
        frames.append(fresh)
    target = io.BytesIO()
    frames[0].save(
        target, "GIF", save_all=True, append_images=frames[1:], duration=lengths, loop=picture.info.get("loop", 0),
        disposal=2, optimize=True, comment=b"",
    )  # fmt: skip
    return _bounded("gif", frames[0].size, target.getvalue())


def _bounded(kind: str, size: tuple[int, int], content: bytes) -> Drawn:
    if len(content) > CONTENT_MOST:
        raise _refusal(f"The picture would weigh more than {CONTENT_MOST // 1024**2} MB in a mail; make it smaller.")
    return Drawn(kind, *size, content)


def _refusal(sentence: str) -> Problem:
    return Problem(400, "image_refused", "The picture cannot be taken", sentence)
