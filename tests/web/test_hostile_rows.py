"""Test that the table of hostile input is complete, and its row about the log."""

import logging

import pytest
from tests.guards.attacks import attacks
from tests.web.harness import Web
from tests.web.hostile.rows import (
    LOG_INJECTIONS,
    MIN_VARIANTS,
    NOT_YET,
    ROWS,
    count_variants,
)

RAW_SQL_ROW = 56  # Its variants are the attacks on the guards.


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_every_row_has_ten_variants_or_a_reason_to_have_none_yet(dialect: str) -> None:
    counts = count_variants()
    counts[RAW_SQL_ROW] += sum(len(by_name) for by_name in attacks(dialect).values())

    assert set(counts) <= set(ROWS)
    for row in ROWS:
        if row in NOT_YET:
            assert counts[row] == 0, row
        else:
            assert counts[row] >= MIN_VARIANTS, row


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
