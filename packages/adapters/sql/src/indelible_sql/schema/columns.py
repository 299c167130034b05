"""The column types that all contexts share: domains on PostgreSQL, checked values on SQLite."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any

from sqlalchemy import (
    ARRAY,
    REAL,
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    DateTime,
    Dialect,
    Double,
    Integer,
    LargeBinary,
    Numeric,
    Text,
    TypeDecorator,
    type_coerce,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import TypeCompiler
from sqlalchemy.types import TypeEngine

from indelible.kernel import Actor, canonical_json, instant_text
from indelible.kernel.audit import ActorKind
from indelible.kernel.json import encode_canonical
from indelible.kernel.json_limits import DOCUMENT_LIMITS, VALUE_LIMITS, JsonLimits
from indelible.kernel.json_numbers import parse_json
from indelible_sql.engine.errors import JSON_LIMITS
from indelible_sql.engine.prepared import SCHEMA, HasDialect
from indelible_sql.schema.json_rules import JsonText, postgresql_rule

# The types of SQLite's strict tables, by the type that PostgreSQL stores; all others are text.
STRICT_TYPES: tuple[tuple[Any, TypeEngine[Any]], ...] = (
    (BigInteger, Integer()),
    (Double, REAL()),
    (ARRAY, LargeBinary()),
    (LargeBinary, LargeBinary()),
)

INSTANT_GLOB = (
    "[0-9]" * 4
    + "-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9]."
    + "[0-9]" * 6
    + "+00:00"
)
HEX_DIGITS = "0123456789abcdef"
BIGINT = range(-(2**63), 2**63)
MAX_ACTOR_ID_CHARACTERS = 200

Convert = Callable[[Any], Any]


def unchanged(value: object) -> object:
    """Return the value as it is, for types that the driver converts itself."""
    return value


class Domain(TypeDecorator[Any]):
    """A column type with a rule for its values.

    It becomes a domain on PostgreSQL, which reads a domain's rule once per session but a CHECK once
    per statement, and a CHECK on a native type on SQLite.
    """

    impl = Text
    cache_ok = True

    def __init__(
        self,
        name: str,
        native: TypeEngine[Any],
        *,
        rule: str = "",
        sqlite_rule: str = "",
        dump: Convert = unchanged,
        load: Convert = unchanged,
        dump_native: Convert = unchanged,
        load_native: Convert = unchanged,
        from_json: Convert = unchanged,
        to_json: Convert = unchanged,
    ) -> None:
        """Declare a domain over PostgreSQL's type `native`.

        `rule` is a condition on `{0}`, and `sqlite_rule` is its form on SQLite where that differs.
        `dump` and `load` convert a value for SQLite's driver and back, `dump_native` and
        `load_native` for PostgreSQL's. `to_json` makes a value that canonical JSON can
        write, and `from_json` converts it back.
        """
        super().__init__()
        self.name = name
        self.native = native
        self.rule = rule
        self.sqlite_rule = sqlite_rule or rule
        self.from_json = from_json
        self.to_json = to_json
        self._dump = {"sqlite": dump, "postgresql": dump_native}
        self._load = {"sqlite": load, "postgresql": load_native}

    def stored(self, value: object, dialect: str) -> object:
        """Return a value as the driver of a dialect gets it."""
        return None if value is None else self._dump[dialect](value)

    def is_converted(self, dialect: str) -> bool:
        """Return whether a value of the library and the driver's value differ in form."""
        return self._load[dialect] is not unchanged or self._dump[dialect] is not unchanged

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the type that the driver sees."""
        if dialect.name != "sqlite":
            return dialect.type_descriptor(self.native)

        for kind, strict_type in STRICT_TYPES:
            if isinstance(self.native, kind):
                return dialect.type_descriptor(strict_type)
        return dialect.type_descriptor(Text())

    def bind_processor(self, dialect: Dialect) -> Any:
        """Return the function that converts a value for the driver, or None if none is needed."""
        dump = self._dump[dialect.name]
        native_dump = self.impl_instance.bind_processor(dialect)
        if dump is unchanged:
            return native_dump
        if native_dump is not None:
            return super().bind_processor(dialect)
        return _unless_none(dump)

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        """Return the function that converts the driver's value, or None if none is needed."""
        load = self._load[dialect.name]
        native_load = None
        # The drivers return floats and Decimals; SQLAlchemy's own processor would check each again.
        if not isinstance(self.native, Double | Numeric | ARRAY):
            native_load = self.impl_instance.result_processor(dialect, coltype)

        if load is unchanged:
            return native_load
        if native_load is not None:
            return super().result_processor(dialect, coltype)
        return _unless_none(load)

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """Convert a value of the library for the database."""
        return self.stored(value, dialect.name)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """Convert a value of the database for the library."""
        if value is None:
            return None
        return self._load[dialect.name](value)

    def create(self, base: str) -> str:
        """Return PostgreSQL's statement for the domain; `base` is the text of its native type."""
        return f"CREATE DOMAIN {SCHEMA}.{self.name} AS {base} CHECK ({self.rule.format('VALUE')})"


