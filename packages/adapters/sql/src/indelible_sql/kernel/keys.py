"""API keys in SQL."""

from collections.abc import Iterator

from sqlalchemy import Column

from indelible.kernel.keys import KEY, MAX_SCOPE_WORD, MAX_SCOPES, SCOPE, Key
from indelible_sql.kernel.mappings import HeadMapping
from indelible_sql.schema.columns import ACTOR, DIGEST, INSTANT, JSON_ARRAY, required
from indelible_sql.schema.entity_conditions import entity_guards
from indelible_sql.schema.guard import Guard
from indelible_sql.schema.tables import head

KEYS = head(
    "keys",
    KEY,
    required("owner", ACTOR),
    required("scopes", JSON_ARRAY),
    required("secret_digest", DIGEST),
    Column("expires_at", INSTANT),
)
KEY_HEADS = HeadMapping(table=KEYS, entity=Key)

# SQLite has no regular expressions: its conditions refuse what differs from SCOPE, one by one. It
# ends a value at a NUL, so that only the whole text shows one.
NO_SCOPE = {
    "postgresql": (
        "SELECT 1 FROM jsonb_array_elements(NEW.scopes) AS scope"
        " WHERE jsonb_typeof(scope) <> 'string'"
        f" OR (scope #>> '{{}}') !~ '^({SCOPE.pattern})$'"
    ),
    "sqlite": (
        "SELECT 1 FROM json_each(NEW.scopes)"
        " WHERE type <> 'text'"
        " OR instr(NEW.scopes, char(0)) > 0 OR instr(NEW.scopes, '\\u0000') > 0"
        " OR value NOT GLOB '[a-z]*' OR value GLOB '*[^a-z0-9_:]*'"
        " OR value GLOB '*:' OR value GLOB '*:*[^a-z]*'"
        f" OR instr(value || ':', ':') > {MAX_SCOPE_WORD + 1}"
        f" OR length(value) - instr(value || ':', ':') > {MAX_SCOPE_WORD}"
    ),
}
SCOPE_COUNT = {
    "postgresql": "jsonb_array_length(NEW.scopes)",
    "sqlite": "json_array_length(NEW.scopes)",
}
# Another guard refuses what is no list; here its elements could not be read.
IS_LIST = {
    "postgresql": "jsonb_typeof(NEW.scopes) = 'array'",
    "sqlite": "json_valid(NEW.scopes)",
}


def key_guards(dialect: str) -> Iterator[Guard]:
    """Yield the guards of keys: a new key has scopes of the right form, and keeps its fields."""
    condition = (
        f"{SCOPE_COUNT[dialect]} BETWEEN 1 AND {MAX_SCOPES} AND NOT EXISTS ({NO_SCOPE[dialect]})"
    )
    yield Guard(
        table=KEYS,
        rule="has_scopes",
        event="INSERT",
        condition=f"CASE WHEN {IS_LIST[dialect]} THEN {condition} END",
    )
    yield from entity_guards(KEYS, Key, dialect)
