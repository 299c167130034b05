"""Measure money: postings beside other ledgers, webhooks to their postings, and payouts."""

from collections.abc import Iterator

from tests.doses.bench import ledgers, payments
from tests.doses.bench.rounds import Dose, Table
from tests.doses.chaos.testbed import Testbed


def tables(bed: Testbed, dose: Dose) -> Iterator[Table]:
    """Measure all parts of money."""
    yield from ledgers.tables(bed, dose)
    yield from payments.tables(bed, dose)
