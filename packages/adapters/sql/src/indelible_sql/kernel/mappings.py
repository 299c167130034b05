"""The mappings of aggregates and their records to tables."""

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, Generic, TypeVar

from attrs import Factory, field, frozen
from sqlalchemy import Table

from indelible.kernel import Head, Revision, UsageError, to_json_value
from indelible.kernel.aggregates import Aggregate
from indelible.kernel.bulk import BulkRecord
from indelible.kernel.conditions import position_outside
from indelible.kernel.history import Record
from indelible.kernel.one_per_parent import OnePerParent
from indelible.kernel.references import Reference
from indelible.kernel.repository import Repository
from indelible.kernel.values import field_values
from indelible_sql.engine.errors import GuardViolation
from indelible_sql.engine.session import Query, Row
from indelible_sql.kernel.finder_faults import finder_faults
from indelible_sql.kernel.history import ROWS
from indelible_sql.kernel.lists import ListedTable, listed_heads
from indelible_sql.kernel.mapping_faults import bulk_faults, head_faults, record_faults
from indelible_sql.schema.bulk import BulkTable
from indelible_sql.schema.checks import previous_numbers
from indelible_sql.schema.columns import JsonDomain
from indelible_sql.schema.guards import RecordHeadRule, duplicate_guards
from indelible_sql.schema.one_per_parent import reports_of
from indelible_sql.schema.references import reports_of_references
from indelible_sql.schema.tables import RecordDigest, page_by, rows_by

E = TypeVar("E", bound=Aggregate)
R = TypeVar("R", bound=Record)


def accept_any(_: Record) -> None:
    """Accept the record: each of its values is valid with any of the others."""


def derive_nothing(_: Row) -> dict[str, Any]:
    """Return no column: a digest covers all that the record type has."""
    return {}


@frozen(kw_only=True, eq=False)
class RecordMapping(Generic[R]):
    """The table of a record type.

    The table's columns are the record's fields, unless `to_row` and `of_row` convert them. The
    head copies `head_columns` from the row. `check` raises ValueError for a record whose values
    contradict each other. `digest` replaces `stored_digest`, and is given the row and the scheme.
    `derived` computes the columns that no digest covers, other than previous numbers.
    """

    table: Table
    record: type[R]
    to_row: Callable[[R], Mapping[str, Any]] = field_values
    of_row: Callable[[Row], R] | None = None
    head_columns: tuple[str, ...] = ()
    check: Callable[[R], None] = accept_any
    digest: Callable[[Row, int], str] | None = None
    derived: Callable[[Row], Mapping[str, Any]] = derive_nothing

    def read(self, row: Row) -> R:
        """Return the record that a row of the table stores."""
        if self.of_row is None:
            return ROWS.structure(row, self.record)
        return self.of_row(row)

    def stored_digest(self, row: Row, scheme: int) -> str:
        """Return the digest of a row's record.

        Raises:
            RowUnreadable: The row stores no record.
            ValueError: The library would write another row, or `check` refuses the record.
        """
        if self.digest is not None:
            return self.digest(row, scheme)

        record = self.read(row)
        for name, value in self.to_row(record).items():
            is_json = isinstance(self.table.c[name].type, JsonDomain)
            written = to_json_value(value) if is_json else value
            if written != row[name]:
                raise ValueError(f"the stored {name} is not in canonical form")

        self.check(record)
        return record.digest(scheme)

    def derived_columns(self, row: Row) -> dict[str, Any]:
        """Return the columns that no digest covers, computed from the others."""
        return {**previous_numbers(self.table, row), **self.derived(row)}

    def is_duplicate(self, violation: GuardViolation) -> bool:
        """Return whether a stored record has the refused one's value in the unique field."""
        return bool(self.record.unique_field) and violation.guard in self._unique_guards

    @cached_property
    def _unique_guards(self) -> frozenset[str]:
        # The record's number is not taken: the head, which moves first, has just reached it.
        return duplicate_guards(self.table, [self.record.unique_field])


def _bulk_tables_of(mapping: "HeadMapping[Any]") -> tuple[BulkTable, ...]:
    tables: list[BulkTable] = []
    for record, table in mapping.bulk.items():
        tables.append(
            BulkTable(table=table, record=record, head=mapping.table, entity=mapping.entity)
        )
    return tuple(tables)


