"""Test that databases find the rows of money by an index, whatever a table holds."""

import re
from collections.abc import Iterator
from types import ModuleType
from typing import Any, cast

import pytest
from sqlalchemy import BindParameter, Select
from sqlalchemy.sql.visitors import iterate
from tests.sql.plans import plan

from indelible.testing.stores import FAR
from indelible_sql import SqlStore
from indelible_sql.money import CONTEXT
from indelible_sql.money.statements import ledger, payments, payouts
from indelible_sql.schema.one_per_parent import declared_rules
from indelible_sql.schema.tables import rows_by

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
NO_INDEX = re.compile(r"SCAN (main\.)?[a-z_]+$")
LISTS = {"ids", "items", "statuses"}


def statements() -> Iterator[tuple[str, Select[Any]]]:
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


STATEMENTS = dict(statements())


def value_of(parameter: BindParameter[Any]) -> object:
    """Return any value of a parameter's type."""
    if parameter.key in LISTS:
        return ["a"]
    native = str(parameter.type)
    if parameter.key == "limit" or native == "BIGINT":
        return 1
    return FAR if native == "DATETIME" else "a"


def full_scans(store: SqlStore, statement: Select[Any]) -> list[str]:
    """Return the lines of SQLite's plan that read a table without an index."""
    values: dict[str, object] = {}
    for part in iterate(statement):
        if isinstance(part, BindParameter):
            parameter = cast("Any", part)
            if parameter.value is None:
                values[parameter.key] = value_of(parameter)
    lines = plan(store, "EXPLAIN QUERY PLAN", statement, **values)
    assert lines
    return [line for line in lines if NO_INDEX.search(line)]


@pytest.mark.parametrize("name", STATEMENTS)
def test_sqlite_finds_the_rows_of_money_by_an_index(sqlite: SqlStore, name: str) -> None:
    assert full_scans(sqlite, STATEMENTS[name]) == []
