"""Files that come with a request: how large they may be, and where they stand in it."""

from typing import IO, cast

from django.core.files.uploadedfile import UploadedFile
from rest_framework.request import Request

from access import strict_json
from access.problems import invalid_payload, too_large

FILE_MOST = 10 * 1024 * 1024
# What a form says around its file.
FRAME = 64 * 1024


def uploaded(request: Request, name: str = "file") -> IO[bytes]:
    """Return the file of a multipart form, or raise a Problem; a body too large is refused before it is read."""
    strict_json.require_size(request._request, FILE_MOST + FRAME)
    file = request.FILES.get(name)
    if file is None:
        raise invalid_payload(f"Send the file as multipart/form-data, in a part named {name}")
    return of_size(file)


def of_size(file: UploadedFile) -> IO[bytes]:
    """Return an uploaded file to read from, or raise a Problem where it is too large."""
    if (file.size or 0) > FILE_MOST:
        raise too_large(f"The file is larger than {FILE_MOST // 1024**2} MB")
    return cast(IO[bytes], file)
