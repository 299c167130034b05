"""The finders of accounts and movements."""

from collections.abc import Iterable, Mapping
from typing import Final

from attrs import frozen

from indelible.kernel import Head
from indelible.kernel.questions import Question, different, listed, question_of
from indelible.kernel.repository import Repository
from indelible.money.entities.ledger import Account, CoveredItem, Movement, Posting
from indelible.money.entities.values import AccountKind
from indelible.money.ports.ledger import AccountJoins, MovementJoins

POSTED: Final = 1  # the seq of a movement, which has one change


@frozen
class Accounts(Repository[Account]):
    """The accounts: none changes without a movement."""

    joins: AccountJoins

    def lock_all(self, account_ids: Iterable[str]) -> Mapping[str, Head[Account]]:
        """Lock the accounts in order of id, and return those that exist by their ids.

        The order keeps two transactions from waiting for each other.
        """
        heads = self.select(listed("id", sorted(account_ids)), lock=True)
        return {head.entity.id: head for head in heads}

    def of_reference(self, reference: str) -> tuple[Head[Account], ...]:
        """Return the accounts of a reference, in order of id."""
        return self.select(reference=reference)

    def nonzero(self, kind: AccountKind, *, after: str, limit: int) -> tuple[Head[Account], ...]:
        """Return the next `limit` accounts of a kind after an id that have a balance."""
        return self.select(different("balance_minor", 0), kind=kind, after=after, limit=limit)


@frozen
class Movements(Repository[Movement]):
    """The movements and their postings: nothing changes or removes one."""

    joins: MovementJoins

    def of_key(self, key: str) -> Head[Movement] | None:
        """Return the movement with a key."""
        return self.first_of(question_of_key(key))

    def of_fact(self, fact_key: str) -> Head[Movement] | None:
        """Return the movement that has booked a fact."""
        return self.first_of(question_of_fact(fact_key))

    def reversal_of(self, movement_id: str) -> Head[Movement] | None:
        """Return the movement that mirrors another one."""
        return self.first_of(question_of((), {"reverses": movement_id}, order=("reverses",)))

    def postings(self, movement_id: str, *, after: int, limit: int) -> tuple[Posting, ...]:
        """Return the next `limit` postings of a movement after a number, in order."""
        return self.bulk_rows(Posting, movement_id, seq=POSTED, after=after, limit=limit)

    def covered_items(self, movement_id: str, *, after: int, limit: int) -> tuple[str, ...]:
        """Return the next `limit` items of a settlement after a number, in order."""
        rows = self.bulk_rows(CoveredItem, movement_id, seq=POSTED, after=after, limit=limit)
        return tuple(row.item for row in rows)


def question_of_key(key: str) -> Question:
    """Return the question about the movement with a key; the field is unique: it needs no limit."""
    return question_of((), {"key": key}, order=("key",))


def question_of_fact(fact_key: str) -> Question:
    """Return the question about the movement that has booked a fact."""
    return question_of((), {"fact_key": fact_key}, order=("fact_key",))
