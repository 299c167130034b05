"""PostgreSQL's functions for captures.

These are the vector functions, one function for each algorithm version, and `ingest_with_signal`,
which calls the function of the active version. Its steps are those of
`indelible.captures.rules.ingest`; the formulas in it are the registered text.
"""

from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any, Final

from sqlalchemy import Text, text

from indelible.captures.rules.evaluation import MAX_DISTANCE, MIN_DISTANCE
from indelible.captures.rules.formulas import ANCHORED, SPHERICAL, checksum_of, parse_formulas
from indelible.captures.rules.records import HASHED_FIELDS
from indelible_sql.captures.columns import DISTANCE
from indelible_sql.captures.tables import RISING, SIGNALS
from indelible_sql.engine.prepared import SCHEMA
from indelible_sql.schema.columns import INSTANT, JSON_ARRAY, NUMBER

PURE: Final = "LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE"
VEC_DOT: Final = "vec_dot(a real[], b real[]) RETURNS double precision"
VEC_NORM: Final = "vec_norm(a real[]) RETURNS double precision"
VEC_UNIT: Final = "vec_unit(a real[]) RETURNS real[]"
VEC_LERP: Final = "vec_lerp(a real[], b real[], t double precision) RETURNS real[]"
VEC_DIST: Final = "vec_dist(a real[], b real[]) RETURNS double precision"

# The bodies over plain arrays, by signature.
ARRAY_BODIES: Final[Mapping[str, str]] = {
    VEC_DOT: "SELECT sum(x::double precision * y) FROM unnest(a, b) AS pair(x, y)",
    VEC_NORM: "SELECT sqrt(indelible.vec_dot(a, a))",
    VEC_UNIT: (
        "SELECT ARRAY(SELECT (x / norm)::real FROM unnest(a) AS x)"
        " FROM (SELECT indelible.vec_norm(a) AS norm) AS length"
    ),
    VEC_LERP: ("SELECT ARRAY(SELECT ((1 - t) * x + t * y)::real FROM unnest(a, b) AS pair(x, y))"),
    VEC_DIST: (
        "SELECT 1 - greatest(-1, least(1, sum(x::double precision * y)"
        " / sqrt(sum(x::double precision * x) * sum(y::double precision * y))))"
        " FROM unnest(a, b) AS pair(x, y)"
    ),
}
# The bodies over pgvector, whose schema is {v}. The tables store arrays all the same, so that a
# database can gain or lose the extension.
PGVECTOR_BODIES: Final[Mapping[str, str]] = {
    VEC_DOT: "SELECT -(a::{v}.vector OPERATOR({v}.<#>) b::{v}.vector)",
    VEC_NORM: "SELECT {v}.vector_norm(a::{v}.vector)",
    VEC_UNIT: "SELECT {v}.l2_normalize(a::{v}.vector)::real[]",
    VEC_LERP: (
        "SELECT ((a::{v}.vector OPERATOR({v}.*)"
        " array_fill((1 - t)::real, ARRAY[cardinality(a)])::{v}.vector)"
        " OPERATOR({v}.+) (b::{v}.vector OPERATOR({v}.*)"
        " array_fill(t::real, ARRAY[cardinality(a)])::{v}.vector))::real[]"
    ),
    VEC_DIST: "SELECT a::{v}.vector OPERATOR({v}.<=>) b::{v}.vector",
}

FUNCTION_BODY: Final = text("""
    SELECT prosrc
    FROM pg_proc
    WHERE oid = to_regproc(:name)
""").columns(prosrc=Text())

_TEMPLATES: Final = files("indelible_sql.captures").joinpath("functions.postgresql.sql")
# `ingest_with_signal`, and the template of the function of an algorithm version.
INGEST, CAPTURE = _TEMPLATES.read_text(encoding="utf-8").strip().split("\n--;\n")

# The SQL that stands for each parameter of a formula in the template.
FORMULA_PARAMETERS: Final[Mapping[str, Mapping[str, str]]] = {
    "depth": {
        "words": "CAST(r.word_count AS double precision)",
        "dwell": "CAST(r.dwell_time_ms AS double precision)",
        "scroll": "r.scroll_depth",
    },
    "magnitude": {"weight": "r.weight", "depth": "r.reading_depth"},
    "distance": {"centroid": "positions.f_position", "vector": "$2"},
    "margin": {"nearest": "distances[1]", "second": "distances[2]"},
    "rate": {"applied": "f_applied"},
    "centroid": {"centroid": "f_centroid", "vector": "$2", "rate": "f_rate"},
    "drift": {"moved": "f_moved", "centroid": "f_centroid"},
    "confidence": {"applied": "f_applied"},
}
# The text of a column's value that the hash of a signal covers; other types use PostgreSQL's own
# text.
HASHED_TEXTS: Final[Mapping[Any, str]] = {
    DISTANCE: "encode(float8send(s.{0}), 'hex')",
    NUMBER: "encode(float8send(s.{0}), 'hex')",
    INSTANT: (
        "round(extract(epoch FROM s.{0} - timestamptz '2000-01-01 00:00:00+00')"
        " * 1000000)::bigint::text"
    ),
    JSON_ARRAY: "array_to_string(ARRAY(SELECT jsonb_array_elements_text(s.{0})), ',')",
}

# The algorithm versions that every upgrade installs. An installation's first one is among them.
INSTALLED: Final = (SPHERICAL, ANCHORED)


def functions() -> Iterator[str]:
    """Yield the statements that create PostgreSQL's functions.

    They are in the placeholder schema SCHEMA, which `in_schema` replaces.
    """
    yield from vector_functions(ARRAY_BODIES)
    yield INGEST
    for formulas in INSTALLED:
        yield capture_function(formulas)


def vector_functions(bodies: Mapping[str, str], extension_schema: str = "") -> Iterator[str]:
    """Yield the statements that create the vector functions with these bodies."""
    for signature, body in bodies.items():
        yield (
            f"CREATE FUNCTION {SCHEMA}.{signature} {PURE}"
            f" AS $$ {body.format(v=extension_schema)} $$"
        )


def name_of(formulas: str) -> str:
    """Return the name of the function that computes by these formulas."""
    return f"capture_{checksum_of(formulas)[:32]}"


def capture_function(formulas: str) -> str:
    """Return the statement that creates the function of an algorithm version."""
    parts: dict[str, str] = {}
    for name, formula in parse_formulas(formulas).items():
        parts[name] = formula.to_sql(FORMULA_PARAMETERS[name], f"{SCHEMA}.")
    # The formula of `drift` once more: by then the template has put the logged centroid in
    # `f_centroid`. A variable of its own would change the text of installed functions.
    parts["logged_drift"] = parts["drift"]
    return CAPTURE.format(
        **parts,
        name=name_of(formulas),
        min_distance=MIN_DISTANCE,
        max_distance=MAX_DISTANCE,
        hashed="\n    || E'\\x1f' || ".join(_hashed_text(name) for name in HASHED_FIELDS),
        rising=", ".join(RISING),
        risen=", ".join(f"s.{name}" for name in RISING),
        joined=", ".join(f"{name} = greatest(a.{name}, s.{name})" for name in RISING),
    )


def _hashed_text(name: str) -> str:
    """Return the SQL for the text of a signal's column that its hash covers."""
    template = HASHED_TEXTS.get(SIGNALS.c[name].type, "s.{0}::text")
    return f"coalesce({template.format(name)}, '')"
