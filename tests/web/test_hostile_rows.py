"""Every row of the table of hostile input has ten variants, or a reason to have none yet."""

import logging
from collections import Counter

import pytest
from tests.guards.attacks import attacks
from tests.web.harness import Web
from tests.web.hostile.rows import FEWEST, LOGGED, NOT_YET, ROWS, variants

RAW_SQL = 56  # whose variants are the attacks on the guards


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_every_row_has_ten_variants_or_a_reason_to_have_none_yet(dialect: str) -> None:
    raw_sql = sum(len(named) for named in attacks(dialect).values())
    found = variants() + Counter({RAW_SQL: raw_sql})

    assert {row: found[row] for row in ROWS if row not in NOT_YET and found[row] < FEWEST} == {}
    assert {row: found[row] for row in NOT_YET if found[row]} == {}
    assert set(found) <= set(ROWS)


@pytest.mark.parametrize("said", LOGGED, ids=lambda said: ascii(said)[:20])
def test_what_is_logged_stays_one_line_whatever_somebody_says(
    web: Web, caplog: pytest.LogCaptureFixture, said: str
) -> None:
    body = {"content": {"name": said[:1_000]}, "reason": said, "corrects": said}
    environ = {"HTTP_X_REQUEST_ID": said.encode("latin-1", "replace").decode("latin-1")}
    with caplog.at_level(logging.INFO):
        web.post("/v1/concepts", json=body, environ=environ)
        web.post(
            "/v1/concepts", json={"content": {"name": "Ratio"}, "reason": said}, environ=environ
        )

    lines = [record.getMessage() for record in caplog.records]
    assert len(lines) >= 2
    assert all(line.isprintable() and len(line) < 2_000 for line in lines)
