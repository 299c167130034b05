"""The frames of server-sent events, by which a page is updated without being loaded again."""

from collections.abc import Iterator
from typing import Final

from flask import Response

from indelible_web.console.layout import HEADERS

RETRY_MILLISECONDS: Final = 700  # The pause after which a browser reconnects.
HEARTBEAT: Final = ": heartbeat\n\n"  # A comment, which keeps the connection open.


def event_stream(frames: str | Iterator[str]) -> Response:
    """Return frames as an answer that browsers read while it arrives."""
    headers = {**HEADERS, "X-Accel-Buffering": "no"}
    return Response(frames, headers=headers, content_type="text/event-stream")


def mode_frame(mode: str) -> str:
    """Return the first frame of a stream.

    The mode is "open" when the stream stays open and is followed, "polled" when it ends at once
    because too many streams are open and the browser must ask again.
    """
    return f"retry: {RETRY_MILLISECONDS}\nevent: mode\ndata: {mode}\n\n"


def event_frame(event: str, text: str, *, event_id: str = "") -> str:
    """Return an event with a text; blank lines, which would end the event, are left out.

    A browser that reconnects sends the id of the last event.
    """
    lines = [line for line in text.splitlines() if line.strip()]
    data = "".join(f"data: {line}\n" for line in lines)
    id_line = f"id: {event_id}\n" if event_id else ""

    return f"{id_line}event: {event}\n{data}\n"
