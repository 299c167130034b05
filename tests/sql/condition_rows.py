"""Random rows and changes of aggregates, and what Python and a database answer about each."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from random import Random
from types import SimpleNamespace
from typing import Any, Final

from attrs import Attribute, fields_dict
from sqlalchemy import Table
from tests.core.test_changed_fields import aggregates

from indelible.captures.entities.vectors import Vector
from indelible.kernel import instant_text
from indelible.kernel.aggregates import Aggregate
from indelible.kernel.bulk import BulkRecord
from indelible.kernel.conditions import AnyCondition, Condition, FixedIf, Rising, WithConditions
from indelible.kernel.declarations import enumeration_of, is_optional, value_types
from indelible.kernel.history import Record
from indelible.kernel.runbooks import MAX_STEPS
from indelible_sql.captures.tables import CENTROIDS
from indelible_sql.contexts import CATALOG
from indelible_sql.schema.entity_conditions import claims_sql
from indelible_sql.schema.guard import Guard, qualified_name

ROWS: Final = 200  # SQLite refuses more than 500 selects in one query
INSTANTS: Final = tuple(datetime(2026, 1, day, tzinfo=UTC) for day in (1, 2, 3))
TEXTS: Final = ("a", "b", "c")
NUMBERS: Final = (0, 1, 2, 3, MAX_STEPS)  # the last one is the limit of a condition
VECTORS: Final = (Vector((1.0, 0.0)), Vector((0.0, 1.0)))
CAST_TYPES: Final = {
    datetime: "timestamptz",
    int: "bigint",
    bool: "bigint",
    Vector: "real[]",
}
# Guards by hand under the name of a condition: each refuses what the condition refuses, and more
# because of a row in this table. Here the table is empty.
WIDER_GUARDS: Final[Mapping[str, Table]] = {"subspaces_seeded_once": CENTROIDS}

Row = SimpleNamespace
# Returns the answers of a database to a query, in the order of the rows.
Ask = Callable[[str], list[bool]]


def declared() -> list[type[Aggregate]]:
    """Return the aggregates that declare conditions."""
    return [entity for entity in aggregates() if entity.conditions]


def declared_records() -> list[type[Record] | type[BulkRecord]]:
    """Return the records of aggregates that declare conditions."""
    records: list[type[Record | BulkRecord]] = []
    for entity in aggregates():
        records.extend((*entity.version_records, *entity.first_records))
        for bulk in entity.bulk_records.values():
            records.extend(bulk)
    return [record for record in dict.fromkeys(records) if record.conditions]


def table_of_record(record: type[Record] | type[BulkRecord]) -> Table:
    """Return the table whose columns are the fields of a record."""
    for table in CATALOG.tables:
        own = {column.name for column in table.columns if column.computed is None}
        if issubclass(record, BulkRecord):
            own -= {"entity_id", "seq"}
        if own == set(fields_dict(record)):
            return table
    raise LookupError(record.__name__)


def table_of(entity: type[Aggregate]) -> Table:
    """Return the head table of an aggregate."""
    for table, lifecycle in CATALOG.heads.items():
        if lifecycle.name == entity.lifecycle.name:
            return table
    raise LookupError(entity.__name__)


def seeded(condition: Condition | FixedIf | Rising, seed: int = 0) -> Random:
    """Return the random numbers of a condition, the same in every run of a seed."""
    return Random(f"{condition.name} {seed}")  # noqa: S311 - no secret


def random_value(
    entity: type[WithConditions], attribute: "Attribute[Any]", random: Random
) -> object:
    """Return a value of a field's kind, and sometimes None where it may be empty."""
    if is_optional(attribute) and random.random() < 0.4:
        return None
    return random.choice(possible_values(entity, attribute))


def possible_values(entity: type[WithConditions], attribute: "Attribute[Any]") -> Sequence[object]:
    """Return some values of a field's kind."""
    if attribute.name == "status" and issubclass(entity, Aggregate):
        return [edge.to_state for edge in entity.lifecycle.edges]

    values: Sequence[object] = tuple(enumeration_of(attribute) or TEXTS)
    types = value_types(attribute)
    if datetime in types:
        values = INSTANTS
    if bool in types:
        values = (False, True)
    if Vector in types:
        values = VECTORS
    if int in types:
        least = attribute.metadata.get("minimum", 0)
        values = [number for number in NUMBERS if number >= least] or (least, least + 1)
    return values


def random_rows(entity: type[WithConditions], names: Sequence[str], random: Random) -> list[Row]:
    """Return rows with random values of the fields."""
    attributes = fields_dict(entity)
    rows: list[Row] = []
    for _ in range(ROWS):
        values = {name: random_value(entity, attributes[name], random) for name in names}
        rows.append(SimpleNamespace(**values))
    return rows


def row_source(
    entity: type[WithConditions], names: Sequence[str], rows: Sequence[Row], *, is_sqlite: bool
) -> str:
    """Return a subquery with the rows, whose column `row_number` is their order."""
    selects: list[str] = []
    for number, row in enumerate(rows):
        columns = [f"{number} AS row_number"]
        for name in names:
            text = _literal(getattr(row, name))
            if not is_sqlite:
                text = f"CAST({text} AS {_cast_type(fields_dict(entity)[name])})"
            columns.append(f"{text} AS {name}")
        selects.append(f"SELECT {', '.join(columns)}")
    return f"({' UNION ALL '.join(selects)})"


