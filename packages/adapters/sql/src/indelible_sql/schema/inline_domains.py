"""The column types of a host's tables alone: dates and fixed-point decimals."""

from datetime import date
from functools import cache, partial
from typing import Any

from sqlalchemy import Date, Dialect, Integer, Numeric
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import TypeCompiler
from sqlalchemy.types import TypeEngine

from indelible.kernel.decimals import FixedDecimal, decimal_of_text, of_units, with_places
from indelible_sql.schema.columns import Domain


class InlineDomain(Domain):
    """A domain of a host's tables: on PostgreSQL a native type, with a CHECK of its own.

    Indelible's schema has no domain of it, so that a new one needs no migration.
    """

    cache_ok = True


@compiles(InlineDomain, "postgresql")
def _native_name(type_: InlineDomain, compiler: TypeCompiler, **__: object) -> str:
    # As `format_type` of PostgreSQL writes it.
    return compiler.process(type_.native).lower().replace(", ", ",")


CALENDAR_DATE = InlineDomain(
    "calendar_date",
    Date(),
    rule="{0} BETWEEN '0001-01-01' AND '9999-12-31'",
    # The guards compute the day: February 31 is none.
    sqlite_rule="{0} GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]' AND {0} >= '0001'",
    dump=date.isoformat,
    load=date.fromisoformat,
    from_json=date.fromisoformat,
)


class DecimalDomain(InlineDomain):
    """A fixed-point decimal: `numeric(12,2)` on PostgreSQL, its smallest units on SQLite.

    SQLite has no decimals. Whole numbers are exact, and in order, which texts are not.
    """

    cache_ok = True

    def __init__(self, digits: int, places: int) -> None:
        """Declare the type of decimals with so many digits, `places` of them decimal places."""
        self.digits = digits
        self.places = places
        most = 10**digits - 1
        super().__init__(
            f"decimal_{digits}_{places}",
            Numeric(digits, places),
            rule="{0} <> 'NaN'",  # the only number that is none in a numeric(p,s)
            sqlite_rule=f"{{0}} BETWEEN -{most} AND {most}",
            dump=partial(_units, places=places),
            load=partial(of_units, places=places),
            load_native=FixedDecimal,
            to_json=str,
            from_json=partial(decimal_of_text, places=places),
        )

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the type that the driver sees: on SQLite whole numbers."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(Integer())
        return super().load_dialect_impl(dialect)

    def text_sql(self, value: str, dialect: str) -> str:
        """Return the SQL of the canonical text of a stored number."""
        if dialect != "sqlite" or not self.places:
            return f"CAST({value} AS text)"
        unit = 10**self.places
        sign = f"CASE WHEN {value} < 0 THEN '-' ELSE '' END"
        places = f"printf('%0{self.places}d', abs({value}) % {unit})"
        return f"{sign} || (abs({value}) / {unit}) || '.' || {places}"


@cache
def decimal_type(digits: int, places: int) -> DecimalDomain:
    """Return the type of decimals with so many digits, `places` of them decimal places."""
    return DecimalDomain(digits, places)


def _units(value: Any, *, places: int) -> int:
    """Return a decimal in its smallest unit; its field has refused what is not exact."""
    exact: FixedDecimal = with_places(value, places=places)
    return exact.units()
