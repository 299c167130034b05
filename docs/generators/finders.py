"""The page of finders, with the SQL of each."""

import re
from collections.abc import Iterator
from itertools import groupby

from docs.generators.markdown import cell, coded, first_sentence, page, table
from sqlalchemy.dialects import sqlite
from tests.sql.finders import CALLS, repositories

from indelible.kernel.finders import finders_of, optional_parameters
from indelible_sql.engine.prepared import prepare

LEAD = """
A finder asks one table a question. It is a method of a repository in a transaction, such as
`tx.projects.jobs.newest_successful(project_id)`. The SQL is SQLite's, with `*` for all columns;
PostgreSQL's has the same conditions and the same order. Where an optional parameter changes the
statement, a row names it. [How to add one](../how-to/repository-method.md).
"""
COUNTED = "count(*)"  # in the statements that return no rows of the table
COLUMNS = re.compile(r"^SELECT .*? FROM ")
# Names of tables: each statement reads one, so that its columns need none.
TABLE = re.compile(r"\bmain\.(\w+\.)?")


def finders_page() -> str:
    """Return the page with the finders of each context."""
    parts: list[str] = []
    for context, rows in groupby(_rows(), key=_context_of):
        parts.append(f"## {context.capitalize()}\n")
        parts.append(table(("finder", "answer", "SQL"), rows))
    return page("Finders", LEAD.lstrip(), *parts)


def _rows() -> Iterator[tuple[str, str, str]]:
    """Yield a row for each statement of each finder."""
    for path, repository, _ in repositories():
        for name, finder in finders_of(type(repository)):
            for optional in optional_parameters(finder):
                finder_name = f"{path}.{name}({optional})"
                yield coded(finder_name), cell(first_sentence(finder)), coded(_sql(finder_name))


def _context_of(row: tuple[str, str, str]) -> str:
    """Return the context of a row's finder."""
    return row[0].strip("`").partition(".")[0]


def _sql(finder_name: str) -> str:
    """Return the statement of a finder without lists of columns and names of tables before them."""
    prepared = prepare(CALLS[finder_name].statement, sqlite.dialect(), "indelible")
    line = cell(prepared.text).replace(" LIMIT ? OFFSET ?", " LIMIT ?")
    text = TABLE.sub("", line)
    if COUNTED in text:
        return text
    return COLUMNS.sub("SELECT * FROM ", text)
