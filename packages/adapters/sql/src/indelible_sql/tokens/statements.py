"""The statements of tokens, beside those that every aggregate has."""

from typing import Final

from sqlalchemy import BigInteger, and_, bindparam, cast, exists, func, select

from indelible_sql.kernel.task_tables import TASKS
from indelible_sql.schema.columns import IDENTIFIER
from indelible_sql.tokens.tables import AUTHORS, TOKENS

# Has the token a task in the stage that is neither completed nor canceled?
_HAS_UNFINISHED_TASK = exists().where(
    TASKS.c.stage == bindparam("task_stage", type_=IDENTIFIER),
    TASKS.c.entity_id == TOKENS.c.id,
    TASKS.c.finished_at.is_(None),
)

# Which tokens of a status may a caller take that is no stage, oldest mint first?
PENDING: Final = (
    select(TOKENS)
    .where(TOKENS.c.status == bindparam("token_status"), ~_HAS_UNFINISHED_TASK)
    .order_by(TOKENS.c.mint_timestamp, TOKENS.c.token_id)
    .limit(bindparam("limit"))
    .with_for_update(of=TOKENS, skip_locked=True)
)

# How many tokens has an author?
COUNT_BY_AUTHOR: Final = select(func.count().label("total")).where(
    TOKENS.c.author_id == bindparam("author_id", type_=IDENTIFIER)
)

# Which authors have most tokens?
LEADERBOARD: Final = (
    select(AUTHORS.c.wallet_address, func.count().label("total"))
    .join(TOKENS, TOKENS.c.author_id == AUTHORS.c.id)
    .group_by(AUTHORS.c.wallet_address)
    .order_by(func.count().desc(), AUTHORS.c.wallet_address)
    .limit(bindparam("limit"))
)

# Between which neighbouring tokens are on-chain ids missing? Counted ids are integers of 64 bits.
_token_id = cast(TOKENS.c.token_id, BigInteger())
_is_counted = and_(
    TOKENS.c.token_id >= bindparam("from_id"), TOKENS.c.token_id < bindparam("below")
)
_neighbours = (
    select(
        _token_id.label("token_id"),
        func.lead(_token_id).over(order_by=TOKENS.c.token_id).label("next_token_id"),
    )
    .where(_is_counted)
    .subquery()
)
GAPS: Final = (
    select(
        (_neighbours.c.token_id + 1).label("first"),
        (_neighbours.c.next_token_id - 1).label("last"),
    )
    .where(_neighbours.c.next_token_id > _neighbours.c.token_id + 1)
    .order_by(_neighbours.c.token_id)
    .limit(bindparam("limit"))
)

# What are the lowest and the highest on-chain id in a range?
TOKEN_ID_ENDS: Final = select(
    cast(func.min(TOKENS.c.token_id), BigInteger()).label("first"),
    cast(func.max(TOKENS.c.token_id), BigInteger()).label("last"),
).where(_is_counted)