@compiles(Domain, "postgresql")
def _domain_name(type_: Domain, _: TypeCompiler, **__: object) -> str:
    return f"{SCHEMA}.{type_.name}"


def _unless_none(convert: Convert) -> Convert:
    def convert_value(value: Any) -> Any:
        if value is None:
            return None
        return convert(value)

    return convert_value


def _in_utc(value: datetime) -> datetime:
    """Return the instant in UTC: a PostgreSQL session reports instants in its own time zone."""
    if value.tzinfo is UTC:
        return value
    return value.astimezone(UTC)


def bigint(value: object) -> int:
    """Return an integer of 64 bits; raise ValueError for everything else, booleans included."""
    if type(value) is not int or value not in BIGINT:
        raise ValueError(f"{value!r} is not an integer of 64 bits")
    return value


def hex_domain(name: str, rule: str, digits: str) -> Domain:
    """Declare a text of lower-case hexadecimal digits; `digits` is their SQL expression."""
    # SQLite has no regular expressions; on PostgreSQL they are six times as fast as trim().
    matches = f"{digits} !~ '[^0-9a-f]'"
    trims_to_nothing = f"trim({digits}, '{HEX_DIGITS}') = ''"
    return Domain(
        name,
        C_COLLATED_TEXT,
        rule=f"{rule} AND {matches}",
        sqlite_rule=f"{rule} AND {trims_to_nothing}",
    )


def float_domain(name: str, rule: str, sqlite_rule: str = "") -> Domain:
    """Declare a 64-bit float; exports contain its exact hexadecimal text."""
    return Domain(
        name,
        Double(),
        rule=rule,
        sqlite_rule=sqlite_rule,
        to_json=float.hex,
        from_json=float.fromhex,
    )


class JsonDomain(Domain):
    """A column of JSON values within limits.

    PostgreSQL's values are read as text, so that a host's own driver settings do not decide which
    numbers become floats.
    """

    cache_ok = True

    def __init__(self, name: str, limits: JsonLimits, *, rule: str, sqlite_rule: str) -> None:
        """Declare a domain over JSONB; the rules are conditions on `{0}`."""
        super().__init__(
            name,
            JSONB(none_as_null=True),
            rule=rule,
            # Some versions of SQLite take NULL for invalid JSON.
            sqlite_rule=f"{{0}} IS NULL OR json_valid({{0}}) AND {sqlite_rule}",
            dump=canonical_json,
            load=parse_json,
            dump_native=canonical_json,
            load_native=_parsed,
            from_json=self._checked,
        )
        self.limits = limits

    def _checked(self, value: Any) -> Any:
        """Return the value of an export; raise JsonLimitExceeded where it exceeds the limits."""
        self.limits.check(value, encode_canonical(value), self.name)
        return value

    def bind_processor(self, dialect: Dialect) -> Any:
        """Return the function that writes a value as its canonical text.

        The driver's own would refuse Decimals; PostgreSQL casts the text.
        """
        return _unless_none(self._dump[dialect.name])

    def column_expression(self, column: ColumnElement[Any]) -> ColumnElement[Any]:
        """Return the text of a selected column, typed as this domain."""
        return type_coerce(JsonText(column), self)

    def create_limits(self) -> str:
        """Return PostgreSQL's statement that adds the limits to the domain.

        Rows that are older than the limits are not checked: nobody could remove them, and the
        upgrade must not fail for ever. `verify` names them.
        """
        return (
            f"ALTER DOMAIN {SCHEMA}.{self.name} ADD CONSTRAINT {self.name}_{JSON_LIMITS}"
            f" CHECK ({postgresql_rule(self.limits)}) NOT VALID"
        )


def _parsed(value: Any) -> Any:
    """Return the value of a JSON text; a statement in text returns a list that is parsed."""
    if isinstance(value, str):
        return parse_json(value)
    return value


def _json_domain(name: str, kind: str, limits: JsonLimits) -> JsonDomain:
    return JsonDomain(
        name,
        limits,
        rule=f"jsonb_typeof({{0}}) = '{kind}'",
        sqlite_rule=f"json_type({{0}}) = '{kind}'",
    )


