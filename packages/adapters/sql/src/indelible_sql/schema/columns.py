"""The column types that both databases share: domains on PostgreSQL, checked texts and integers on SQLite."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from operator import attrgetter
from typing import Any

from sqlalchemy import (
    ARRAY,
    REAL,
    BigInteger,
    Column,
    Connection,
    DateTime,
    Dialect,
    Double,
    Integer,
    LargeBinary,
    Text,
    TypeDecorator,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import TypeCompiler
from sqlalchemy.types import TypeEngine

from indelible.captures.entities import EngagementLevel, Vector, as_float32
from indelible.kernel import Actor, canonical_json, instant_text
from indelible.kernel.audit import ActorKind

# SQLite's strict tables know five types; what is none of these three is kept as text.
STRICT: tuple[tuple[Any, TypeEngine[Any]], ...] = (
    (BigInteger, Integer()),
    (Double, REAL()),
    (ARRAY, LargeBinary()),
)
SCHEMA = "indelible"  # a symbol: each engine translates it, SQLite to nothing

INSTANT_GLOB = (
    "[0-9]" * 4
    + "-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9]."
    + "[0-9]" * 6
    + "+00:00"
)
HEX = "0123456789abcdef"
BIGINT = range(-(2**63), 2**63)


def _same(value: object) -> object:
    return value


def _unless_none(convert: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: None if value is None else convert(value)


def _in_utc(value: datetime) -> datetime:
    return (
        value if value.tzinfo is UTC else value.astimezone(UTC)
    )  # a session shows instants in its own time zone


def _whole(value: object) -> int:
    if type(value) is not int or value not in BIGINT:
        raise ValueError("not a whole number of 64 bits")
    return value


class Domain(TypeDecorator[Any]):
    """A named rule for a column's values.

    PostgreSQL gets a domain: it reads a domain's rule once a session, a CHECK once a statement.
    SQLite's strict tables get one of their own types and a CHECK.
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
        dump: Callable[[Any], Any] = _same,
        load: Callable[[Any], Any] = _same,
        load_native: Callable[[Any], Any] = _same,
        from_plain: Callable[[Any], Any] = _same,
        everywhere: bool = False,
        dump_native: Callable[[Any], Any] = _same,
    ) -> None:
        super().__init__()
        self.name, self.native, self.rule, self.sqlite_rule = (
            name,
            native,
            rule,
            sqlite_rule or rule,
        )
        self.from_plain = from_plain
        self.dump = dump, dump if everywhere else dump_native
        self.load = load, load if everywhere else load_native

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The type that the driver sees."""
        if dialect.name != "sqlite":
            return dialect.type_descriptor(self.native)
        return dialect.type_descriptor(
            next((each for kind, each in STRICT if isinstance(self.native, kind)), Text())
        )

    def bind_processor(self, dialect: Dialect) -> Any:
        """How the driver is given a value; a value that stays as it is costs no call, another as few as can be."""
        dump, own = self.dump[dialect.name != "sqlite"], self.impl_instance.bind_processor(dialect)
        if dump is _same:
            return own
        return super().bind_processor(dialect) if own else _unless_none(dump)

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        """How the driver's value is taken."""
        load = self.load[dialect.name != "sqlite"]
        gives_floats = isinstance(
            self.native, Double | ARRAY
        )  # as every driver does; SQLAlchemy's own asks which kind
        own = None if gives_floats else self.impl_instance.result_processor(dialect, coltype)
        if load is _same:
            return own
        return super().result_processor(dialect, coltype) if own else _unless_none(load)

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """The value as the database takes it."""
        return None if value is None else self.dump[dialect.name != "sqlite"](value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """The value as the library takes it."""
        return None if value is None else self.load[dialect.name != "sqlite"](value)

    def create(self, base: str) -> str:
        """PostgreSQL's statement for the domain, over the text of its native type."""
        return f"CREATE DOMAIN {SCHEMA}.{self.name} AS {base} CHECK ({self.rule.format('VALUE')})"


@compiles(Domain, "postgresql")
def _domain_name(type_: Domain, _: TypeCompiler, **__: object) -> str:
    return f"{SCHEMA}.{type_.name}"


def _json(name: str, kind: str) -> Domain:
    # NULL is no valid JSON to some SQLites.
    rule, sqlite_rule = (
        f"jsonb_typeof({{0}}) = '{kind}'",
        f"{{0}} IS NULL OR json_valid({{0}}) AND json_type({{0}}) = '{kind}'",
    )
    return Domain(
        name,
        JSONB(none_as_null=True),
        rule=rule,
        sqlite_rule=sqlite_rule,
        dump=canonical_json,
        load=json.loads,
    )


_KEY = Text().with_variant(Text(collation="C"), "postgresql")  # both databases sort by code point
_ACTOR_KINDS = " OR ".join(
    f"substr({{0}}, 1, {len(kind) + 1}) = '{kind}:' AND length({{0}}) BETWEEN {len(kind) + 2} AND {len(kind) + 201}"
    for kind in ActorKind
)
_NATURAL = BigInteger()


def _hex(name: str, rule: str, digits: str) -> Domain:
    """Hexadecimal digits: SQLite knows no regular expressions, and PostgreSQL trims six times as slowly."""
    only_digits, trimmed = f"{digits} !~ '[^0-9a-f]'", f"trim({digits}, '{HEX}') = ''"
    return Domain(name, _KEY, rule=f"{rule} AND {only_digits}", sqlite_rule=f"{rule} AND {trimmed}")


IDENTIFIER = Domain("identifier", _KEY, rule="length({0}) BETWEEN 1 AND 200")
NAME_KEY = Domain(
    "name_key", _KEY, rule="length({0}) <= 200"
)  # what an index holds, whatever is written
STATE = Domain("state", _KEY, rule="length({0}) <= 60")
ACTOR = Domain(
    "actor",
    _KEY,
    rule=f"({_ACTOR_KINDS}) AND {{0}} !~ '\\s'",
    sqlite_rule=f"({_ACTOR_KINDS}) AND {{0}} NOT GLOB '*[' || char(32, 9, 10, 11, 12, 13) || ']*'",
    dump=str,
    load=Actor.parse,
    everywhere=True,
    from_plain=Actor.parse,
)
SENTENCE = Domain(
    "sentence",
    Text(),
    rule="{0} ~ '\\S'",
    sqlite_rule="trim({0}, char(9, 10, 11, 12, 13, 32)) <> ''",
)
DIGEST = _hex("digest", "length({0}) = 64", "{0}")
LINK = _hex("link", "length({0}) IN (0, 64)", "{0}")
ORDINAL = Domain("ordinal", _NATURAL, rule="{0} >= 1", from_plain=_whole)
NATURAL = Domain("natural_number", _NATURAL, rule="{0} >= 0", from_plain=_whole)
INSTANT = Domain(
    "instant",
    DateTime(timezone=True),
    rule="{0} >= '2000-01-01 00:00:00+00' AND {0} < '3000-01-01 00:00:00+00'",
    sqlite_rule=f"{{0}} GLOB '{INSTANT_GLOB}' AND {{0}} >= '2000' AND {{0}} < '3000'",
    dump=instant_text,
    load=datetime.fromisoformat,
    load_native=_in_utc,
    from_plain=datetime.fromisoformat,
)
DOCUMENT, TEXTS = _json("document", "object"), _json("texts", "array")
VALUE = Domain(  # whatever JSON knows, but for its null: that is NULL
    "json_value",
    JSONB(none_as_null=True),
    rule="jsonb_typeof({0}) <> 'null'",
    sqlite_rule="{0} IS NULL OR json_valid({0}) AND json_type({0}) <> 'null'",
    dump=canonical_json,
    load=json.loads,
)
WALLET = _hex("wallet", "length({0}) = 42 AND substr({0}, 1, 2) = '0x'", "substr({0}, 3)")
CHAIN_HASH = _hex("chain_hash", "length({0}) = 66 AND substr({0}, 1, 2) = '0x'", "substr({0}, 3)")
LEVEL = Domain(
    "engagement_level",
    _NATURAL,
    rule="{0} BETWEEN 0 AND 3",
    dump=attrgetter("rank"),
    load=tuple(EngagementLevel).__getitem__,
    everywhere=True,
    from_plain=EngagementLevel,
)
NUMBER = Domain("number", Double(), rule="abs({0}) < 'Infinity'", sqlite_rule="abs({0}) < 9e999")
FRACTION = Domain("fraction", Double(), rule="{0} BETWEEN 0 AND 1")
DEPTH = Domain("reading_depth", Double(), rule="{0} BETWEEN 0 AND 1.5")
DISTANCE = Domain(
    "distance", Double(), rule="{0} BETWEEN -0.001 AND 2.001"
)  # of 32-bit floats, which are inexact
_REAL: Any = REAL
REALS: Any = ARRAY(_REAL())
EMBEDDING = Domain(
    "embedding",
    REALS,
    # A row's NULL, NaN or infinity would reach every distance; and no direction is zero.
    rule=(
        "array_ndims({0}) = 1 AND array_position({0}, NULL) IS NULL AND 0 <> ANY ({0})"
        " AND NOT 'NaN' = ANY ({0}) AND NOT 'Infinity' = ANY ({0}) AND NOT '-Infinity' = ANY ({0})"
    ),
    sqlite_rule="length({0}) BETWEEN 4 AND 16384 AND length({0}) % 4 = 0 AND {0} <> zeroblob(length({0}))",
    dump=Vector.packed,
    load=Vector.unpacked,
    dump_native=list,
    load_native=as_float32,
    from_plain=Vector.parse,
)
DOMAINS = (
    *(
        IDENTIFIER,
        NAME_KEY,
        STATE,
        ACTOR,
        SENTENCE,
        DIGEST,
        LINK,
        ORDINAL,
        NATURAL,
        INSTANT,
        DOCUMENT,
        TEXTS,
    ),
    *(LEVEL, NUMBER, FRACTION, DEPTH, DISTANCE, EMBEDDING, VALUE, WALLET, CHAIN_HASH),
)
CONTENT = Text()
C_COLLATED_TEXT = _KEY
WHOLE = BigInteger().with_variant(Integer(), "sqlite")

required = partial(Column[Any], nullable=False)


def quoted(connection: Connection, schema: str) -> str:
    """The schema's name as SQL text."""
    return connection.dialect.identifier_preparer.quote(schema)


def prefix_of(connection: Connection, schema: str) -> str:
    """What stands before a name of ours in a statement's text."""
    return "" if connection.dialect.name == "sqlite" else f"{quoted(connection, schema)}."


def in_schema(connection: Connection, schema: str, statement: str) -> str:
    """A text of ours with the schema's own name instead of the symbol, which no text for SQLite has."""
    prefix = prefix_of(connection, schema)
    return statement.replace(f"{SCHEMA}.", prefix) if prefix else statement
