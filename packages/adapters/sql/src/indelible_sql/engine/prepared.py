"""Statements compiled once by SQLAlchemy, and sent many times without it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Protocol

from attrs import frozen
from sqlalchemy import Dialect
from sqlalchemy.sql.base import Executable
from sqlalchemy.sql.selectable import ReturnsRows
from sqlalchemy.types import TypeEngine

from indelible_sql.engine.errors import UNREADABLE, RowUnreadable

Convert = Callable[[Any], Any]
# A placeholder in statements for the schema's name, which each store replaces.
SCHEMA = "indelible"
MAX_STATEMENTS = 1_000  # cached for all databases of the process


class HasDialect(Protocol):
    """A connection, or a session, which begins no transaction to tell its dialect."""

    @property
    def dialect(self) -> Dialect: ...


@frozen
class Prepared:
    """A statement's text, and how values go into it and rows come out of it.

    `defaults` are values that the statement brings itself. `converted_parameters` and
    `converted_columns` are those whose values are not used as they are. With positions, the same
    parameter can occur several times.
    """

    text: str
    defaults: Mapping[str, Any]
    parameters: tuple[str, ...]
    converted_parameters: tuple[tuple[str, Convert], ...]
    columns: tuple[str, ...]
    converted_columns: tuple[tuple[str, Convert], ...]
    is_positional: bool
    loads: tuple[Convert | None, ...] = ()  # by the position of the column

    def bind(self, values: Mapping[str, Any]) -> Mapping[str, Any] | Sequence[Any]:
        """Return the parameters as the driver takes them."""
        driver_values = {**self.defaults, **values}
        for name, dump in self.converted_parameters:
            driver_values[name] = dump(driver_values[name])

        if self.is_positional:
            return [driver_values[name] for name in self.parameters]
        return driver_values

    def bind_many(
        self, rows: Iterable[Mapping[str, Any]]
    ) -> Iterable[Mapping[str, Any] | Sequence[Any]]:
        """Return the parameters of many rows, one row at a time."""
        return map(self.bind, rows)

    def read_values(self, rows: Sequence[Sequence[Any]]) -> Iterable[Sequence[Any]]:
        """Return a driver's rows with their values in the order of the columns."""
        columns: list[Iterable[Any]] = []
        for values, load in zip(zip(*rows, strict=True), self.loads, strict=False):
            columns.append(values if load is None else map(load, values))
        return zip(*columns, strict=True)

    def read_all(self, rows: Sequence[Any]) -> list[dict[str, Any]]:
        """Return a driver's rows by the names of their columns, or raise RowUnreadable."""
        try:
            return [self.read(row) for row in rows]
        except UNREADABLE as error:
            raise RowUnreadable.because_of(error) from error

    def read(self, values: Iterable[Any]) -> dict[str, Any]:
        """Return a driver's row by the names of its columns."""
        row = dict(zip(self.columns, values, strict=True))
        for name, load in self.converted_columns:
            row[name] = load(row[name])
        return row


@lru_cache(maxsize=MAX_STATEMENTS)
def prepare(statement: Executable, dialect: Dialect, schema: str) -> Prepared:
    """Compile a statement for a dialect, with its tables in the given schema."""
    own_schema = "main" if dialect.name == "sqlite" else schema
    untyped: Any = statement  # its types do not say what a compiler knows
    compiled = untyped.compile(
        dialect=dialect,
        schema_translate_map={SCHEMA: own_schema},
        render_schema_translate=True,
    )

    binds = {name: bind for bind, name in compiled.bind_names.items()}
    names = tuple(binds)
    if compiled.positional:
        names = compiled.positiontup or ()
    columns = statement.exported_columns if isinstance(statement, ReturnsRows) else ()
    dumps = [(name, _dump(bind.type, dialect)) for name, bind in binds.items()]
    loads = [(column.name, _load(column.type, dialect)) for column in columns]
    return Prepared(
        text=compiled.string,
        defaults={name: bind.effective_value for name, bind in binds.items() if not bind.required},
        parameters=names,
        converted_parameters=tuple((name, dump) for name, dump in dumps if dump is not None),
        columns=tuple(name for name, _ in loads),
        converted_columns=tuple((name, load) for name, load in loads if load is not None),
        is_positional=bool(compiled.positional),
        loads=tuple(load for _, load in loads),
    )


def _dump(kind: TypeEngine[Any], dialect: Dialect) -> Convert | None:
    return kind.dialect_impl(dialect).bind_processor(dialect)


def _load(kind: TypeEngine[Any], dialect: Dialect) -> Convert | None:
    return kind.dialect_impl(dialect).result_processor(dialect, None)
