"""Both databases accept the same scopes of a key as Python, whoever writes them."""

import json
from itertools import product
from typing import Final

import pytest
from sqlalchemy import Text, cast, insert, literal, select
from sqlalchemy.dialects.postgresql import JSONB
from tests.guards.guard_names import REFUSALS, guard_of

from indelible.kernel.keys import MAX_SCOPE_WORD, SCOPE, CreateKey, create_key
from indelible.testing.stores import MAYA, do
from indelible_sql import SqlStore
from indelible_sql.engine.prepared import SCHEMA
from indelible_sql.kernel.keys import KEYS, NO_SCOPE

LONGEST: Final = "a" * MAX_SCOPE_WORD
ACCEPTED: Final = (
    "admin",
    "a",
    "q3",
    "purchase_orders:read",
    "purchaseorders:write",  # what the context's scope was before
    "q3_2026:write",
    "a__:b",
    LONGEST,
    f"{LONGEST}:{LONGEST}",
)
REFUSED: Final = (
    "",
    ":",
    "Admin",
    "Orders:read",
    "orders:Read",
    "1st:read",
    "_orders:read",
    "orders:",
    ":read",
    "orders:read2",
    "orders:read_all",
    "orders:read:all",
    "orders::read",
    "purchase-orders:read",
    "orders read",
    " orders",
    "admin\n",
    "\nadmin",
    "orders:read\n",
    "orders\n:read",
    "orders:read\r",
    "\u00e9:read",
    "order\u0661:read",
    "\uff41:read",
    f"{LONGEST}a",
    f"{LONGEST}a:read",
    f"orders:{LONGEST}a",
)
# PostgreSQL's type stores no NUL; SQLite's functions of JSON read on the text before it only.
WITH_NUL: Final = ('["admin\\u0000"]', '["admin\\u0000:read"]', '["orders:read"]\0', '["a"]\0"b"]')
ALPHABET: Final = "az09_:-A[`{ \n\u00e9"
MAX_CHARACTERS: Final = 4
MIN_SCOPES: Final = 300
# The texts of a list, each with a list of scopes that has it alone, by the database.
LISTS: Final = {
    "sqlite": "SELECT json_array(value) AS scopes, value FROM json_each(?)",
    "postgresql": (
        "SELECT jsonb_build_array(value) AS scopes, value"
        " FROM jsonb_array_elements_text(CAST(%s AS jsonb)) AS value"
    ),
}


def refusing_guard(store: SqlStore, scopes: str) -> str:
    """Return the guard that refuses a key with these scopes, a text of JSON; '' for none."""
    engine = store.engines.writer
    schema = None if engine.dialect.name == "sqlite" else SCHEMA
    translated = engine.execution_options(schema_translate_map={SCHEMA: schema})
    with translated.connect() as connection:
        row = dict(connection.execute(select(KEYS)).mappings().one())
        text = literal(scopes, Text())
        columns = [column.name for column in KEYS.columns if column.computed is None]
        values = {name: row[name] for name in columns}
        values |= {"id": "another", "scopes": cast(text, JSONB) if schema else text}
        try:
            connection.execute(insert(KEYS).values(values))
        except REFUSALS as error:
            return guard_of(error)
        finally:
            connection.rollback()

    return ""


@pytest.fixture
def keys_store(store: SqlStore) -> SqlStore:
    """Return a store with one key."""
    do(store, create_key, CreateKey(owner=MAYA, scopes=("admin",)))
    return store


def test_the_guard_accepts_what_python_accepts(keys_store: SqlStore) -> None:
    for scope in ACCEPTED:
        assert SCOPE.fullmatch(scope), scope
        assert (scope, refusing_guard(keys_store, json.dumps([scope]))) == (scope, "")


def test_the_guard_refuses_what_python_refuses(keys_store: SqlStore) -> None:
    for scope in REFUSED:
        assert not SCOPE.fullmatch(scope), scope
        assert (scope, refusing_guard(keys_store, json.dumps([scope]))) == (
            scope,
            "keys_has_scopes",
        )


def test_a_text_with_nul_is_refused(keys_store: SqlStore) -> None:
    for scopes in WITH_NUL:
        assert refusing_guard(keys_store, scopes), scopes


@pytest.mark.slow
def test_each_short_text_is_a_scope_in_the_database_if_it_is_one_in_python(store: SqlStore) -> None:
    texts: list[str] = []
    for length in range(MAX_CHARACTERS + 1):
        texts.extend("".join(characters) for characters in product(ALPHABET, repeat=length))
    expected = {scope for scope in texts if SCOPE.fullmatch(scope)}
    dialect = store.engines.writer.dialect.name
    statement = (
        f"SELECT new.value FROM ({LISTS[dialect]}) AS new WHERE NOT EXISTS ({NO_SCOPE[dialect]})"
    )
    with store.engines.writer.connect() as connection:
        found = connection.exec_driver_sql(statement, (json.dumps(texts),)).scalars()

        assert set(found) == expected
    assert len(expected) > MIN_SCOPES
