"""The SQL repositories of accounts and movements."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from indelible.kernel import Change, Head, IndelibleError, Stale
from indelible.kernel.bulk import AnyBulk
from indelible.kernel.history import Record, Update
from indelible.kernel.lists import InvalidPosition
from indelible.money.entities.ledger import Account, CoveredItem, Movement, Posting
from indelible.money.entities.lines import BalanceSum, KindSum, LedgerLine, OwedLine
from indelible.money.entities.values import AccountKind
from indelible.money.errors.ledger import (
    BalanceNegative,
    ItemCovered,
    LedgerUnbalanced,
    OwedLineNotFound,
    OwedLinePaid,
    PayoutLineNotFound,
    PayoutLineReversed,
)
from indelible.money.rules.ledger.checks import AccountStep, check_distinct_lines, check_movement
from indelible_sql.engine.errors import GuardViolation
from indelible_sql.engine.refusals import RowReader
from indelible_sql.engine.session import Query, Row
from indelible_sql.kernel.history import ROWS
from indelible_sql.kernel.repository import SqlAggregateRepository
from indelible_sql.money.rows import ACCOUNT_HEADS, MOVEMENT_HEADS
from indelible_sql.money.statements import ledger as statements
from indelible_sql.schema.one_per_parent import reports_of

POSITION_PARTS: Final = 3
POST: Final = "post"  # the action of an account that a movement changes
NEGATIVE_GUARD: Final = "accounts_never_negative"


class SqlAccountRepository(SqlAggregateRepository[Account]):
    """The repository of accounts, which changes none without a movement."""

    def save(
        self,
        change: Change,
        entity: Account,
        records: Sequence[Record] = (),
        bulk: Sequence[AnyBulk] = (),
    ) -> None:
        """Store a new account, or raise LedgerUnbalanced for a change without a movement."""
        if change.action == POST:
            key = entity.last_movement_id or ""
            raise self._session.refused(LedgerUnbalanced(key, "posting_count", 1, 0))
        super().save(change, entity, records, bulk)

    def save_all(self, updates: Sequence[Update[Account]]) -> None:
        """Raise LedgerUnbalanced: accounts change with a movement only."""
        for update in updates:
            self.save(update.change, update.entity)

    def sums(self) -> tuple[BalanceSum, ...]:
        """Return the sum of the balances by kind and currency, in this order."""
        sums: list[BalanceSum] = []
        for row in self._session.rows(statements.SUM_BALANCES, {}):
            sums.append(
                BalanceSum(
                    kind=AccountKind(row["kind"]),
                    currency=row["currency"],
                    accounts=row["accounts"],
                    balance_minor=int(row["balance_minor"]),
                )
            )
        return tuple(sums)


class SqlMovementRepository(SqlAggregateRepository[Movement]):
    """The repository of movements, which reads their postings too."""

    def post(
        self,
        change: Change,
        movement: Movement,
        bulk: Sequence[AnyBulk],
        updates: Sequence[Update[Account]],
    ) -> None:
        """Store the accounts that a movement changes, then the movement with its postings.

        The accounts come first: a posting is refused unless its accounts name its movement. The
        sums are checked again, so that a database without guards stores no other ones.
        """
        accounts = SqlAggregateRepository(self._session, ACCOUNT_HEADS)
        try:
            check_movement(movement, _postings(bulk), _steps(updates))
        except IndelibleError as refusal:
            raise self._session.refused(refusal) from None

        def explain(refusal: GuardViolation | Stale, _: RowReader) -> IndelibleError | None:
            return _refusal(refusal, bulk, updates) if isinstance(refusal, GuardViolation) else None

        with self._session.explaining(explain):
            accounts.save_all(updates)
            super().save(change, movement, (), bulk)

    def save(
        self,
        change: Change,
        entity: Movement,
        records: Sequence[Record] = (),  # noqa: ARG002 - a movement has none
        bulk: Sequence[AnyBulk] = (),
    ) -> None:
        """Store a movement that changes no account."""
        self.post(change, entity, bulk, ())

    def covering_any(self, items: Sequence[str]) -> Mapping[str, str]:
        """Return the ids of the settlement movements that have counted items, by the items."""
        if not items:
            return {}
        rows = self._session.rows(statements.COVERING, {"items": items})
        covering = {row["item"]: row["entity_id"] for row in rows}
        return {item: covering[item] for item in items if item in covering}

    def lines_of_account(
        self, account_id: str, *, before: str, limit: int
    ) -> tuple[LedgerLine, ...]:
        """Return the last `limit` postings of an account before a position, newest first."""
        values = {"account_id": account_id, "limit": limit}
        if not before:
            return self._lines(statements.LAST_OF_ACCOUNT, values)
        return self._lines(statements.BEFORE_OF_ACCOUNT, {**values, **_position(before)})

    def lines_of_party(self, party: str, *, before: str, limit: int) -> tuple[LedgerLine, ...]:
        """Return the last `limit` postings that name a party before a position, newest first."""
        values = {"party": party, "limit": limit}
        if not before:
            return self._lines(statements.LAST_OF_PARTY, values)
        return self._lines(statements.BEFORE_OF_PARTY, {**values, **_position(before)})

    def owed_line(self, movement_id: str, number: int) -> OwedLine:
        """Return an owed line, or raise OwedLineNotFound."""
        row = self._session.first(
            statements.GET_OWED, {"movement_id": movement_id, "number": number}
        )
        if row is None:
            raise OwedLineNotFound(movement_id, number)
        return ROWS.structure(row, OwedLine)

    def owed_lines(
        self,
        *,
        reference: str | None = None,
        party: str | None = None,
        movement_id: str | None = None,
        unpaid: bool = False,
        after: tuple[str, int] = ("", 0),
        limit: int,
    ) -> tuple[OwedLine, ...]:
        """Return the next `limit` owed lines after a name, in order of movement and number."""
        wanted = {"reference": reference, "party": party, "movement_id": movement_id}
        where = {name: value for name, value in wanted.items() if value is not None}
        statement = statements.page_owed(tuple(where), is_unpaid=unpaid)
        after_id, after_number = after
        if movement_id is not None and after_id < movement_id:
            after_number = 0
        values = {**where, "after_id": after_id, "after_number": after_number, "limit": limit}
        rows = self._session.rows(statement, values)
        return tuple(ROWS.structure(row, OwedLine) for row in rows)

    def payout_line(self, movement_id: str, number: int) -> LedgerLine:
        """Return a posting that pays an owed line, or raise PayoutLineNotFound."""
        lines = self._lines(statements.GET_LINE, {"movement_id": movement_id, "number": number})
        if not lines or lines[0].posting.owed_line is None:
            raise PayoutLineNotFound(movement_id, number)
        return lines[0]

    def reversals(self, movement_id: str, number: int) -> tuple[LedgerLine, ...]:
        """Return the postings that have reversed parts of a payout line, oldest first."""
        return self._lines(statements.REVERSALS, {"movement_id": movement_id, "number": number})

    def sums(
        self, *, since: datetime | None = None, until: datetime | None = None
    ) -> tuple[KindSum, ...]:
        """Return the sums of the movements by kind and currency that occurred in a time."""
        statement = statements.sum_by_kind(has_since=since is not None, has_until=until is not None)
        sums: list[KindSum] = []
        for row in self._session.rows(statement, {"since": since, "until": until}):
            sums.append(ROWS.structure({**row, "total_minor": int(row["total_minor"])}, KindSum))
        return tuple(sums)

    def inconsistent(self, *, limit: int) -> tuple[str, ...]:
        """Return ids of movements whose number or sum of postings is not the one they name."""
        rows = self._session.rows(statements.INCONSISTENT_PAGE, {"limit": limit})
        return tuple(row["id"] for row in rows)

    def misbalanced(self, *, limit: int) -> tuple[str, ...]:
        """Return ids of accounts whose balance is not the sum of their postings."""
        rows = self._session.rows(statements.MISBALANCED_PAGE, {"limit": limit})
        return tuple(row["id"] for row in rows)

    def unplanned_settlements(self, *, limit: int) -> tuple[Head[Movement], ...]:
        """Return settlement movements without a payout job, in order of id."""
        rows = self._session.rows(statements.UNPLANNED_SETTLEMENTS, {"limit": limit})
        return tuple(MOVEMENT_HEADS.of_row(row) for row in rows)

    def _lines(self, statement: Query, values: Row) -> tuple[LedgerLine, ...]:
        lines: list[LedgerLine] = []
        for row in self._session.rows(statement, values):
            movement = MOVEMENT_HEADS.of_row(row).entity
            lines.append(LedgerLine(movement=movement, posting=ROWS.structure(row, Posting)))
        return tuple(lines)


def _position(text: str) -> dict[str, object]:
    """Return the values of a position in a list of postings, or raise InvalidPosition."""
    parts = text.split("|")
    if len(parts) != POSITION_PARTS:
        raise InvalidPosition(text)

    at, movement_id, number = parts
    try:
        values: dict[str, object] = {
            "before_at": datetime.fromisoformat(at),
            "before_id": movement_id,
            "before_number": int(number),
        }
    except ValueError as error:
        raise InvalidPosition(text) from error
    return values


def _refusal(
    violation: GuardViolation,
    bulk: Sequence[AnyBulk],
    updates: Sequence[Update[Account]],
) -> IndelibleError | None:
    """Return the domain's error of a refused movement, None for a defect of the adapter.

    The transaction cannot be queried any more: only what it was to store tells the cause.
    """
    postings = _postings(bulk)
    items = _items(bulk)
    if violation.guard in reports_of(MOVEMENT_HEADS.table):
        return None
    if violation.guard == NEGATIVE_GUARD:
        return _negative(updates)
    try:
        check_distinct_lines(postings)
    except IndelibleError as error:
        return error
    if violation.guard.startswith("covered_items_") and items:
        return ItemCovered(items[0].item, "of another settlement")
    if violation.guard.startswith("postings_"):
        return _used_up(postings)
    return None


def _postings(bulk: Sequence[AnyBulk]) -> Sequence[Posting]:
    """Return the postings of a movement."""
    for item in bulk:
        if item.record_type is Posting:
            return item.rows
    return ()


def _items(bulk: Sequence[AnyBulk]) -> Sequence[CoveredItem]:
    """Return the items that a settlement covers."""
    for item in bulk:
        if item.record_type is CoveredItem:
            return item.rows
    return ()


def _steps(updates: Sequence[Update[Account]]) -> dict[str, AccountStep]:
    """Return the accounts before and after a movement, by their ids."""
    steps: dict[str, AccountStep] = {}
    for update in updates:
        steps[update.entity.id] = AccountStep(update.head.entity, update.entity)
    return steps


def _negative(updates: Sequence[Update[Account]]) -> IndelibleError | None:
    """Return the error about the account that would be negative."""
    for update in updates:
        account = update.entity
        if account.kind.has_reference and account.balance_minor < 0:
            return BalanceNegative(account.id, account.balance_minor)
    return None


def _used_up(postings: Sequence[Posting]) -> IndelibleError | None:
    """Return the error about the first posting that names a line."""
    for posting in postings:
        if posting.owed_line is not None:
            return OwedLinePaid(*posting.owed_line)
        if posting.reversed_line is not None:
            return PayoutLineReversed(
                *posting.reversed_line, posting.reversal_ref or "", 0, posting.amount_minor
            )
    return None