@frozen(kw_only=True, eq=False)
class HeadMapping(Generic[E]):
    """The head table of an aggregate, with the tables of its records and bulk records.

    The table's columns are those of `head_columns()`, the aggregate's fields and the
    `head_columns` of its records. `finders` is the repository whose finders an index must answer.
    """

    table: Table
    entity: type[E]
    finders: type[Repository[E]] | None = None
    records: tuple[RecordMapping[Any], ...] = ()
    bulk: Mapping[type[BulkRecord], Table] = field(factory=dict[type[BulkRecord], Table])
    bulk_tables: tuple[BulkTable, ...] = field(
        init=False, default=Factory(_bulk_tables_of, takes_self=True)
    )

    def __attrs_post_init__(self) -> None:
        """Check the tables against what the aggregate declares, and against its finders.

        Raises:
            UsageError: They differ. Each fault is on a line of its own, with file and line.
        """
        copied_columns = [name for mapping in self.records for name in mapping.head_columns]
        record_tables = [(mapping.record, mapping.table) for mapping in self.records]
        differences = (
            *head_faults(self.table, self.entity, copied_columns),
            *record_faults(self.entity, record_tables),
            *bulk_faults(self.entity, self.bulk_tables),
        )
        position = position_outside(__file__)
        faults = [f"{position}: {difference}" for difference in differences]
        if self.finders is not None:
            tables: dict[type[Aggregate | Record], Table] = {self.entity: self.table}
            tables.update(record_tables)
            faults.extend(finder_faults(self.finders, self.entity, tables))
        if faults:
            lines = "\n".join(faults)
            raise UsageError(f"the mapping of {self.entity.__name__} has faults:\n{lines}")

    @property
    def record_tables(self) -> tuple[Table, ...]:
        """Return the insert-only tables."""
        return (*self.bulk.values(), *(mapping.table for mapping in self.records))

    @cached_property
    def rules_by_report(self) -> Mapping[str, OnePerParent]:
        """Return the rules by the names under which the databases report a second aggregate."""
        return reports_of(self.table)

    @cached_property
    def references_by_report(self) -> Mapping[str, Reference]:
        """Return the references by the names under which the databases report an unknown id."""
        return reports_of_references(self.table, self.entity)

    @cached_property
    def get_by_id(self) -> Query:
        """Return the query of one head."""
        return rows_by(self.table, "id")

    @cached_property
    def lock_by_id(self) -> Query:
        """Return the query that locks one head."""
        return rows_by(self.table, "id").with_for_update()

    @cached_property
    def next_page(self) -> Query:
        """Return the query of the next heads after an id."""
        return page_by(self.table, (), ("id",))

    @cached_property
    def listed(self) -> ListedTable:
        """Return the rows that the lists of the aggregate are made of."""
        return listed_heads(self.table)

    @property
    def version_column(self) -> str:
        """Return the column that counts the versions."""
        return self.entity.version_field or "version"

    def record_head_rules(self) -> tuple[RecordHeadRule, ...]:
        """Return the rules that tie new records to their head, from the records' `head_fields`."""
        rules: list[RecordHeadRule] = []
        for mapping in self.records:
            columns = {head: column for column, head in mapping.record.head_fields.items()}
            rules.append(RecordHeadRule(record=mapping.table, head=self.table, columns=columns))
        return tuple(rules)

    def digests(self) -> tuple[RecordDigest, ...]:
        """Return the comparisons of the records with the changes that add them."""
        digests: list[RecordDigest] = []
        for mapping in self.records:
            digests.append(
                RecordDigest(
                    table=mapping.table,
                    change_field=mapping.record.record_name,
                    digest=mapping.stored_digest,
                    derived=mapping.derived_columns,
                    only_first=mapping.record in self.entity.first_records,
                )
            )
        return tuple(digests)

    def of_row(self, row: Row) -> Head[E]:
        """Return the head that a row of the table stores."""
        revision = Revision(row["seq"], row["status"], row[self.version_column], row["hash"])
        return Head(entity=ROWS.structure(row, self.entity), revision=revision)

    def record_mapping(self, record_type: type[R]) -> RecordMapping[R]:
        """Return the mapping of a type of records."""
        for mapping in self.records:
            if mapping.record is record_type:
                return mapping

        problem = f"{self.table.name} has no mapping of record {record_type.__name__}"
        raise UsageError(problem)

    def bulk_table(self, record_type: type[BulkRecord]) -> BulkTable:
        """Return the table of a type of bulk records."""
        for bulk in self.bulk_tables:
            if bulk.record is record_type:
                return bulk

        problem = f"{self.table.name} has no table of bulk record {record_type.__name__}"
        raise UsageError(problem)
