"""The limits of JSON columns as each database checks them.

PostgreSQL's domains call one function. SQLite has a guard for each table, because a CHECK cannot
read the values inside a JSON text.
"""

from typing import Any, Final

from sqlalchemy import Text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from indelible.kernel.json_limits import MAX_JSON_DIGITS, JsonLimits
from indelible_sql.engine.prepared import SCHEMA

IS_WITHIN: Final = "json_is_within"
MAX_REGEXP_REPETITIONS: Final = 255  # of PostgreSQL


def _repeated(part: str, count: int) -> str:
    """Return a regular expression for `count` repetitions of a part."""
    whole, rest = divmod(count, MAX_REGEXP_REPETITIONS)
    return f"{part}{{{MAX_REGEXP_REPETITIONS}}}" * whole + f"{part}{{{rest}}}"


_LONG_RUN: Final = _repeated("[0-9.]", MAX_JSON_DIGITS + 1)
_LONG_NUMBER: Final = "[0-9]" + _repeated(r"(\.?[0-9])", MAX_JSON_DIGITS)

# The first test passes nearly every value: a level has a bracket, and a value at least one byte.
# `bare` is the document with empty texts. PostgreSQL writes a space after each comma and colon,
# which the canonical text lacks.
IS_WITHIN_FUNCTION: Final = rf"""
CREATE FUNCTION {SCHEMA}.{IS_WITHIN}(
  value jsonb, max_depth integer, max_bytes integer, max_values integer
) RETURNS boolean LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog AS $$
DECLARE
  document text := value::text;
  bytes bigint := octet_length(document);
  brackets bigint := bytes - octet_length(replace(replace(document, '[', ''), '{{', ''));
  bare text;
  empty bigint;
BEGIN
  IF bytes <= least(max_bytes, max_values) AND brackets <= max_depth
    AND (bytes <= {MAX_JSON_DIGITS} OR document !~ '{_LONG_RUN}')
  THEN
    RETURN TRUE;
  END IF;
  IF bytes > 2 * max_bytes::bigint OR jsonb_path_exists(
    value,
    ('strict $.**{{' || max_depth || '}} ? (@.type() == "array" || @.type() == "object")')::jsonpath
  ) THEN
    RETURN FALSE;
  END IF;

  bare := regexp_replace(document, '"([^"\\]|\\.)*"', '""', 'g');
  empty := (length(bare) - length(replace(replace(bare, '[]', ''), '{{}}', ''))) / 2;
  brackets := length(bare) - length(replace(replace(bare, '[', ''), '{{', ''));
  RETURN bytes - length(bare) + length(replace(bare, ' ', '')) <= max_bytes
    AND 1 + length(bare) - length(replace(bare, ',', '')) + brackets - empty <= max_values
    AND bare !~ '{_LONG_NUMBER}';
END $$
""".strip()


def postgresql_rule(limits: JsonLimits) -> str:
    """Return the condition that a domain's value is within the limits."""
    values = f"{limits.max_depth}, {limits.max_bytes}, {limits.max_values}"
    return f"{SCHEMA}.{IS_WITHIN}(VALUE, {values})"


def sqlite_condition(column: str, limits: JsonLimits) -> str:
    """Return the condition that the new value of a column is within the limits.

    SQLite keeps the text as it is written, so numbers are in plain notation. A text that is no JSON
    is left to the column's own rule, unless it is nested so deeply that SQLite does not read it.
    """
    value = f"NEW.{column}"
    opened = f"length({value}) - length(replace(replace({value}, '[', ''), '{{', ''))"
    return (
        f"({value} IS NULL"
        f" OR CASE WHEN json_valid({value}) THEN"
        f" length(CAST({value} AS BLOB)) <= {limits.max_bytes}"
        f" AND ({opened} <= {limits.max_depth} OR {_sqlite_depth(value, limits)})"
        f" AND (length({value}) <= {limits.max_values}"
        f" OR (SELECT count(*) FROM json_tree({value})) <= {limits.max_values})"
        f" AND {_sqlite_numbers(value)}"
        f" ELSE {opened} <= {limits.max_depth} END)"
    )


def _sqlite_depth(value: str, limits: JsonLimits) -> str:
    return (
        "(WITH RECURSIVE nested (part, depth) AS ("
        f"SELECT {value}, 1 UNION ALL"
        " SELECT inner.value, nested.depth + 1 FROM nested, json_each(nested.part) AS inner"
        " WHERE inner.type IN ('array', 'object')"
        f" AND nested.depth <= {limits.max_depth}"
        f") SELECT max(depth) FROM nested) <= {limits.max_depth}"
    )


def _sqlite_numbers(value: str) -> str:
    """Return the condition that no number has too many digits.

    A number that SQLite reads as an integer has few. Versions before 3.45 find no text for a number
    whose key contains a quote; then its size decides.
    """
    text = f"({value} -> part.fullkey)"
    digits = f"length(replace(replace({text}, '-', ''), '.', ''))"
    return (
        f"NOT EXISTS (SELECT 1 FROM json_tree({value}) AS part"
        " WHERE typeof(part.atom) = 'real' AND part.type IN ('integer', 'real') AND"
        f" CASE WHEN {text} IS NULL THEN abs(part.atom) NOT BETWEEN 1e-300 AND 1e300"
        f" ELSE {digits} > {MAX_JSON_DIGITS} OR {text} GLOB '*[eE]*' END)"
    )


class JsonText(FunctionElement[Any]):
    """The text of a JSON column; on SQLite, the column itself."""

    type = Text()
    inherit_cache = True


@compiles(JsonText)
def _json_text(element: JsonText, compiler: SQLCompiler, **options: Any) -> str:
    return compiler.process(element.clauses, **options)


@compiles(JsonText, "postgresql")
def _json_text_on_postgresql(element: JsonText, compiler: SQLCompiler, **options: Any) -> str:
    return f"CAST({compiler.process(element.clauses, **options)} AS text)"
