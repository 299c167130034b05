"""Tokens in SQL: seven heads with their lifecycles, and their guards."""

from typing import Any

from indelible.tokens import AUTHOR, IMAGE_JOB, MINT, REVEAL, SYSTEM_STATE, TOKEN, UPLOAD
from indelible.tokens.rules.tasks import STAGE_LIFECYCLES
from indelible_sql.schema.sql_context import SqlContext
from indelible_sql.tokens.columns import DOMAINS
from indelible_sql.tokens.guards import own_guards
from indelible_sql.tokens.store import SqlCollection
from indelible_sql.tokens.tables import (
    AUTHORS,
    IMAGE_JOBS,
    MINT_EVENTS,
    REVEALS,
    SYSTEM_STATES,
    TOKENS,
    UPLOADS,
)


def _open(tx: Any) -> SqlCollection:
    return SqlCollection(tx.session)


CONTEXT = SqlContext(
    name="tokens",
    heads={
        AUTHORS: AUTHOR,
        MINT_EVENTS: MINT,
        TOKENS: TOKEN,
        IMAGE_JOBS: IMAGE_JOB,
        UPLOADS: UPLOAD,
        REVEALS: REVEAL,
        SYSTEM_STATES: SYSTEM_STATE,
    },
    stages=STAGE_LIFECYCLES,
    guards=own_guards,
    domains=DOMAINS,
    open_reader=_open,
    open_writer=_open,
)