def _actor_rule() -> str:
    """Return the condition that a text is an actor's kind, a colon and an id."""
    alternatives: list[str] = []
    for kind in ActorKind:
        prefix_length = len(kind) + 1
        min_length = prefix_length + 1
        max_length = prefix_length + MAX_ACTOR_ID_CHARACTERS
        alternatives.append(
            f"substr({{0}}, 1, {prefix_length}) = '{kind}:'"
            f" AND length({{0}}) BETWEEN {min_length} AND {max_length}"
        )
    return f"({' OR '.join(alternatives)})"


# Both databases sort these texts by code point.
C_COLLATED_TEXT = Text().with_variant(Text(collation="C"), "postgresql")
CONTENT = Text()
BIG_INTEGER = BigInteger().with_variant(Integer(), "sqlite")

IDENTIFIER = Domain("identifier", C_COLLATED_TEXT, rule="length({0}) BETWEEN 1 AND 200")
NAME_KEY = Domain("name_key", C_COLLATED_TEXT, rule="length({0}) <= 200")
STATE = Domain("state", C_COLLATED_TEXT, rule="length({0}) <= 60")
ACTOR = Domain(
    "actor",
    C_COLLATED_TEXT,
    rule=f"{_actor_rule()} AND {{0}} !~ '\\s'",
    sqlite_rule=f"{_actor_rule()} AND {{0}} NOT GLOB '*[' || char(32, 9, 10, 11, 12, 13) || ']*'",
    dump=str,
    load=Actor.parse,
    dump_native=str,
    load_native=Actor.parse,
    from_json=Actor.parse,
)
NONBLANK_TEXT = Domain(
    "nonblank_text",
    Text(),
    rule="{0} ~ '\\S'",
    sqlite_rule="trim({0}, char(9, 10, 11, 12, 13, 32)) <> ''",
)
DIGEST = hex_domain("digest", "length({0}) = 64", "{0}")
DIGEST_OR_EMPTY = hex_domain("digest_or_empty", "length({0}) IN (0, 64)", "{0}")
ORDINAL = Domain("ordinal", BigInteger(), rule="{0} >= 1", from_json=bigint)
NATURAL = Domain("natural_number", BigInteger(), rule="{0} >= 0", from_json=bigint)
INSTANT = Domain(
    "instant",
    DateTime(timezone=True),
    rule="{0} >= '2000-01-01 00:00:00+00' AND {0} < '3000-01-01 00:00:00+00'",
    sqlite_rule=f"{{0}} GLOB '{INSTANT_GLOB}' AND {{0}} >= '2000' AND {{0}} < '3000'",
    dump=instant_text,
    load=datetime.fromisoformat,
    load_native=_in_utc,
    from_json=datetime.fromisoformat,
)
JSON_OBJECT = _json_domain("json_object", "object", DOCUMENT_LIMITS)
JSON_ARRAY = _json_domain("json_array", "array", DOCUMENT_LIMITS)
# An object that a caller stores: documents with such objects in them have wider limits.
JSON_DETAILS = _json_domain("json_details", "object", VALUE_LIMITS)
# Any JSON value that a caller stores; null is stored as SQL's NULL.
JSON_VALUE = JsonDomain(
    "json_value",
    VALUE_LIMITS,
    rule="jsonb_typeof({0}) <> 'null'",
    sqlite_rule="json_type({0}) <> 'null'",
)
NUMBER = float_domain("number", "abs({0}) < 'Infinity'", "abs({0}) < 9e999")
FRACTION = float_domain("fraction", "{0} BETWEEN 0 AND 1")

KERNEL_DOMAINS = (
    IDENTIFIER,
    NAME_KEY,
    STATE,
    ACTOR,
    NONBLANK_TEXT,
    DIGEST,
    DIGEST_OR_EMPTY,
    ORDINAL,
    NATURAL,
    INSTANT,
    JSON_OBJECT,
    JSON_ARRAY,
    JSON_DETAILS,
    JSON_VALUE,
    NUMBER,
    FRACTION,
)

required = partial(Column[Any], nullable=False)


def quoted(connection: HasDialect, schema: str) -> str:
    """Return the schema's name as SQL text."""
    return connection.dialect.identifier_preparer.quote(schema)


def prefix_of(connection: HasDialect, schema: str) -> str:
    """Return the text that qualifies a table's name in a statement: empty on SQLite."""
    if connection.dialect.name == "sqlite":
        return ""
    return f"{quoted(connection, schema)}."


def in_schema(connection: Connection, schema: str, statement: str) -> str:
    """Return a statement with the schema's name instead of the placeholder.

    Statements for SQLite contain no placeholder.
    """
    prefix = prefix_of(connection, schema)
    if not prefix:
        return statement
    return statement.replace(f"{SCHEMA}.", prefix)
