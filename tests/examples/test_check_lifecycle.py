"""A proposed lifecycle is checked against the history that is stored."""

from enum import auto
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from tests.examples.conftest import HostDatabase
from tests.examples.dated_parcels import first_parcels, second_parcels
from tests.examples.parcels import Open, parcels, run

from indelible.declare import (
    Aggregate,
    Context,
    Identifier,
    States,
    action,
    aggregate,
    creates,
    field,
)
from indelible_service.cli import main
from indelible_sql import check_lifecycle


def test_what_the_proposed_lifecycle_refuses_is_listed(opened: Open, host: HostDatabase) -> None:
    first, second = first_parcels(), second_parcels()
    store = opened(first)
    store.upgrade(host.owner_url)
    parcel = first.aggregate
    head = run(store, first, parcel.pack(label="P-1", shelf="a"))
    head = run(store, first, parcel.mark(head, shelf="b", note="Fragile"))
    head = run(store, first, parcel.send(head))
    head = run(store, first, parcel.take_back(head, shelf="c"))
    run(store, first, parcel.pack(label="P-2", shelf="a"))

    assert check_lifecycle(store, first).refusals == 0
    check = check_lifecycle(store, second)
    assert (check.changes, check.refusals) == (5, 2)
    marked, taken = check.refused
    assert (marked.entity_id, marked.seq, marked.action) == (head.id, 2, "mark")
    assert "shelf" in marked.problem
    assert (taken.seq, taken.action) == (4, "take_back")
    assert "SENT" in taken.problem


def proposed(*, unique: bool) -> Context[Any]:
    """Return parcels whose labels are unique, or not."""

    class Status(States):
        """The states of a parcel."""

        PACKED = auto()
        SENT = auto()

    @aggregate(final=(Status.SENT,))
    class Parcel(Aggregate):
        """A parcel."""

        status: Status
        label: Identifier = field(unique=unique)

        @creates(Status.PACKED)
        def pack(self, label: Identifier) -> None: ...
        @action(Status.PACKED, to=Status.SENT)
        def send(self) -> None: ...

    return Context(Parcel)


def test_a_value_that_two_had_at_a_time_is_refused_once(opened: Open, host: HostDatabase) -> None:
    loose = proposed(unique=False)
    store = opened(loose)
    store.upgrade(host.owner_url)
    for label in ("P-1", "P-2", "P-1"):
        head = run(store, loose, loose.aggregate.pack(label=label))
    check = check_lifecycle(store, proposed(unique=True))
    assert [(one.entity_id, one.seq) for one in check.refused] == [(head.id, 1)]
    assert "P-1" in check.refused[0].problem


def test_a_field_and_a_state_that_are_gone_are_refused(opened: Open, host: HostDatabase) -> None:
    first = first_parcels()
    store = opened(first)
    store.upgrade(host.owner_url)
    run(store, first, first.aggregate.pack(label="P-1", shelf="a"))
    problems = [one.problem for one in check_lifecycle(store, parcels).refused]
    assert problems == ["note is no field", "shelf is no field"]


PROPOSED = """
from enum import auto

from indelible.declare import Aggregate, Context, Identifier, States, aggregate, action, creates


class Status(States):
    PACKED = auto()


@aggregate(final=(Status.PACKED,))
class Parcel(Aggregate):
    status: Status
    label: Identifier

    @creates(Status.PACKED)
    def pack(self, label: Identifier) -> None: ...


contexts = (Context(Parcel),)
"""


def test_the_command_lists_refusals_and_ends_with_1(
    opened: Open, host: HostDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = opened(parcels)
    store.upgrade(host.owner_url)
    head = run(store, parcels, parcels.aggregate.pack(label="P-1"))
    monkeypatch.setenv("DATABASE_URL", host.url)
    file = tmp_path / "parcels_next.py"
    file.write_text(PROPOSED)
    allowed = CliRunner().invoke(main, ["check-lifecycle", str(file)])
    assert (allowed.exit_code, "Refused: 0 of 1 changes" in allowed.output) == (0, True)

    run(store, parcels, parcels.aggregate.send(head))
    refused = CliRunner().invoke(main, ["check-lifecycle", str(file)])
    assert refused.exit_code == 1
    assert "Refused: 2 of 2 changes" in refused.output
    assert "send" in refused.output

    for text in ("contexts = ()", "contexts = 1", "raise ValueError", "contexts = (1,)"):
        file.write_text(text)
        wrong = CliRunner().invoke(main, ["check-lifecycle", str(file)])
        assert (wrong.exit_code, "HOST_MODULE_UNUSABLE" in wrong.output) == (1, True)
