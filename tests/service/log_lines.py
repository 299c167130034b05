"""Parse the log of a process, whose lines all have one format."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from tests.service.processes import get

FIELDS = {"at", "level", "logger", "event"}
LEVELS = {"DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"}
MICROSECONDS = "2026-11-22T02:15:00.000000+00:00"
REFUSED_KEY = "ind_refusedkey_0123456789abcdef"


def lines_in_the_format(log: str) -> list[dict[str, Any]]:
    """Parse each line of a log, and check that it has the format."""
    lines: list[dict[str, Any]] = []
    for text in log.splitlines():
        try:
            line = json.loads(text)
        except json.JSONDecodeError:
            pytest.fail(f"no line of JSON: {text}")
        assert set(line) >= FIELDS, text
        assert line["level"] in LEVELS, text
        assert len(line["at"]) == len(MICROSECONDS), text
        assert datetime.fromisoformat(line["at"]).utcoffset() == timedelta(), text
        lines.append(line)
    return lines


def loggers_of(lines: Sequence[dict[str, Any]]) -> set[str]:
    """Return the names of the loggers of the lines."""
    return {line["logger"] for line in lines}


def send_requests(address: str, key: str) -> None:
    """Send requests that are answered, refused, and not found."""
    assert get(address, "/v1/concepts", key)[0] == 200
    assert get(address, "/v1/concepts", REFUSED_KEY)[0] == 401
    assert get(address, "/nowhere", key)[0] == 404


def codes_of_requests(lines: Sequence[dict[str, Any]]) -> set[str]:
    """Return the codes of the lines about requests."""
    return {line["code"] for line in lines if line["event"] == "request"}
