"""Find what makes a revision not additive, by the facts before and after it.

An additive revision lets the release before it read and write as before. Everything that it adds to
a table of that release is refused unless it is known to be harmless.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from itertools import chain
from typing import Final

from sqlalchemy import Connection, inspect

from indelible_sql.engine.prepared import SCHEMA
from indelible_sql.schema.additive import AdditiveRevision
from indelible_sql.schema.catalog import Catalog
from indelible_sql.schema.migrate import digests_by_revision, downgrade, migrating
from indelible_sql.schema.schema_names import FactNames
from indelible_sql.schema.snapshot import facts_about, facts_digest

# As SQLite writes them into the text of a table: columns without constraints.
ADDED_COLUMNS: Final = re.compile(r"""(, *"?\w+"? \w+( DEFAULT (\w+|'[^']*'))?)+""")
HARMLESS: Final = (
    re.compile(r"column \S+ (?!.*\brequired\b)"),
    re.compile(r"index (\S+: )?CREATE INDEX "),
    re.compile(r"function "),
    re.compile(r"domain "),
)
EDGE: Final = re.compile(r"edge (?P<lifecycle>\S+) (?P<source>\S*) \S+ (?P<target>\S+) \d$")


def additive_problems(before: Collection[str], after: Collection[str]) -> list[str]:
    """Return why a step is not additive, given the facts that the release before it reads."""
    lost = set(before) - set(after)
    added = set(after) - set(before)
    problems: list[str] = []
    for fact in sorted(lost):
        extended = [other for other in added if has_more_columns(fact, other)]
        if extended:
            added.difference_update(extended)
        else:
            problems.append(f"dropped or changed: {first_line(fact)}")

    states = _states(before)
    for fact in sorted(added):
        if not _is_harmless(fact, states):
            problems.append(f"added: {first_line(fact)}")

    return problems


def has_more_columns(before: str, after: str) -> bool:
    """Return True if the text of SQLite's table differs by added columns without constraints."""
    length = len(after) - len(before)
    if length <= 0 or not before.startswith("table "):
        return False
    for start in range(len(before)):
        if not after.startswith(before[:start]):
            break
        end = start + length
        is_rest_equal = before[start:] == after[end:]
        if is_rest_equal and ADDED_COLUMNS.fullmatch(after[start:end]):
            return True

    return False


def blocking_keys(
    connection: Connection, schema: str | None, own: Collection[str], prunable: Collection[str]
) -> list[str]:
    """Return the new tables whose keys refuse that the release before prunes its tables."""
    inspector = inspect(connection)
    blocking: list[str] = []
    for table in sorted(set(inspector.get_table_names(schema=schema)) - set(own)):
        for key in inspector.get_foreign_keys(table, schema=schema):
            if key["referred_table"] in prunable:
                blocking.append(f"{table} refers to {key['referred_table']}")

    return blocking


def problems_of_mark(
    owner_url: str, mark: AdditiveRevision, names: FactNames, catalog: Catalog
) -> list[str]:
    """Return what is wrong with the mark of the revision that a database without rows is at.

    `names` are those that the release before knows. The database is downgraded to its revision.
    """
    with migrating(owner_url, SCHEMA) as (connection, _):
        kind = connection.dialect.name
        after = facts_about(connection, SCHEMA, names)
    downgrade(owner_url, SCHEMA, mark.previous, catalog)
    with migrating(owner_url, SCHEMA) as (connection, _):
        before = facts_about(connection, SCHEMA, names)

    problems = additive_problems(before, after)
    if facts_digest(after) != mark.digests[kind]:
        problems.append("the mark has another digest")
    if facts_digest(before) != digests_by_revision()[mark.previous][kind]:
        problems.append("the release before reads facts by another statement")
    return problems


def first_line(fact: str) -> str:
    """Return the beginning of a fact, for a message."""
    return fact.strip().partition("\n")[0][:120]


def _is_harmless(fact: str, states: Mapping[str, Collection[str]]) -> bool:
    edge = EDGE.match(fact)
    if edge:
        # The release before cannot read an aggregate whose state it does not know.
        known = states.get(edge["lifecycle"], ())
        return edge["target"] in known and edge["source"] in known
    return any(pattern.match(fact) for pattern in HARMLESS)


def _states(facts: Collection[str]) -> dict[str, set[str]]:
    """Map each lifecycle to the states of its edges; '' is the state before its birth."""
    states: dict[str, set[str]] = {}
    for edge in _edges(facts):
        states.setdefault(edge["lifecycle"], set()).update(chain((edge["source"], edge["target"])))
    return states


def _edges(facts: Collection[str]) -> Iterator[re.Match[str]]:
    for fact in facts:
        edge = EDGE.match(fact)
        if edge:
            yield edge
