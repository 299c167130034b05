"""An upgrade of a host's table that stops at any statement has changed nothing."""

from collections.abc import Callable
from itertools import count

import pytest
from tests.examples.conftest import HostDatabase
from tests.examples.parcels import Open, Parcel, later_parcels, objects_of, parcels, run

from indelible_sql import verify
from indelible_sql.schema.own_table import OwnTable

MIN_STATEMENTS = 10  # of an upgrade


class Stopped(Exception):
    """The program ended here."""


@pytest.mark.parametrize("is_new", [True, False])
def test_an_upgrade_that_stops_at_any_statement_changes_nothing(
    is_new: bool,  # noqa: FBT001 - a parameter of the test
    opened: Open,
    host: HostDatabase,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    context = parcels if is_new else later_parcels()
    if not is_new:
        first = opened(parcels)
        first.upgrade(host.owner_url)
        run(first, parcels, Parcel.pack(label="P-1"))
    store = opened(context)
    before = objects_of(host)
    execute = OwnTable.run
    number = 0

    def stopping_at(last: int) -> Callable[[OwnTable, str], None]:
        def run_or_stop(table: OwnTable, statement: str) -> None:
            nonlocal number
            number += 1
            if number == last:
                raise Stopped
            execute(table, statement)

        return run_or_stop

    for last in count(1):
        number = 0
        monkeypatch.setattr(OwnTable, "run", stopping_at(last))
        try:
            store.upgrade(host.owner_url)
        except Stopped:
            assert objects_of(host) == before
        else:
            assert last > MIN_STATEMENTS
            break
    assert verify(store) == ()
