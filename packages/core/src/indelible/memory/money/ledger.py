"""The memory store's accounts, movements and postings."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Self

from attrs import evolve, field, frozen

from indelible.kernel import Change, Head, IndelibleError
from indelible.kernel.bulk import AnyBulk
from indelible.kernel.history import Record, Update
from indelible.memory.aggregates import MemoryAggregateRepository
from indelible.memory.history import MemoryHistory
from indelible.money.entities.ledger import Account, CoveredItem, Movement, Posting
from indelible.money.entities.lines import BalanceSum, KindSum, LedgerLine, OwedLine
from indelible.money.entities.payout_jobs import PayoutJob
from indelible.money.entities.values import AccountKind, MovementKind
from indelible.money.errors.ledger import (
    ItemCovered,
    LedgerUnbalanced,
    OwedLineNotFound,
    PayoutLineNotFound,
)
from indelible.money.repositories.ledger import POSTED
from indelible.money.rules.ledger.checks import (
    AccountStep,
    check_distinct_lines,
    check_movement,
    check_owed_line,
    check_reversed_line,
)
from indelible.money.rules.ledger.drafts import account_sums
from indelible.money.rules.ledger.payouts import settlement_of_key


class MemoryAccountRepository(MemoryAggregateRepository[Account]):
    """Accounts; only the movements' repository changes one after it was opened."""

    def sums(self) -> tuple[BalanceSum, ...]:
        """Return the sum of the balances by kind and currency, in this order."""
        balances: dict[tuple[AccountKind, str], list[int]] = {}
        for head in self._rows.values():
            key = (head.entity.kind, head.entity.currency)
            balances.setdefault(key, []).append(head.entity.balance_minor)

        sums: list[BalanceSum] = []
        for kind, currency in sorted(balances):
            values = balances[kind, currency]
            sums.append(
                BalanceSum(
                    kind=kind,
                    currency=currency,
                    accounts=len(values),
                    balance_minor=sum(values),
                )
            )
        return tuple(sums)

    def save(
        self,
        change: Change,
        entity: Account,
        records: Sequence[Record] = (),
        bulk: Sequence[AnyBulk] = (),
    ) -> None:
        """Store a new account, or raise LedgerUnbalanced for a change without a movement."""
        if change.action == "post":
            error = LedgerUnbalanced(entity.last_movement_id or "", "posting_count", 1, 0)
            self._history.refuse(error)
            raise error
        super().save(change, entity, records, bulk)

    def save_posted(self, update: Update[Account]) -> None:
        """Store an account after a movement."""
        super().save(update.change, update.entity)


