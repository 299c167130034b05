"""The rule of at most one aggregate per parent in SQL: its index, its guards and its refusals.

The index is partial: it holds the rows in the states of the rule. The index of a rule with every
state holds all rows, so that a query by the parent alone can use it. SQLite has guards as well,
because `INSERT OR REPLACE` would delete the row that has the place.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from sqlalchemy import Boolean, ColumnElement, Index, Table, literal_column

from indelible.kernel.aggregates import Aggregate
from indelible.kernel.one_per_parent import OnePerParent
from indelible_sql.schema.guard import Guard

INDEX_INFO: Final = "one_per_parent"  # the rule of an index, in its `info`


def one_per_parent_indexes(table_name: str, entity: type[Aggregate]) -> tuple[Index, ...]:
    """Return the indexes of an aggregate's rules, for the declaration of its head table."""
    every_state = {edge.to_state for edge in entity.lifecycle.known_edges}
    indexes: list[Index] = []
    for rule in entity.one_per_parent:
        predicate: ColumnElement[bool] | None = None
        if set(rule.states) != every_state:
            predicate = literal_column(_is_in_states("status", rule), Boolean())
        indexes.append(
            Index(
                f"{table_name}_{rule.name}",
                rule.parent_field,
                unique=True,
                postgresql_where=predicate,
                sqlite_where=predicate,
                info={INDEX_INFO: rule},
            )
        )

    return tuple(indexes)


def declared_rules(table: Table) -> dict[str, OnePerParent]:
    """Return the rules of a table's indexes, by the names of the indexes."""
    rules: dict[str, OnePerParent] = {}
    for index in sorted(table.indexes, key=lambda index: str(index.name)):
        if INDEX_INFO in index.info:
            rules[str(index.name)] = index.info[INDEX_INFO]

    return rules


def index_faults(table: Table, entity: type[Aggregate]) -> Iterator[str]:
    """Yield that a head table has other indexes of rules than its aggregate declares."""
    declared = set(declared_rules(table).values())
    if declared != set(entity.one_per_parent):
        yield (
            f"table {table.name} has other rules of one per parent than {entity.__name__}:"
            " add one_per_parent_indexes() to the table"
        )


def sqlite_guards(table: Table, event: str) -> Iterator[Guard]:
    """Yield SQLite's guard of each rule for an INSERT or an UPDATE.

    Their names differ from that of the index: `sqlite_master` lists both.
    """
    for name, rule in declared_rules(table).items():
        parent = rule.parent_field
        condition = (
            f"({_is_in_states('NEW.status', rule)}) IS NOT TRUE"
            f" OR NEW.{parent} IS NULL"
            f" OR NOT EXISTS (SELECT 1 FROM main.{table.name} AS other"
            f" WHERE other.{parent} = NEW.{parent}"
            f" AND {_is_in_states('other.status', rule)} AND other.id <> NEW.id)"
        )
        rule_name = f"{name.removeprefix(f'{table.name}_')}_on_{event.lower()}"
        yield Guard(table=table, rule=rule_name, event=event, condition=condition)


def reports_of(table: Table) -> dict[str, OnePerParent]:
    """Return the rules by the names under which the databases report a second aggregate."""
    reports: dict[str, OnePerParent] = {}
    for name, rule in declared_rules(table).items():
        reports[name] = rule
        reports[f"{name}_on_insert"] = rule
        reports[f"{name}_on_update"] = rule
        reports[f"UNIQUE constraint failed: {table.name}.{rule.parent_field}"] = rule

    return reports


def is_of_rule(index: Index) -> bool:
    """Return whether an index belongs to a rule, which has guards of its own."""
    return INDEX_INFO in index.info


def _is_in_states(column: str, rule: OnePerParent) -> str:
    """Return the condition that a column has one of the rule's states."""
    if len(rule.states) == 1:
        return f"{column} = '{rule.states[0]}'"
    return f"{column} IN ({_quoted(rule.states)})"


def _quoted(states: Iterable[str]) -> str:
    return ", ".join(f"'{state}'" for state in states)
