"""A statement as its driver takes it: SQLAlchemy writes it once, and is not asked again each time it is sent."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from attrs import frozen
from sqlalchemy import Dialect
from sqlalchemy.sql.base import Executable
from sqlalchemy.sql.selectable import ReturnsRows
from sqlalchemy.types import TypeEngine

from indelible_sql.schema.columns import SCHEMA

Convert = Callable[[Any], Any]
MOST = 1_000  # statements that are remembered, of all databases of the process


@frozen
class Prepared:
    """The text, and how values go into it and come out of it."""

    text: str
    own: Mapping[str, Any]  # values that the statement brings itself
    parameters: tuple[tuple[str, Convert | None], ...]
    columns: tuple[str, ...]
    converted: tuple[
        tuple[str, Convert], ...
    ]  # of the columns, those whose values are not taken as they come
    is_positional: bool

    def bound(self, values: Mapping[str, Any]) -> Mapping[str, Any] | Sequence[Any]:
        """The values as the driver takes them."""
        given = {**self.own, **values} if self.own else values
        if self.is_positional:
            return [
                given[name] if dump is None else dump(given[name]) for name, dump in self.parameters
            ]
        return {
            name: given[name] if dump is None else dump(given[name])
            for name, dump in self.parameters
        }

    def read(self, found: Iterable[Any]) -> dict[str, Any]:
        """A row that the driver gave, by its columns' names."""
        row = dict(zip(self.columns, found, strict=True))
        for name, load in self.converted:
            row[name] = load(row[name])
        return row


@lru_cache(maxsize=MOST)
def prepared(statement: Executable, dialect: Dialect, schema: str) -> Prepared:
    """The statement in the database's own words, its tables in the given schema."""
    place = {SCHEMA: "main" if dialect.name == "sqlite" else schema}
    written: Any = statement  # its types say little of what a compiler knows
    compiled = written.compile(
        dialect=dialect, schema_translate_map=place, render_schema_translate=True
    )
    binds = {name: bind for bind, name in compiled.bind_names.items()}
    names = compiled.positiontup or () if compiled.positional else tuple(binds)
    shown = statement.exported_columns if isinstance(statement, ReturnsRows) else ()
    loads = [
        (column.name, _own(column.type, dialect).result_processor(dialect, None))
        for column in shown
    ]
    return Prepared(
        text=compiled.string,
        own={name: bind.effective_value for name, bind in binds.items() if not bind.required},
        parameters=tuple(
            (name, _own(binds[name].type, dialect).bind_processor(dialect)) for name in names
        ),
        columns=tuple(name for name, _ in loads),
        converted=tuple((name, load) for name, load in loads if load is not None),
        is_positional=bool(compiled.positional),
    )


def _own(kind: TypeEngine[Any], dialect: Dialect) -> TypeEngine[Any]:
    return kind.dialect_impl(dialect)
