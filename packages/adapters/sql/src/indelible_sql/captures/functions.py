"""What PostgreSQL computes of a capture: the vectors' functions, one for each algorithm version, and a way in.

The steps are those of `indelible.captures.rules.ingest`, in functions.postgresql.sql; the formulas are the registered
text.
"""

from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any, Final

from sqlalchemy import Text, text

from indelible.captures.rules.formulas import SPHERICAL, checksum_of, formulas_of
from indelible.captures.rules.records import MADE
from indelible_sql.captures.columns import DISTANCE
from indelible_sql.captures.tables import RISING, SIGNALS
from indelible_sql.schema.columns import INSTANT, NUMBER, SCHEMA, TEXTS

PURE: Final = "LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE"
DOT, NORM = (
    "vec_dot(a real[], b real[]) RETURNS double precision",
    "vec_norm(a real[]) RETURNS double precision",
)
UNIT, LERP = (
    "vec_unit(a real[]) RETURNS real[]",
    "vec_lerp(a real[], b real[], t double precision) RETURNS real[]",
)
DIST = "vec_dist(a real[], b real[]) RETURNS double precision"
PLAIN: Final[Mapping[str, str]] = {
    DOT: "SELECT sum(x::double precision * y) FROM unnest(a, b) AS pair(x, y)",
    NORM: "SELECT sqrt(indelible.vec_dot(a, a))",
    UNIT: "SELECT ARRAY(SELECT (x / norm)::real FROM unnest(a) AS x) FROM (SELECT indelible.vec_norm(a) AS norm)",
    LERP: "SELECT ARRAY(SELECT ((1 - t) * x + t * y)::real FROM unnest(a, b) AS pair(x, y))",
    DIST: "SELECT 1 - greatest(-1, least(1, sum(x::double precision * y) / sqrt(sum(x::double precision * x)"
    " * sum(y::double precision * y)))) FROM unnest(a, b) AS pair(x, y)",
}
# The same where pgvector is; arrays stay what is kept, so that a database can gain or lose the extension.
BY_EXTENSION: Final[Mapping[str, str]] = {
    DOT: "SELECT -(a::{v}.vector OPERATOR({v}.<#>) b::{v}.vector)",
    NORM: "SELECT {v}.vector_norm(a::{v}.vector)",
    UNIT: "SELECT {v}.l2_normalize(a::{v}.vector)::real[]",
    LERP: (
        "SELECT ((a::{v}.vector OPERATOR({v}.*) array_fill((1 - t)::real, ARRAY[cardinality(a)])::{v}.vector)"
        " OPERATOR({v}.+) (b::{v}.vector OPERATOR({v}.*)"
        " array_fill(t::real, ARRAY[cardinality(a)])::{v}.vector))::real[]"
    ),
    DIST: "SELECT a::{v}.vector OPERATOR({v}.<=>) b::{v}.vector",
}
BODY = text("SELECT prosrc FROM pg_proc WHERE oid = to_regproc(:name)").columns(prosrc=Text())
INGEST, CAPTURE = (
    files("indelible_sql.captures")
    .joinpath("functions.postgresql.sql")
    .read_text(encoding="utf-8")
    .strip()
    .split("\n--;\n")
)
NAMES: Final[Mapping[str, Mapping[str, str]]] = {
    "depth": {
        "words": "CAST(r.word_count AS double precision)",
        "dwell": "CAST(r.dwell_time_ms AS double precision)",
        "scroll": "r.scroll_depth",
    },
    "magnitude": {"weight": "r.weight", "depth": "r.reading_depth"},
    "distance": {"centroid": "part.f_middle", "vector": "$2"},
    "margin": {"nearest": "distances[1]", "second": "distances[2]"},
    "rate": {"applied": "f_applied"},
    "centroid": {"centroid": "f_centroid", "vector": "$2", "rate": "f_rate"},
    "drift": {"moved": "f_moved", "centroid": "f_centroid"},
    "confidence": {"applied": "f_applied"},
}
# How a hash takes what a column holds; what is not listed, as PostgreSQL's own text.
HASHED: Final[Mapping[Any, str]] = {
    **dict.fromkeys((DISTANCE, NUMBER), "encode(float8send(s.{0}), 'hex')"),
    INSTANT: "round(extract(epoch FROM s.{0} - timestamptz '2000-01-01 00:00:00+00') * 1000000)::bigint::text",
    TEXTS: "array_to_string(ARRAY(SELECT jsonb_array_elements_text(s.{0})), ',')",
}


def functions() -> Iterator[str]:
    """Everything that the first migration makes, in PostgreSQL's words, in the symbolic schema."""
    yield from primitives(PLAIN)
    yield INGEST
    yield capture_function(SPHERICAL)


def primitives(bodies: Mapping[str, str], extension: str = "") -> Iterator[str]:
    """The vectors' functions, over plain arrays or by pgvector in its schema."""
    for signature, body in bodies.items():
        yield f"CREATE FUNCTION {SCHEMA}.{signature} {PURE} AS $$ {body.format(v=extension)} $$"


def name_of(formulas: str) -> str:
    """The name of the function that computes by these formulas."""
    return f"capture_{checksum_of(formulas)[:32]}"


def capture_function(formulas: str) -> str:
    """The function that keeps a capture, its sums those of the registered text."""
    found = formulas_of(formulas)
    sums = {name: found[name].sql(NAMES[name], f"{SCHEMA}.") for name in found}
    texts = {
        "name": name_of(formulas),
        "hashed": "\n    || E'\\x1f' || ".join(map(_hashed, MADE)),
        "rising": ", ".join(RISING),
        "risen": ", ".join(f"s.{name}" for name in RISING),
        "joined": ", ".join(f"{name} = greatest(a.{name}, s.{name})" for name in RISING),
    }
    return CAPTURE.format(**sums, **texts)


def _hashed(name: str) -> str:
    kinds = {column.name: column.type for column in SIGNALS.columns}
    return f"coalesce({HASHED.get(kinds[name], 's.{0}::text').format(name)}, '')"
