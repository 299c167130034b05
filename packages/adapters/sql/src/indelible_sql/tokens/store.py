"""The SQL repositories of tokens."""

from attrs import frozen

from indelible.kernel import Head
from indelible.kernel.repository import Repository
from indelible.tokens.entities.authors import Author
from indelible.tokens.entities.pipeline import (
    ImageGenerationJob,
    IPFSUploadRecord,
    RevealTransaction,
    SystemState,
)
from indelible.tokens.entities.tokens import Token
from indelible.tokens.lifecycle import TokenStatus
from indelible.tokens.repositories.finders import Mints, Tokens
from indelible_sql.engine.session import Session
from indelible_sql.kernel.repository import SqlAggregateRepository
from indelible_sql.tokens import statements
from indelible_sql.tokens.heads import (
    AUTHOR_HEADS,
    IMAGE_JOB_HEADS,
    MINT_HEADS,
    REVEAL_HEADS,
    STATE_HEADS,
    TOKEN_HEADS,
    UPLOAD_HEADS,
)


class SqlTokenRepository(SqlAggregateRepository[Token]):
    """The repository of tokens."""

    def lock_pending(
        self, status: TokenStatus, stage: str, *, limit: int
    ) -> tuple[Head[Token], ...]:
        """Lock and return the tokens of a status that have no unfinished task in a stage.

        The oldest mint comes first. Tokens that another transaction has locked are left out.
        """
        values = {"token_status": status.value, "task_stage": stage, "limit": limit}
        rows = self._session.rows(statements.PENDING, values)
        return tuple(TOKEN_HEADS.of_row(row) for row in rows)

    def count_by_author(self, author_id: str) -> int:
        """Return the number of the author's tokens."""
        rows = self._session.rows(statements.COUNT_BY_AUTHOR, {"author_id": author_id})
        return int(rows[0]["total"])

    def missing_ids(self, first: int, next_token_id: int, *, limit: int) -> list[int]:
        """Return the on-chain ids from `first` below `next_token_id` that no token has."""
        counted = {"from_id": first, "below": next_token_id}
        (ends,) = self._session.rows(statements.TOKEN_ID_ENDS, counted)
        if ends["first"] is None:
            return list(range(first, next_token_id)[:limit])

        gaps = [range(first, ends["first"])]
        for row in self._session.rows(statements.GAPS, {**counted, "limit": limit}):
            gaps.append(range(row["first"], row["last"] + 1))
        gaps.append(range(ends["last"] + 1, next_token_id))

        missing: list[int] = []
        for gap in gaps:
            room = limit - len(missing)
            missing.extend(gap[:room])

        return missing

    def leaderboard(self, *, limit: int) -> tuple[tuple[str, int], ...]:
        """Return wallets with their number of tokens: most tokens first, then lowest wallet."""
        rows = self._session.rows(statements.LEADERBOARD, {"limit": limit})
        return tuple((row["wallet_address"], row["total"]) for row in rows)


@frozen
class SqlCollection:
    """The repositories of tokens, in SQL."""

    _session: Session

    @property
    def authors(self) -> Repository[Author]:
        return Repository(SqlAggregateRepository(self._session, AUTHOR_HEADS))

    @property
    def tokens(self) -> Tokens:
        store = SqlTokenRepository(self._session, TOKEN_HEADS)
        return Tokens(store, store)

    @property
    def mints(self) -> Mints:
        return Mints(SqlAggregateRepository(self._session, MINT_HEADS))

    @property
    def image_jobs(self) -> Repository[ImageGenerationJob]:
        return Repository(SqlAggregateRepository(self._session, IMAGE_JOB_HEADS))

    @property
    def uploads(self) -> Repository[IPFSUploadRecord]:
        return Repository(SqlAggregateRepository(self._session, UPLOAD_HEADS))

    @property
    def reveals(self) -> Repository[RevealTransaction]:
        return Repository(SqlAggregateRepository(self._session, REVEAL_HEADS))

    @property
    def states(self) -> Repository[SystemState]:
        return Repository(SqlAggregateRepository(self._session, STATE_HEADS))
