"""Read the postings of a movement by its key."""

from typing import Any

from indelible.kernel import Store
from indelible.money import MoneyRead

Row = tuple[str, str, int]


def rows(store: Store[Any, Any], key: str) -> list[Row]:
    """Return the postings of a movement, which must exist: account kinds and amounts."""

    def read(tx: MoneyRead) -> list[Row]:
        head = tx.money.movements.of_key(key)
        assert head is not None, key
        lines: list[Row] = []
        for posting in tx.money.movements.postings(head.entity.id, after=0, limit=9):
            debit = posting.debit_account_id.partition(":")[0]
            credit = posting.credit_account_id.partition(":")[0]
            lines.append((debit, credit, posting.amount_minor))
        return lines

    return store.read(read)
