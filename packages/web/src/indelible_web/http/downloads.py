"""Answers that are files: bytes from outside, which no browser shows or runs."""

from typing import Final

from attrs import field, frozen
from flask import Response

from indelible.kernel.payloads import Payload

# Whatever the sender called the bytes, a browser saves them and does not guess their type.
MEDIA_TYPE: Final = "application/octet-stream"


@frozen(kw_only=True)
class Download:
    """Bytes that a client saves under a name of ASCII letters, digits, dots and hyphens."""

    content: bytes = field(repr=False)
    file_name: str


def download_of(payload: Payload) -> Download:
    """Return the bytes of a payload, named by their digest."""
    return Download(content=payload.content, file_name=f"{payload.digest}.bin")


def download_response(download: Download) -> Response:
    """Return the bytes as an attachment."""
    response = Response(download.content, content_type=MEDIA_TYPE)
    response.headers["Content-Disposition"] = f'attachment; filename="{download.file_name}"'
    response.headers["X-Content-Type-Options"] = "nosniff"

    return response
