"""Test that a finder reads by an index, in a total order, and money by an index."""

import re
from collections.abc import Iterator
from types import ModuleType
from typing import Any, Final, cast

import pytest
from sqlalchemy import BindParameter, Select
from sqlalchemy.sql.visitors import iterate
from tests.sql.finders import CALLS, FinderCall
from tests.sql.plans import plan
from tests.sql.test_row_order import is_totally_ordered

from indelible.testing.stores import FAR
from indelible_sql import SqlStore
from indelible_sql.money import CONTEXT
from indelible_sql.money.statements import ledger, payments, payouts
from indelible_sql.schema.one_per_parent import declared_rules
from indelible_sql.schema.tables import rows_by

NO_INDEX: Final = re.compile(r"SCAN (main\.)?[a-z_0-9]+$")


def has_index(lines: list[str]) -> bool:
    """Return whether SQLite reads no table without an index."""
    return not any(NO_INDEX.search(line) for line in lines)


def counts_all_rows(call: FinderCall) -> bool:
    """Return whether a finder counts all rows of its table."""
    return ".count_by_status(" in call.name


@pytest.mark.parametrize("name", CALLS)
def test_sqlite_answers_a_finder_by_an_index(sqlite: SqlStore, name: str) -> None:
    call = CALLS[name]
    lines = plan(sqlite, "EXPLAIN QUERY PLAN", call.statement, **call.values)

    assert lines
    assert counts_all_rows(call) or has_index(lines)


@pytest.mark.parametrize("name", CALLS)
def test_a_finder_has_a_total_order(name: str) -> None:
    assert is_totally_ordered(CALLS[name].statement)


# Sums, counts and the checks of `verify` and of a reconciliation read whole tables.
WHOLE_TABLES = {
    "EVENTS_WITHOUT_PAYLOAD",
    "FORGED_APPROVALS",
    "FORGED_DESTINATIONS",
    "INCONSISTENT",
    "INCONSISTENT_PAGE",
    "JOBS_OF_OTHER_SUMS",
    "MISBALANCED",
    "MISBALANCED_PAGE",
    "MISCOUNTED_RECONCILIATIONS",
    "MISCOUNTED_TRANSFERS",
    "REFUNDS_OUT_OF_ORDER",
    "REFUNDS_WITHOUT_PAYMENT",
    "SUM_BALANCES",
    "UNBOOKED_CHARGES",
    "UNBOOKED_DISPUTES",
    "UNBOOKED_REVERSALS",
    "UNPAID_SUMS",
    "WITHOUT_MOVEMENT",
}
LISTS = {"ids", "items", "statuses"}


def money_statements() -> Iterator[tuple[str, Select[Any]]]:
    """Yield the statements that do not read whole tables, by their names."""
    modules: tuple[ModuleType, ...] = (ledger, payments, payouts)
    for module in modules:
        for name, value in vars(module).items():
            is_own = not name.startswith("_") and name not in WHOLE_TABLES
            if isinstance(value, Select) and is_own:
                yield name, value

    for is_unpaid in (True, False):
        for column in ("reference", "party", "movement_id"):
            query = ledger.page_owed((column,), is_unpaid=is_unpaid)
            yield f"page_owed of {column}, unpaid: {is_unpaid}", query

    for head in CONTEXT.heads:
        for rule in declared_rules(head).values():
            yield f"{head.name} by {rule.parent_field}", rows_by(head, rule.parent_field)


MONEY_STATEMENTS = dict(money_statements())


def value_of(parameter: BindParameter[Any]) -> object:
    """Return any value of a parameter's type."""
    if parameter.key in LISTS:
        return ["a"]
    native = str(parameter.type)
    if parameter.key == "limit" or native == "BIGINT":
        return 1
    return FAR if native == "DATETIME" else "a"


@pytest.mark.parametrize("name", MONEY_STATEMENTS)
def test_sqlite_finds_the_rows_of_money_by_an_index(sqlite: SqlStore, name: str) -> None:
    statement = MONEY_STATEMENTS[name]
    values: dict[str, object] = {}
    for part in iterate(statement):
        if isinstance(part, BindParameter):
            parameter = cast("Any", part)
            if parameter.value is None:
                values[parameter.key] = value_of(parameter)
    lines = plan(sqlite, "EXPLAIN QUERY PLAN", statement, **values)

    assert lines
    assert has_index(lines)
