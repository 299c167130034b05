"""`indelible observe` and `adopt`: an older table, its refusals, and the cut-over."""

from pathlib import Path

import pytest
from sqlalchemy import text
from tests.examples.conftest import HostDatabase
from tests.examples.helpdesk import tickets
from tests.examples.old_tickets import create_old_tickets, old_row
from tests.service.commands import error_code, json_result, run

from indelible_sql import open_store

pytestmark = pytest.mark.slow

MAPPING = ("--mapping", "tests.examples.helpdesk:mapping")
REASON = ("--reason", "the older table")
UNASSIGNED = old_row(2, state="assigned", assignee=None, resolution=None)


@pytest.fixture
def url(tmp_path: Path) -> str:
    url = f"sqlite:///{tmp_path}/support.db"
    store = open_store(url, contexts=(tickets,))
    store.upgrade()
    store.dispose()
    return url


@pytest.fixture
def settings(url: str) -> dict[str, str]:
    return {"DATABASE_URL": url, "INDELIBLE_CONTEXTS": "tests.examples.helpdesk"}


def test_a_table_is_observed_and_adopted(url: str, settings: dict[str, str]) -> None:
    engine = create_old_tickets(HostDatabase(url, url), old_row(1), UNASSIGNED, old_row(3))
    observe = ("observe", "tickets", "old_tickets", *MAPPING)
    (refused,) = json_result(*observe, settings=settings, code=1)
    assert (refused["code"], refused["field"], refused["count"], refused["example"]) == (
        "FIELD_NOT_OF_STATE",
        "assignee",
        1,
        "2",
    )
    assert "Refused: 1 of 3 rows; 0 are adopted" in run(*observe, settings=settings).stdout
    adopt = ("adopt", "tickets", "old_tickets", *MAPPING, *REASON)
    assert error_code(*adopt, settings=settings) == "ROWS_REFUSED"

    with engine.begin() as connection:
        connection.execute(text("UPDATE old_tickets SET assignee = 'bob' WHERE id = 2"))
    assert json_result(*observe, settings=settings) == []
    first = run(*adopt, "--by", "user:maya", settings=settings)
    assert first.exit_code == 0
    assert "old_tickets is not cut over yet: 3 new records, 0 changes" in first.stdout
    with engine.begin() as connection:
        connection.execute(text("UPDATE old_tickets SET title = 'Flood' WHERE id = 2"))
    last = run(*adopt, "--cut-over", settings=settings)
    assert "old_tickets is adopted: 0 new records, 1 changes" in last.stdout
    assert "Writers waited for" in last.stdout
    shown = json_result("show", "tickets", "T-2", settings=settings)
    assert (shown["assignee"], shown["title"]) == ("bob", "Flood")
    assert error_code(*adopt, settings=settings) == "ADOPTION_FINISHED"


def test_a_write_that_no_action_explains_is_listed(url: str, settings: dict[str, str]) -> None:
    engine = create_old_tickets(HostDatabase(url, url), old_row(3))
    adopt = ("adopt", "tickets", "old_tickets", *MAPPING, *REASON)
    assert run(*adopt, settings=settings).exit_code == 0
    with engine.begin() as connection:
        connection.execute(text("UPDATE old_tickets SET number = 'T-9' WHERE id = 3"))

    (problem,) = json_result(*adopt, settings=settings, code=1)
    assert problem["example"] == "3"
    assert error_code(*adopt, "--cut-over", settings=settings) == "ROWS_REFUSED"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("observe", "orders", "old_tickets"), "CONTEXT_UNKNOWN"),
        (("observe", "tickets", "nothing"), "SOURCE_MISSING"),
        (("observe", "tickets", "history", "--mapping", "no.such:mapping"), "HOST_MODULE_UNUSABLE"),
        (
            ("observe", "tickets", "history", "--mapping", "tests.examples.helpdesk:tickets"),
            "HOST_MODULE_UNUSABLE",
        ),
    ],
)
def test_what_is_unknown_is_refused(
    words: tuple[str, ...], code: str, settings: dict[str, str]
) -> None:
    assert error_code(*words, settings=settings) == code
