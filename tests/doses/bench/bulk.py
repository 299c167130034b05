"""Measure a bulk change of many rows, each with its entry in a history, beside other libraries."""

from collections.abc import Generator, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any, ClassVar, Final

import sqlalchemy as sa
from attrs import evolve, frozen
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from sqlalchemy_continuum import version_class
from tests.doses.bench.bulk_django import ACT, django_process
from tests.doses.bench.others import CONTINUUM
from tests.doses.bench.rounds import Act, Dose, Measured, Table, Way, measure_in_turns
from tests.doses.bench.statement_counts import statements_counted
from tests.doses.chaos.testbed import Testbed
from tests.examples.calls import Call, calls
from tests.sql.continuum import versioned

from indelible.testing.stores import MAYA
from indelible_sql import open_store

OURS: Final = "indelible"
ROWS, FEW_ROWS = 1_000, 20
ROUNDS, CALLS = 5, 2  # history grows with each call
REASON: Final = "a bulk change"
DESCRIPTION: Final = (
    "Each row gets a title of its own, in one transaction of one client on PostgreSQL, and each"
    " leaves an entry in the history. indelible runs one command for each row by `execute_many`:"
    " it locks the rows, checks the rule of each command, stores an actor, a reason and a digest"
    " for each change, and the database checks each change against the declared steps. The others"
    " load the rows and change them as their documentation shows for many: django-pghistory by"
    " `bulk_update`, under its triggers; django-simple-history by `bulk_update_with_history`;"
    " SQLAlchemy-Continuum by one flush of a session. None of these names an actor or a reason"
    " here, and none refuses a step."
)


@frozen
class Bulk:
    """The bulk change of a library, and how many statements one of them sends."""

    way: Way
    statements: int


def tables(bed: Testbed, dose: Dose) -> Iterator[Table]:
    """Measure the seconds and count the statements of each library."""
    is_small = dose.rounds == 1
    rows = FEW_ROWS if is_small else ROWS
    with ExitStack() as stack:
        bulks = {
            OURS: stack.enter_context(_ours(bed, rows)),
            **stack.enter_context(_of_django(bed, rows)),
            CONTINUUM: stack.enter_context(_continuum(bed, rows)),
        }
        ways = {name: bulk.way for name, bulk in bulks.items()}
        few = dose if is_small else evolve(dose, rounds=ROUNDS, times=CALLS)
        measured = measure_in_turns(ways, few)

    yield Table(
        name="bulk-changes",
        title="A bulk change with its history",
        description=f"{rows:,} rows. {DESCRIPTION}",
        rows=tuple(measured.values()),
        baseline=OURS,
    )
    yield Table(
        name="bulk-statements",
        title="Statements of a bulk change",
        description=f"What the changes above send to the server for {rows:,} rows, reads included,"
        " without BEGIN and COMMIT.",
        rows=tuple(
            Measured(name=name, unit="statements", values=(float(bulk.statements),) * few.rounds)
            for name, bulk in bulks.items()
        ),
        baseline=OURS,
    )


def _counted(act: Act) -> int:
    with statements_counted() as count:
        act()
    return count.sent


@contextmanager
def _ours(bed: Testbed, rows: int) -> Generator[Bulk]:
    database = bed.postgresql()
    store = open_store(database.url, contexts=(calls,))
    store.upgrade(database.owner_url)
    opened = [Call.open(number=f"T-{number}", title="Fire") for number in range(rows)]
    heads = store.run(calls.execute_many, opened, actor=MAYA, reason=REASON)
    acts = 0

    def change() -> None:
        nonlocal acts, heads
        acts += 1
        commands = [Call.rename(head, title=f"Fire {acts} of {head.id}") for head in heads]
        heads = store.run(calls.execute_many, commands, actor=MAYA, reason=REASON)

    try:
        statements = _counted(change)
        yield Bulk(Way(change, lambda: store.read(calls.get, heads[-1].id).seq - 1), statements)
    finally:
        store.dispose()


@contextmanager
def _of_django(bed: Testbed, rows: int) -> Generator[Mapping[str, Bulk]]:
    with django_process(bed.postgresql().owner_url, rows) as libraries:
        yield {name: Bulk(library.way(), library.ask(ACT)) for name, library in libraries.items()}


@contextmanager
def _continuum(bed: Testbed, rows: int) -> Generator[Bulk]:
    """Set each title in one session, which stores a version of each row at its flush."""
    url = sa.make_url(bed.postgresql().owner_url).set(drivername="postgresql+psycopg")
    engine = sa.create_engine(url)
    with versioned(engine, _declare_call) as row_class:
        with Session(engine) as session:
            session.add_all(row_class(number=f"T-{n}", title="Fire") for n in range(rows))
            session.commit()
        acts = 0

        def change() -> None:
            nonlocal acts
            acts += 1
            with Session(engine) as session:
                for row in session.scalars(sa.select(row_class)):
                    row.title = f"Fire {acts} of {row.number}"
                session.commit()

        def done() -> int:
            query = sa.select(sa.func.count()).select_from(version_class(row_class))
            with Session(engine) as session:
                return int(session.execute(query).scalar_one()) // rows - 1

        yield Bulk(Way(change, done), _counted(change))
    engine.dispose()


def _declare_call() -> Any:  # noqa: ANN401 - Continuum adds attributes that no type knows
    class Base(DeclarativeBase): ...

    class ContinuumCall(Base):
        __versioned__: ClassVar[Any] = {}
        __tablename__ = "continued_calls"

        id: Mapped[int] = mapped_column(primary_key=True)
        number: Mapped[str] = mapped_column(unique=True)
        status: Mapped[str] = mapped_column(default="OPEN")
        title: Mapped[str]

    return ContinuumCall