def _literal(value: object) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bool | int):
        return str(int(value))
    if isinstance(value, datetime):
        return f"'{instant_text(value)}'"
    if isinstance(value, Vector):
        return f"'{{{', '.join(map(str, value))}}}'"
    return f"'{value}'"


def _cast_type(attribute: "Attribute[Any]") -> str:
    types = value_types(attribute)
    for value_type, name in CAST_TYPES.items():
        if value_type in types:
            return name
    return "text"


def fields_of(condition: AnyCondition) -> tuple[str, ...]:
    """Return the fields that a condition reads."""
    names: set[str] = set()
    if isinstance(condition, Condition):
        for claim in condition.claims:
            names |= claim.all_fields()
    elif isinstance(condition, FixedIf):
        names = {*condition.fields, *condition.where.all_fields()}
    else:
        names = {condition.field}
    return tuple(sorted(names))


def answers_of_python(condition: Condition, rows: Sequence[Row]) -> list[bool]:
    """Return whether the rows fulfill the condition, by its reading in Python."""
    checks = [claim.compiled() for claim in condition.claims]
    return [all(check(row) for check in checks) for row in rows]


def answers_of_sql(
    entity: type[WithConditions],
    condition: Condition,
    rows: Sequence[Row],
    ask: Ask,
    *,
    dialect: str,
) -> list[bool]:
    """Return whether the rows fulfill the condition, by its reading in SQL."""
    text = claims_sql(condition.claims, fields_dict(entity))
    is_sqlite = dialect == "sqlite"
    source = row_source(entity, fields_of(condition), rows, is_sqlite=is_sqlite)
    return ask(f"SELECT ({text}) IS NOT FALSE FROM {source} AS random_rows ORDER BY row_number")


def is_accepted(condition: AnyCondition, before: Row, after: Row) -> bool:
    """Return whether a change fulfills a condition, by its reading in Python."""
    if isinstance(condition, Rising):
        return not condition.expected(before, after)
    assert isinstance(condition, FixedIf)
    is_same = all(getattr(before, name) == getattr(after, name) for name in condition.fields)
    return is_same or not condition.applies(before)


def rows_that_differ(
    entity: type[WithConditions], condition: Condition, ask: Ask, *, dialect: str, seed: int = 0
) -> list[Row]:
    """Return those of 200 random rows about which Python and the database differ."""
    rows = random_rows(entity, fields_of(condition), seeded(condition, seed))
    expected = answers_of_python(condition, rows)
    actual = answers_of_sql(entity, condition, rows, ask, dialect=dialect)
    answers = zip(rows, expected, actual, strict=True)
    return [row for row, in_python, in_sql in answers if in_python != in_sql]


def changes_that_differ(
    entity: type[Aggregate],
    condition: FixedIf | Rising,
    ask: Ask,
    *,
    dialect: str,
    seed: int = 0,
) -> list[tuple[Row, Row]]:
    """Return those of 200 random changes about which Python and the database differ."""
    guard = guard_of(entity, condition, dialect)
    names = fields_of(condition)
    if guard.name in WIDER_GUARDS:
        names = ("id", *names)
    random = seeded(condition, seed)
    before = random_rows(entity, names, random)
    after = random_rows(entity, names, random)
    sources = [
        row_source(entity, names, rows, is_sqlite=dialect == "sqlite") for rows in (before, after)
    ]
    is_met = _condition_of_row(guard, dialect)
    actual = ask(
        f"SELECT ({is_met}) IS TRUE FROM {sources[0]} AS OLD JOIN {sources[1]} AS NEW"
        " ON NEW.row_number = OLD.row_number ORDER BY OLD.row_number"
    )
    different: list[tuple[Row, Row]] = []
    for old, new, in_sql in zip(before, after, actual, strict=True):
        # Where the predicate is true, the claims about a row say that the fields are set.
        is_possible = _is_possible(condition, old)
        if is_possible and in_sql != is_accepted(condition, old, new):
            different.append((old, new))
    return different


def guard_of(entity: type[Aggregate], condition: FixedIf | Rising, dialect: str) -> Guard:
    """Return the guard of the database that has the name of a condition."""
    return _guards(dialect)[f"{table_of(entity).name}_{condition.name}"]


@cache
def _guards(dialect: str) -> Mapping[str, Guard]:
    """Return the guards of the databases by their names."""
    return {guard.name: guard for guard in CATALOG.guards(dialect)}


def _condition_of_row(guard: Guard, dialect: str) -> str:
    """Return the condition of a guard, for which the other table that it reads has no rows."""
    if guard.name not in WIDER_GUARDS:
        return guard.condition
    other = qualified_name(WIDER_GUARDS[guard.name], dialect)
    return guard.condition.replace(f"FROM {other} ", "FROM (SELECT NULL AS id WHERE 1 = 0) ")


def _is_possible(condition: FixedIf | Rising, row: Row) -> bool:
    if not isinstance(condition, FixedIf) or not condition.are_set:
        return True
    return all(getattr(row, name) is not None for name in condition.fields)
