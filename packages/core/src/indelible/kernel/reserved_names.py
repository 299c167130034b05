"""Names that a field cannot have: its column stands in statements of both databases."""

import re
from typing import Final

FIELD_NAME: Final = re.compile("[a-z][a-z0-9_]{0,39}")
# The columns that every table of an aggregate has beside its fields.
HEAD_COLUMNS: Final = frozenset(("lifecycle", "seq", "version", "hash"))
# The words that PostgreSQL or SQLite does not accept as the name of a column.
WORDS: Final = """
    add all alter analyse analyze and any array as asc asymmetric authorization autoincrement
    between binary both case cast check collate collation column commit concurrently constraint
    create cross current_catalog current_date current_role current_schema current_time
    current_timestamp current_user default deferrable delete desc distinct do drop else end escape
    except exists false fetch for foreign freeze from full grant group having ilike in index
    indexed initially inner insert intersect into is isnull join lateral leading left like limit
    localtime localtimestamp natural not nothing notnull null offset on only or order outer
    overlaps placing primary references returning right select session_user set similar some
    symmetric system_user table tablesample then to trailing transaction true union unique update
    user using values variadic verbose when where window with
"""
SQL_WORDS: Final = frozenset(WORDS.split())


def name_problem(name: str) -> str:
    """Return why a field cannot have a name, '' if it can."""
    if not FIELD_NAME.fullmatch(name):
        return "has a name that is not up to 40 lower-case letters, digits and underscores"
    if name in HEAD_COLUMNS:
        return "has the name of a column that every aggregate has"
    if name in SQL_WORDS:
        return "has the name of a word of SQL"
    return ""