@frozen
class MemoryMovementRepository(MemoryAggregateRepository[Movement]):
    """Movements and their postings."""

    _accounts: MemoryAccountRepository = field(kw_only=True, alias="accounts")
    _jobs: MemoryAggregateRepository[PayoutJob] = field(kw_only=True, alias="jobs")

    def copy_with(
        self,
        history: MemoryHistory,
        accounts: MemoryAccountRepository,
        jobs: MemoryAggregateRepository[PayoutJob],
    ) -> Self:
        """Return a draft over drafts of history, accounts and payout jobs."""
        return evolve(self.copy(history), accounts=accounts, jobs=jobs)

    def post(
        self,
        change: Change,
        movement: Movement,
        bulk: Sequence[AnyBulk],
        updates: Sequence[Update[Account]],
    ) -> None:
        """Store the accounts that a movement changes, then the movement with its postings.

        All of it is checked again. The order is the databases', so every feed has the same one.
        """
        try:
            self._history.check_next(self._entity.lifecycle, change)
            for update in updates:
                self._history.check_next(update.entity.lifecycle, update.change)
            self._check(movement, bulk, updates)
        except IndelibleError as error:
            self._history.refuse(error)
            raise
        for update in updates:
            self._accounts.save_posted(update)
        super().save(change, movement, (), bulk)

    def save(
        self,
        change: Change,
        entity: Movement,
        records: Sequence[Record] = (),  # noqa: ARG002 - a movement has none
        bulk: Sequence[AnyBulk] = (),
    ) -> None:
        """Store a movement that changes no account, or raise LedgerUnbalanced."""
        self.post(change, entity, bulk, ())

    def covering_any(self, items: Sequence[str]) -> Mapping[str, str]:
        """Return the ids of the settlement movements that have counted items, by the items."""
        wanted = frozenset(items)
        covered: dict[str, str] = {}
        for head in self._rows.values():
            for row in self.bulk_rows(CoveredItem, head.entity.id, seq=POSTED):
                if row.item in wanted:
                    covered[row.item] = head.entity.id
        return covered

    def lines_of_account(
        self, account_id: str, *, before: str, limit: int
    ) -> tuple[LedgerLine, ...]:
        """Return the last `limit` postings of an account before a position, newest first."""
        lines: list[LedgerLine] = []
        for line in self._lines():
            posting = line.posting
            if account_id in (posting.debit_account_id, posting.credit_account_id):
                lines.append(line)
        return _newest(lines, before, limit)

    def lines_of_party(self, party: str, *, before: str, limit: int) -> tuple[LedgerLine, ...]:
        """Return the last `limit` postings that name a party before a position, newest first."""
        lines: list[LedgerLine] = []
        for line in self._lines():
            if line.posting.party == party:
                lines.append(line)
        return _newest(lines, before, limit)

    def owed_line(self, movement_id: str, number: int) -> OwedLine:
        """Return an owed line, or raise OwedLineNotFound."""
        line = self._line(movement_id, number)
        if line is None or not self._is_owed(line.posting):
            raise OwedLineNotFound(movement_id, number)
        return self._owed(line, self._payments())

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
        payments = self._payments()
        wanted = {"reference": reference, "party": party, "movement_id": movement_id}
        lines: list[OwedLine] = []
        for line in self._lines():
            if not self._is_owed(line.posting):
                continue
            owed = self._owed(line, payments)
            is_wanted = all(
                value is None or getattr(owed, name) == value for name, value in wanted.items()
            )
            if is_wanted and owed.name > after and not (unpaid and owed.paid_by is not None):
                lines.append(owed)

        lines.sort(key=lambda owed: owed.name)
        return tuple(lines[:limit])

    def payout_line(self, movement_id: str, number: int) -> LedgerLine:
        """Return a posting that pays an owed line, or raise PayoutLineNotFound."""
        line = self._line(movement_id, number)
        if line is None or line.posting.owed_line is None:
            raise PayoutLineNotFound(movement_id, number)
        return line

    def reversals(self, movement_id: str, number: int) -> tuple[LedgerLine, ...]:
        """Return the postings that have reversed parts of a payout line, oldest first."""
        name = (movement_id, number)
        return tuple(line for line in self._lines() if line.posting.reversed_line == name)

    def sums(
        self, *, since: datetime | None = None, until: datetime | None = None
    ) -> tuple[KindSum, ...]:
        """Return the sums of the movements by kind and currency that occurred in a time."""
        totals: dict[tuple[MovementKind, str], list[int]] = {}
        for head in self._rows.values():
            movement = head.entity
            is_early = since is not None and movement.occurred_at < since
            is_late = until is not None and movement.occurred_at >= until
            if not is_early and not is_late:
                key = (movement.kind, movement.currency)
                totals.setdefault(key, []).append(movement.total_minor)

        sums: list[KindSum] = []
        for kind, currency in sorted(totals):
            values = totals[kind, currency]
            sums.append(
                KindSum(
                    kind=kind,
                    currency=currency,
                    movements=len(values),
                    total_minor=sum(values),
                )
            )
        return tuple(sums)

    def inconsistent(self, *, limit: int) -> tuple[str, ...]:
        """Return ids of movements whose number or sum of postings is not the one they name."""
        ids: list[str] = []
        for head in self.where(_is_any):
            movement = head.entity
            amounts = [posting.amount_minor for posting in self._postings(movement.id)]
            if (len(amounts), sum(amounts)) != (movement.posting_count, movement.total_minor):
                ids.append(movement.id)
        return tuple(ids[:limit])

    def misbalanced(self, *, limit: int) -> tuple[str, ...]:
        """Return ids of accounts whose balance is not the sum of their postings."""
        sums = account_sums(line.posting for line in self._lines())
        ids: list[str] = []
        for head in self._accounts.where(_is_any):
            account = head.entity
            folded = sums.get(account.id)
            expected = folded.balance_minor(account.kind.side) if folded else 0
            if account.balance_minor != expected:
                ids.append(account.id)
        return tuple(ids[:limit])

    def unplanned_settlements(self, *, limit: int) -> tuple[Head[Movement], ...]:
        """Return settlement movements without a payout job, in order of id."""
        planned = {head.entity.id for head in self._jobs.where(_is_any)}

        def is_unplanned(movement: Movement) -> bool:
            is_settlement = movement.kind is MovementKind.SETTLEMENT
            return is_settlement and settlement_of_key(movement.key) not in planned

        return self.where(is_unplanned, limit=limit)

    def _check(
        self, movement: Movement, bulk: Sequence[AnyBulk], updates: Sequence[Update[Account]]
    ) -> None:
        """Refuse what the guards of the databases refuse."""
        steps: dict[str, AccountStep] = {}
        for update in updates:
            stored = self._accounts.get(update.entity.id).entity
            steps[update.entity.id] = AccountStep(stored, update.entity)
        rows = {item.record_type: item.rows for item in bulk}
        postings: tuple[Posting, ...] = rows.get(Posting, ())
        check_movement(movement, postings, steps)
        check_distinct_lines(postings)
        for posting in postings:
            if posting.owed_line is not None:
                check_owed_line(movement, posting, self.owed_line(*posting.owed_line))
            if posting.reversed_line is not None:
                line = self.payout_line(*posting.reversed_line)
                reversals = self.reversals(*posting.reversed_line)
                check_reversed_line(movement, posting, line, reversals)
        items: list[str] = []
        for row in rows.get(CoveredItem, ()):
            items.append(row.item)
        for item, settled_by in self.covering_any(items).items():
            raise ItemCovered(item, settled_by)

    def _postings(self, movement_id: str) -> tuple[Posting, ...]:
        return self.bulk_rows(Posting, movement_id, seq=POSTED)

    def _lines(self) -> Iterator[LedgerLine]:
        """Yield all postings in the order in which their movements were posted."""
        for head in self._rows.values():
            for posting in self._postings(head.entity.id):
                yield LedgerLine(movement=head.entity, posting=posting)

    def _line(self, movement_id: str, number: int) -> LedgerLine | None:
        postings = self._postings(movement_id)
        if not 1 <= number <= len(postings):
            return None
        movement = self._rows[movement_id].entity
        return LedgerLine(movement=movement, posting=postings[number - 1])

    def _is_owed(self, posting: Posting) -> bool:
        account = self._accounts.get(posting.credit_account_id).entity
        return account.kind is AccountKind.WINNER_PAYABLE

    def _payments(self) -> dict[tuple[str, int], str]:
        """Return the movements that have paid owed lines, by the names of the lines."""
        payments: dict[tuple[str, int], str] = {}
        for line in self._lines():
            if line.posting.owed_line is not None:
                payments[line.posting.owed_line] = line.movement.id
        return payments

    def _owed(self, line: LedgerLine, payments: Mapping[tuple[str, int], str]) -> OwedLine:
        movement, posting = line.movement, line.posting
        name = (movement.id, posting.number)
        return OwedLine(
            movement_id=movement.id,
            number=posting.number,
            kind=movement.kind,
            party=posting.party or "",
            reference=movement.reference or "",
            currency=movement.currency,
            amount_minor=posting.amount_minor,
            owed_since=movement.occurred_at,
            paid_by=payments.get(name),
        )


def _newest(lines: list[LedgerLine], before: str, limit: int) -> tuple[LedgerLine, ...]:
    """Return the last `limit` lines before a position, newest first."""
    earlier = [line for line in lines if not before or line.position < before]
    earlier.sort(key=lambda line: line.position, reverse=True)
    return tuple(earlier[:limit])


def _is_any(_: object) -> bool:
    return True
