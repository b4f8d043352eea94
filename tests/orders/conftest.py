"""A way to send files."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.conftest import RestClient


@pytest.fixture
def upload(api: RestClient) -> Callable[..., Any]:
    def send(path: str, content: str) -> Any:
        file = SimpleUploadedFile("rows.csv", content.encode(), "text/csv")
        return api.client.post(path, {"file": file}, headers=api.headers)

    return send
