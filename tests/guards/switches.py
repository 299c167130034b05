"""Guards of SQLite that a function switches off: no copy of the database is needed without them.

Triggers and checks ask the function `lifted` first. Keys, NOT NULL and generated columns cannot.
"""

import re
import sqlite3
from collections.abc import Container

FUNCTION = "lifted"
TRIGGER = re.compile(r"(?P<head>.*?\nWHEN )(?P<condition>.*?)(?P<body>\nBEGIN .*)", re.DOTALL)
CHECK = re.compile(r"(?m)^(?P<head>\s*CONSTRAINT (?P<name>\w+) CHECK )\((?P<rule>.*)\)(?P<end>,?)$")


def switched_trigger(name: str, sql: str) -> str:
    """Return the statement of a trigger that does nothing while it is lifted."""
    parts = TRIGGER.fullmatch(sql)
    if parts is None:
        problem = f"the trigger {name} has another form"
        raise ValueError(problem)

    condition = f"CASE WHEN {FUNCTION}('{name}') THEN FALSE ELSE ({parts['condition']}) END"
    return f"{parts['head']}{condition}{parts['body']}"


def switched_checks(sql: str) -> str:
    """Return the statement of a table whose checks accept everything while they are lifted."""
    rule = rf"\g<head>(CASE WHEN {FUNCTION}('\g<name>') THEN TRUE ELSE (\g<rule>) END)\g<end>"
    return CHECK.sub(rule, sql)


def switched_guards(kind: str, name: str, sql: str) -> frozenset[str]:
    """Return the guards that can be switched off in the statement of an object."""
    if kind == "trigger":
        return frozenset({name})
    if kind == "table":
        return frozenset(parts["name"] for parts in CHECK.finditer(sql))

    return frozenset()


def add_function(connection: sqlite3.Connection, lifted: Container[str]) -> None:
    """Let the connection ask which guards are lifted: `lifted` may change at any time."""
    connection.create_function(FUNCTION, 1, lifted.__contains__)
