"""A state is added to a deployed lifecycle, and removed again while no loan uses it."""

from collections.abc import Generator
from contextlib import contextmanager
from datetime import date
from enum import StrEnum

import pytest
from tests.examples import loans, loans_later
from tests.examples.conftest import HostDatabase

from indelible.kernel import Actor, InvalidTransition, Lifecycle
from indelible_sql import SqlStore, open_store, rebuild, verify
from indelible_sql.schema.admission import LifecycleDiffers
from indelible_sql.schema.hosts import EdgeInUse

pytestmark = pytest.mark.slow

MAYA = Actor.user("maya")
DUE = date(2999, 1, 1)


@pytest.fixture
def library(host: HostDatabase) -> HostDatabase:
    """A database with the loans of the first year."""
    host.migrate(loans.migrate, "loans")
    return host


@contextmanager
def opened(host: HostDatabase, lifecycle: Lifecycle[StrEnum]) -> Generator[SqlStore]:
    store = open_store(host.url, lifecycles=(lifecycle,))
    try:
        yield store
    finally:
        store.dispose()


def lent(host: HostDatabase) -> str:
    with opened(host, loans.LOAN) as store:
        return store.run(
            loans.lend, ("Ratio and Proportion", DUE), actor=MAYA, reason="asked for"
        ).id


def test_an_old_loan_takes_the_new_edge(library: HostDatabase) -> None:
    loan_id = lent(library)
    library.migrate(loans_later.upgrade)
    with opened(library, loans_later.LOAN) as store:
        lost = store.run(loans_later.lose, (loan_id, 1), actor=MAYA, reason="left on a train")

        assert lost.status is loans_later.LoanStatus.LOST
        assert verify(store, heads={loans.LOANS: loans_later.LOAN}) == ()
        assert {
            each.changed
            for each in rebuild(store, library.owner_url, heads={loans.LOANS: loans_later.LOAN})
        } == {()}
        with pytest.raises(InvalidTransition):
            store.run(loans_later.lose, (loan_id, 2), actor=MAYA, reason="again")


def test_a_program_starts_with_its_own_edges_and_with_more_and_not_with_fewer(
    library: HostDatabase,
) -> None:
    with opened(library, loans_later.LOAN) as early, pytest.raises(LifecycleDiffers):
        early.feed()
    with opened(library, loans.LOAN) as old:
        old.feed()
        library.migrate(loans_later.upgrade)

        assert old.run(loans.lend, ("Rates", DUE), actor=MAYA, reason="asked for").status == "LENT"
    with opened(library, loans.LOAN) as late:
        assert late.run(loans.lend, ("Sums", DUE), actor=MAYA, reason="asked for").status == "LENT"
        assert verify(late, heads={loans.LOANS: loans.LOAN}) == ()


def test_an_edge_goes_again_only_while_no_history_needs_it(library: HostDatabase) -> None:
    loan_id = lent(library)
    for step in (loans_later.upgrade, loans_later.downgrade, loans_later.upgrade):
        library.migrate(step)
    with opened(library, loans_later.LOAN) as store:
        store.run(loans_later.lose, (loan_id, 1), actor=MAYA, reason="left on a train")
    with pytest.raises(EdgeInUse):
        library.migrate(loans_later.downgrade)
