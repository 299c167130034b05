"""Test that hostile input cannot forge an entry of the log."""

import logging

import pytest
from tests.web.harness import Web
from tests.web.hostile.rows import (
    LOG_INJECTIONS,
)


@pytest.mark.parametrize("text", LOG_INJECTIONS, ids=lambda text: ascii(text)[:20])
def test_a_log_entry_is_one_printable_line_for_hostile_input(
    web: Web, caplog: pytest.LogCaptureFixture, text: str
) -> None:
    refused = {"content": {"name": text[:1_000]}, "reason": text, "corrects": text}
    created = {"content": {"name": "Ratio"}, "reason": text}
    environ = {"HTTP_X_REQUEST_ID": text.encode("latin-1", "replace").decode("latin-1")}

    with caplog.at_level(logging.INFO):
        web.post("/v1/concepts", json=refused, environ=environ)
        web.post("/v1/concepts", json=created, environ=environ)

    messages = [record.getMessage() for record in caplog.records]
    assert len(messages) >= 2
    for message in messages:
        assert message.isprintable()
        assert len(message) < 2_000
