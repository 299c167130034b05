"""Tokens in SQL: their heads, and the questions that more than one of them answers."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from attrs import frozen
from sqlalchemy import BigInteger, and_, bindparam, exists, func, or_, select, type_coerce

from indelible.kernel import Head
from indelible.tokens import errors
from indelible.tokens.entities import (
    Author,
    ImageGenerationJob,
    IPFSUploadRecord,
    MintEvent,
    RevealTransaction,
    SystemState,
    Token,
)
from indelible.tokens.lifecycle import TokenStatus
from indelible_sql.engine.session import Session
from indelible_sql.kernel.repository import HeadMapping, SqlAggregateRepository
from indelible_sql.kernel.tasks import TASKS
from indelible_sql.schema.columns import IDENTIFIER, INSTANT
from indelible_sql.schema.expressions import in_json_list
from indelible_sql.schema.tables import page_by
from indelible_sql.tokens.tables import (
    AUTHORS,
    IMAGE_JOBS,
    MINT_EVENTS,
    REVEALS,
    SYSTEM_STATES,
    TOKENS,
    UPLOADS,
)

OF_AUTHORS = HeadMapping(table=AUTHORS, entity=Author, missing=errors.AuthorNotFound)
OF_TOKENS = HeadMapping(table=TOKENS, entity=Token, missing=errors.TokenNotFound)
OF_MINTS = HeadMapping(table=MINT_EVENTS, entity=MintEvent, missing=errors.RelatedRecordNotFound)
OF_IMAGE_JOBS = HeadMapping(
    table=IMAGE_JOBS, entity=ImageGenerationJob, missing=errors.RelatedRecordNotFound
)
OF_UPLOADS = HeadMapping(
    table=UPLOADS, entity=IPFSUploadRecord, missing=errors.RelatedRecordNotFound
)
OF_REVEALS = HeadMapping(
    table=REVEALS, entity=RevealTransaction, missing=errors.RelatedRecordNotFound
)
OF_STATES = HeadMapping(
    table=SYSTEM_STATES, entity=SystemState, missing=errors.RelatedRecordNotFound
)

_NOW: Final = bindparam("now", type_=INSTANT)
_IN_HAND = exists().where(
    and_(
        TASKS.c.stage == bindparam("of_stage", type_=IDENTIFIER), TASKS.c.entity_id == TOKENS.c.id
    ),
    or_(TASKS.c.lease_until > _NOW, TASKS.c.due_at > _NOW),
)
PENDING = (
    select(TOKENS)
    .where(TOKENS.c.status == bindparam("of_status"), ~_IN_HAND)
    .order_by(TOKENS.c.mint_timestamp, TOKENS.c.token_id)
    .limit(bindparam("limit"))
    .with_for_update(of=TOKENS, skip_locked=True)
)
LOCKED = (
    select(TOKENS).where(in_json_list(TOKENS.c.id, "ids")).order_by(TOKENS.c.id).with_for_update()
)
NUMBERED, NUMBERED_OF = (
    page_by(TOKENS, (), ("token_id",)),
    page_by(TOKENS, ("status",), ("token_id",)),
)
COUNT_OF = select(func.count().label("total")).where(
    TOKENS.c.author_id == bindparam("author_id", type_=IDENTIFIER)
)
COUNTS = (
    select(TOKENS.c.status, func.count().label("total"))
    .group_by(TOKENS.c.status)
    .order_by(TOKENS.c.status)
)
LEADERS = (
    select(AUTHORS.c.wallet_address, func.count().label("total"))
    .join(TOKENS, TOKENS.c.author_id == AUTHORS.c.id)
    .group_by(AUTHORS.c.wallet_address)
    .order_by(func.count().desc(), AUTHORS.c.wallet_address)
    .limit(bindparam("limit"))
)
BETWEEN = (
    select(MINT_EVENTS)
    .where(MINT_EVENTS.c.block_number.between(bindparam("first"), bindparam("last")))
    .order_by(MINT_EVENTS.c.block_number, MINT_EVENTS.c.log_index, MINT_EVENTS.c.id)
    .limit(bindparam("limit"))
)
_NUMBER = type_coerce(TOKENS.c.token_id, BigInteger())
_BELOW = bindparam("below") > _NUMBER
_NEXT = (
    select(_NUMBER.label("token_id"), func.lead(_NUMBER).over(order_by=_NUMBER).label("following"))
    .where(_BELOW)
    .subquery()
)
GAPS = (
    select((_NEXT.c.token_id + 1).label("first"), (_NEXT.c.following - 1).label("last"))
    .where(_NEXT.c.following > _NEXT.c.token_id + 1)
    .order_by(_NEXT.c.token_id)
    .limit(bindparam("limit"))
)
ENDS = select(
    func.min(TOKENS.c.token_id).label("first"), func.max(TOKENS.c.token_id).label("last")
).where(_BELOW)


@frozen
class SqlCollection:
    """Tokens and what belongs to them, to be found and to be changed."""

    _session: Session

    @property
    def authors(self) -> SqlAggregateRepository[Author]:
        return SqlAggregateRepository(self._session, OF_AUTHORS)

    @property
    def tokens(self) -> SqlAggregateRepository[Token]:
        return SqlAggregateRepository(self._session, OF_TOKENS)

    @property
    def mints(self) -> SqlAggregateRepository[MintEvent]:
        return SqlAggregateRepository(self._session, OF_MINTS)

    @property
    def image_jobs(self) -> SqlAggregateRepository[ImageGenerationJob]:
        return SqlAggregateRepository(self._session, OF_IMAGE_JOBS)

    @property
    def uploads(self) -> SqlAggregateRepository[IPFSUploadRecord]:
        return SqlAggregateRepository(self._session, OF_UPLOADS)

    @property
    def reveals(self) -> SqlAggregateRepository[RevealTransaction]:
        return SqlAggregateRepository(self._session, OF_REVEALS)

    @property
    def states(self) -> SqlAggregateRepository[SystemState]:
        return SqlAggregateRepository(self._session, OF_STATES)

    def lock_pending(
        self, status: TokenStatus, stage: str, now: datetime, *, limit: int
    ) -> tuple[Head[Token], ...]:
        """The oldest of a status that nobody has in hand, locked; those that another transaction locks are passed."""
        values = {"of_status": status.value, "of_stage": stage, "now": now, "limit": limit}
        return tuple(map(OF_TOKENS.of_row, self._session.rows(PENDING, values)))

    def lock_tokens(self, ids: Sequence[str]) -> tuple[Head[Token] | None, ...]:
        """The tokens of these ids in their order, locked in the order of ids; None where there is none."""
        found = map(OF_TOKENS.of_row, self._session.rows(LOCKED, {"ids": list(ids)}))
        by_id = {head.entity.id: head for head in found}
        return tuple(by_id.get(each) for each in ids)

    def page_by_token_id(
        self, status: TokenStatus | None, *, after: int, limit: int
    ) -> tuple[Head[Token], ...]:
        """The next `limit` tokens after a number, of one status or of all, in order of number."""
        values = {"after": after, "limit": limit}
        if status is None:
            return tuple(map(OF_TOKENS.of_row, self._session.rows(NUMBERED, values)))
        return tuple(
            map(
                OF_TOKENS.of_row, self._session.rows(NUMBERED_OF, values | {"status": status.value})
            )
        )

    def count_by_author(self, author_id: str) -> int:
        """How many tokens are the author's."""
        return int(self._session.rows(COUNT_OF, {"author_id": author_id})[0]["total"])

    def missing_ids(self, next_token_id: int, *, limit: int) -> list[int]:
        """The numbers from 1 below this one that no token has, in order."""
        ends = self._session.rows(ENDS, {"below": next_token_id})[0]
        gaps = [range(1, (ends["first"] or next_token_id))]
        found = self._session.rows(GAPS, {"below": next_token_id, "limit": limit})
        gaps += [range(each["first"], each["last"] + 1) for each in found]
        gaps += [range(ends["last"] + 1, next_token_id)] if ends["last"] else []
        return [number for gap in gaps for number in gap[:limit]][:limit]

    def count_by_status(self) -> dict[TokenStatus, int]:
        """How many tokens there are of each status that occurs."""
        return {
            TokenStatus(each["status"]): each["total"] for each in self._session.rows(COUNTS, {})
        }

    def leaderboard(self, *, limit: int) -> tuple[tuple[str, int], ...]:
        """Wallets of authors and how many tokens are theirs, most first; of equals the lower wallet first."""
        found = self._session.rows(LEADERS, {"limit": limit})
        return tuple((each["wallet_address"], each["total"]) for each in found)

    def mints_between(self, first: int, last: int, *, limit: int) -> tuple[Head[MintEvent], ...]:
        """The mints in these blocks, both included, in the order of the chain."""
        found = self._session.rows(BETWEEN, {"first": first, "last": last, "limit": limit})
        return tuple(map(OF_MINTS.of_row, found))
