"""A row of the fact sheet about money, with the test of it, and the files of these tests."""

from typing import Final

from attrs import frozen

STATES: Final = "tests/web/payments/test_charge_states.py"
STEPS: Final = "tests/web/payments/test_webhook_steps.py"
BAD_INPUT: Final = "tests/web/payments/test_bad_input.py"
AFTER: Final = "tests/web/payments/test_after_settlement.py"
PAYMENTS: Final = "tests/core/money/test_payment_postings.py"
PAYOUTS: Final = "tests/core/money/test_payout_postings.py"
Edge = tuple[str, str, str]


@frozen(kw_only=True)
class Row:
    """A row of a table of the fact sheet, and a test of it.

    `uses` are words of the test: where it begins and what happens. `cases` are words of its
    parameters. `asserts` are words that it asserts: what the row says of the end. `edges` are those
    by which a charge moves.
    """

    fact: str
    path: str
    test: str
    uses: tuple[str, ...]
    asserts: tuple[str, ...]
    cases: tuple[str, ...] = ()
    edges: tuple[Edge, ...] = ()

    @property
    def name(self) -> str:
        """Return the row and its test, as pytest shows them."""
        return f"{self.fact}: {self.test}"
