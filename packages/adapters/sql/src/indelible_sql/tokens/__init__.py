"""Tokens in SQL: seven heads with their lifecycles, and their guards."""

from typing import Any

from indelible.tokens.rules.tasks import STAGE_LIFECYCLES
from indelible_sql.schema.sql_context import SqlContext
from indelible_sql.tokens.columns import DOMAINS
from indelible_sql.tokens.guards import own_guards
from indelible_sql.tokens.heads import MAPPINGS
from indelible_sql.tokens.store import SqlCollection


def _open(tx: Any) -> SqlCollection:
    return SqlCollection(tx.session)


CONTEXT = SqlContext(
    name="tokens",
    mappings=MAPPINGS,
    stages=STAGE_LIFECYCLES,
    guards=own_guards,
    domains=DOMAINS,
    open_reader=_open,
    open_writer=_open,
)
