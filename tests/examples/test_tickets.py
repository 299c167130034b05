"""A host's own context in every store: it does the same in each, with the same refusals."""

import asyncio
from collections.abc import Callable, Generator
from datetime import UTC, datetime
from functools import partial
from typing import Any, cast

import pytest
from sqlalchemy import create_engine, text
from tests.conftest import POLICY
from tests.examples.conftest import HostDatabase, stores_of
from tests.examples.tickets import Status, Ticket, tickets

from indelible.declare import At
from indelible.kernel import (
    Actor,
    Head,
    Idempotency,
    IndelibleError,
    InvalidTransition,
    Stale,
    UsageError,
)
from indelible.kernel.actions import Command
from indelible.kernel.context_checks import MAX_ALTERNATIVES, MAX_HEADS
from indelible.kernel.contexts import MAX_COMMANDS
from indelible.kernel.values import InstantOutOfRange, NumberOutOfRange, TextUnstorable, WrongType
from indelible.memory.store import MemoryStore
from indelible_sql import (
    Fault,
    SqlStore,
    enable_foreign_keys,
    open_async_store,
    open_store,
    rebuild,
    verify,
)

MAYA = Actor.user("maya")
AnyTicketStore = MemoryStore | SqlStore
LONG_AGO = datetime(2001, 1, 1, tzinfo=UTC)


@pytest.fixture
def sql_store(host: HostDatabase) -> Generator[SqlStore]:
    opened = open_store(host.url, contexts=(tickets,), policy=POLICY)
    opened.upgrade(host.owner_url)
    yield opened
    opened.dispose()


store = stores_of(tickets)


def run(
    store: AnyTicketStore,
    command: Command[Ticket],
    reason: str = "a test",
    idempotency: Idempotency[Head[Ticket]] | None = None,
) -> Head[Ticket]:
    return store.run(tickets.execute, command, actor=MAYA, reason=reason, idempotency=idempotency)


def opened_tickets(store: AnyTicketStore, *titles: str) -> list[Head[Ticket]]:
    """Open tickets with these titles, and return them in order of id."""
    commands = [Ticket.open(number=f"T-{n}", title=title) for n, title in enumerate(titles)]
    heads = store.run(tickets.execute_many, commands, actor=MAYA, reason="a test")
    return sorted(heads, key=lambda head: head.id)


def refusal(act: Callable[[], object]) -> IndelibleError:
    with pytest.raises(IndelibleError) as refused:
        act()
    return refused.value


def test_a_ticket_goes_from_open_to_closed(store: AnyTicketStore) -> None:
    ticket = run(store, Ticket.open(number="T-1", title="Printer on fire"), "a call")
    born = ticket.entity.created_at
    ticket = run(store, Ticket.rename(ticket, title="Printer smokes"), "less fire")
    ticket = run(store, Ticket.assign(ticket.id, assignee="ann"), "on duty")
    ticket = run(store, Ticket.close(At(ticket.id, 3), resolution="Replaced it."), "done")

    assert (ticket.seq, ticket.entity.status, ticket.entity.assignee) == (4, Status.CLOSED, "ann")
    assert tickets.allowed_actions(ticket) == ()
    assert store.read(tickets.get, ticket.id) == ticket
    actions = [change.action for change in store.read(tickets.history, ticket.id)]
    assert actions == ["open", "rename", "assign", "close"]
    reasons = [change.reason for change in store.read(tickets.history, ticket.id, after=2)]
    assert reasons == ["on duty", "done"]

    first = store.read(tickets.as_of, ticket.id, born)
    assert (first.entity.title, first.seq) == ("Printer on fire", 1)
    assert store.read(tickets.as_of, ticket.id, ticket.entity.updated_at) == ticket


def test_each_refusal_has_a_code_and_changes_nothing(
    store: AnyTicketStore, caplog: pytest.LogCaptureFixture
) -> None:
    ticket = run(store, Ticket.open(number="T-1", title="Fire"))
    assigned = run(store, Ticket.assign(ticket, assignee="ann"))

    stale = refusal(lambda: run(store, Ticket.assign(ticket, assignee="bob")))
    assert isinstance(stale, Stale)
    assert isinstance(
        refusal(lambda: run(store, Ticket.close(At(ticket.id, 1), resolution="x"))), Stale
    )
    wrong = refusal(lambda: run(store, Ticket.rename(assigned, title="Smoke")))
    assert isinstance(wrong, InvalidTransition)
    assert (
        refusal(lambda: run(store, Ticket.close("nobody", resolution="x"))).code
        == "TICKET_NOT_FOUND"
    )
    repeats = refusal(lambda: run(store, Ticket.close(assigned, resolution="Fire")))
    assert str(repeats) == "REFUSED: The action is refused: the resolution only repeats the title."
    assert refusal(lambda: store.read(tickets.get, "nobody")).code == "TICKET_NOT_FOUND"
    assert refusal(lambda: store.read(tickets.history, "nobody")).code == "TICKET_NOT_FOUND"
    caplog.clear()
    taken = refusal(lambda: run(store, Ticket.open(number="T-1", title="Other")))
    assert (type(taken).__name__, taken.code) == ("TicketNumberTaken", "TICKET_NUMBER_TAKEN")
    assert type(taken).__module__ == Ticket.__module__
    assert (taken.describe(), taken.detail) == (
        "Another ticket has number T-1.",
        {"value": "T-1"},
    )
    assert {record.levelname for record in caplog.records} <= {"DEBUG", "INFO"}
    too_long = refusal(lambda: run(store, Ticket.open(number="N" * 201, title="x")))
    assert too_long.code == "TEXT_TOO_LONG"
    assert refusal(lambda: run(store, Ticket.open(number="T-\0", title="x"))).code

    assert store.read(tickets.get, ticket.id) == assigned
    assert store.read(tickets.list) == (assigned,)


def test_a_repeated_command_gets_the_first_answer(store: AnyTicketStore) -> None:
    def once(title: str) -> Head[Ticket]:
        command = Ticket.open(number="T-1", title=title)
        return run(store, command, idempotency=tickets.once("key-1"))

    first = once("Fire")
    assert once("Fire") == first
    assert refusal(lambda: once("Smoke")).code == "IDEMPOTENCY_KEY_CONFLICT"
    assert store.read(tickets.list) == (first,)


def test_lists_have_filters_and_pages(store: AnyTicketStore) -> None:
    opened = opened_tickets(store, "x", "x", "x", "x")
    assigned = run(store, Ticket.assign(opened[1], assignee="ann"))

    assert store.read(tickets.list, status=Status.ASSIGNED) == (assigned,)
    assert store.read(tickets.list, assignee="ann") == (assigned,)
    assert store.read(tickets.list, assignee=None) == (opened[0], opened[2], opened[3])
    either = (Status.ASSIGNED, Status.OPEN)
    assert store.read(tickets.list, status=either, assignee=("bob", "ann")) == (assigned,)
    assert store.read(tickets.list, status=either, limit=2) == (opened[0], assigned)
    page = store.read(tickets.list, limit=2)
    assert page == (opened[0], assigned)
    assert store.read(tickets.list, after=page[-1].id, limit=2) == (opened[2], opened[3])

    unknown = refusal(lambda: store.read(tickets.list, titel="x"))
    assert "no filter titel: expected status, assignee" in str(unknown)
    for limit in (0, -1, MAX_HEADS + 1):
        refused = refusal(partial(store.read, tickets.list, limit=limit))
        assert isinstance(refused, NumberOutOfRange)
    assert isinstance(refusal(lambda: store.read(tickets.list, assignee=7)), WrongType)


def test_a_filter_with_several_values_refuses_what_it_would_not_find(
    store: AnyTicketStore,
) -> None:
    names = tuple(f"a-{index}" for index in range(MAX_ALTERNATIVES + 1))
    assert store.read(tickets.list, assignee=names[1:]) == ()
    for wrong, error in (
        (names, NumberOutOfRange),
        ((), NumberOutOfRange),
        (("ann", 7), WrongType),
        (("ann", None), UsageError),
    ):
        assert isinstance(refusal(partial(store.read, tickets.list, assignee=wrong)), error)


def test_a_search_ignores_the_case_of_ascii_letters_alone(store: AnyTicketStore) -> None:
    titles = ("Printer on FIRE", "100% _full_", "ÄRGER", "nothing")
    opened_tickets(store, *titles)

    def search(words: str) -> list[str]:
        return sorted(head.entity.title for head in store.read(tickets.search, words))

    assert search("printer on fire") == ["Printer on FIRE"]
    assert search("0% _F") == ["100% _full_"]
    assert search("ÄRG") == ["ÄRGER"]
    assert search("ärg") == []
    assert search("%") == ["100% _full_"]
    assert search("'") == []
    first, second = store.read(tickets.search, "n")
    assert store.read(tickets.search, "n", limit=1) == (first,)
    assert store.read(tickets.search, "n", after=first.id, limit=1) == (second,)
    assert isinstance(refusal(lambda: search("")), NumberOutOfRange)
    assert isinstance(refusal(lambda: search("x" * 201)), NumberOutOfRange)
    assert isinstance(refusal(lambda: search("a\0")), TextUnstorable)


def test_many_commands_are_all_or_none(store: AnyTicketStore) -> None:
    opened = [run(store, Ticket.open(number=f"T-{n}", title="x")) for n in range(6)]

    def run_many(commands: list[Any]) -> tuple[Head[Ticket], ...]:
        heads: tuple[Head[Ticket], ...] = store.run(
            tickets.execute_many, commands, actor=MAYA, reason="monday"
        )
        return heads

    commands: list[Any] = [Ticket.assign(head, assignee="bob") for head in opened[:4]]
    commands.append(Ticket.open(number="N-1", title="new"))
    commands.append(Ticket.rename(opened[5].id, title="named"))
    heads = run_many(commands)
    assert [head.entity.assignee for head in heads] == ["bob"] * 4 + [None, None]
    assert [head.seq for head in heads] == [2, 2, 2, 2, 1, 2]
    assert store.read(tickets.get, heads[4].id) == heads[4]

    before = store.read(tickets.list)
    late = [Ticket.rename(opened[4], title="ok"), Ticket.rename(opened[5], title="stale")]
    assert isinstance(refusal(lambda: run_many(late)), Stale)
    unknown = [Ticket.rename(opened[4], title="ok"), Ticket.close("nobody", resolution="x")]
    assert refusal(lambda: run_many(unknown)).code == "TICKET_NOT_FOUND"
    twice = [Ticket.rename(opened[4], title="a"), Ticket.rename(opened[4], title="b")]
    assert "run one after the other" in str(refusal(lambda: run_many(twice)))
    taken = [Ticket.open(number="Z", title="a"), Ticket.open(number="Z", title="b")]
    assert refusal(lambda: run_many(taken)).code == "TICKET_NUMBER_TAKEN"
    assert store.read(tickets.list) == before
    assert run_many([]) == ()

    too_many = [Ticket.close("x", resolution="x")] * (MAX_COMMANDS + 1)
    assert isinstance(refusal(lambda: run_many(too_many)), NumberOutOfRange)


def test_the_past_needs_a_time_zone_and_a_birth(store: AnyTicketStore) -> None:
    ticket = run(store, Ticket.open(number="T-1", title="Fire"))
    naive = datetime(2026, 1, 1)  # noqa: DTZ001 - what is refused
    assert isinstance(
        refusal(lambda: store.read(tickets.as_of, ticket.id, naive)), InstantOutOfRange
    )
    unborn = refusal(lambda: store.read(tickets.as_of, ticket.id, LONG_AGO))
    assert unborn.code == "TICKET_NOT_FOUND"


HOSTILE: dict[str, tuple[Callable[[AnyTicketStore], object], str]] = {
    "an id with NUL": (lambda store: store.read(tickets.get, "\0"), "TICKET_NOT_FOUND"),
    "half a character": (lambda store: store.read(tickets.get, "\ud800"), "TICKET_NOT_FOUND"),
    "a huge id": (lambda store: store.read(tickets.get, "x" * 10**6), "TICKET_NOT_FOUND"),
    "a history with NUL": (lambda store: store.read(tickets.history, "\0"), "TICKET_NOT_FOUND"),
    "a page after NUL": (lambda store: store.read(tickets.list, after="\0"), "TEXT_UNSTORABLE"),
    "a limit that is a flag": (lambda store: store.read(tickets.list, limit=True), "WRONG_TYPE"),
    "a search for a number": (lambda store: any_read(store, tickets.search, 7), "WRONG_TYPE"),
    "a day that is a text": (
        lambda store: any_read(store, tickets.as_of, "x", "2026"),
        "WRONG_TYPE",
    ),
    "a command on NUL": (
        lambda store: run(store, Ticket.assign("\0", assignee="a")),
        "TICKET_NOT_FOUND",
    ),
    "a huge seq": (
        lambda store: run(store, Ticket.assign(At("x", 2**70), assignee="a")),
        "TICKET_NOT_FOUND",
    ),
    "no command": (lambda store: run(store, cast("Any", "x")), "WRONG_USE"),
    "an empty key": (lambda _: tickets.once(""), "TEXT_BLANK"),
}


def any_read(store: AnyTicketStore, query: Any, *arguments: object) -> object:  # noqa: ANN401 - also wrong arguments
    answer: object = store.read(query, *arguments)
    return answer


def test_what_no_caller_should_send_has_a_code_in_every_store(store: AnyTicketStore) -> None:
    for name, (act, code) in HOSTILE.items():
        assert refusal(partial(act, store)).code == code, name


def test_a_store_without_the_context_says_so() -> None:
    store = MemoryStore(policy=POLICY)
    command = Ticket.open(number="T-1", title="x")
    refused = refusal(lambda: run(store, command))
    assert isinstance(refused, UsageError)
    assert "knows no context tickets" in str(refused)


def test_an_event_loop_runs_the_same_context(host: HostDatabase) -> None:
    async def act() -> None:
        store = open_async_store(host.url, contexts=(tickets,), policy=POLICY)
        await store.upgrade(host.owner_url)
        opened = Ticket.open(number="T-1", title="Fire")
        ticket = await store.run(tickets.execute, opened, actor=MAYA, reason="a call")
        assign = Ticket.assign(ticket, assignee="ann")
        ticket = await store.run(tickets.execute, assign, actor=MAYA, reason="on duty")
        assert await store.read(tickets.list, assignee="ann") == (ticket,)
        async with store.transaction(actor=MAYA, reason="end") as tx:
            done = Ticket.close(ticket, resolution="Done.")
            ticket = await tx.run(tickets.execute, done)
        assert (await store.read(tickets.get, ticket.id)).seq == 3
        await store.dispose()

    asyncio.run(act())


def test_the_hosts_rollback_takes_the_ticket_along(sql_store: SqlStore, host: HostDatabase) -> None:
    engine = create_engine(host.url)
    enable_foreign_keys(engine)
    with engine.connect() as connection:
        with sql_store.transaction(actor=MAYA, reason="x", connection=connection) as tx:
            ticket = tickets.execute(tx, Ticket.open(number="T-1", title="Fire"))
        connection.rollback()
    engine.dispose()
    assert refusal(lambda: sql_store.read(tickets.get, ticket.id)).code == "TICKET_NOT_FOUND"


@pytest.mark.slow
def test_missing_guards_are_named_and_a_rebuild_makes_each_ticket_what_history_says(
    sql_store: SqlStore, host: HostDatabase
) -> None:
    ticket = run(sql_store, Ticket.open(number="T-1", title="Fire"))
    assign = Ticket.assign(ticket, assignee="ann")
    ticket = run(sql_store, assign)
    engine = create_engine(host.owner_url)
    is_sqlite = engine.dialect.name == "sqlite"
    guards = ["tickets_keeps_fields", "tickets_one_step"]
    if is_sqlite:
        guards.append("tickets_resolution_of_status_on_update")  # on PostgreSQL a CHECK
    with engine.begin() as connection:
        for guard in guards:
            where = "" if is_sqlite else " ON public.tickets"
            connection.execute(text(f"DROP TRIGGER {guard}{where}"))
        connection.execute(text("UPDATE tickets SET title = 'forged'"))
    engine.dispose()

    findings = verify(sql_store)
    details = [finding.detail for finding in findings if finding.fault is Fault.SCHEMA]
    assert sorted(details) == sorted(f"guard {name} is missing or disabled" for name in guards)
    assert Fault.HEAD in {finding.fault for finding in findings}
    sql_store.upgrade(host.owner_url)
    rebuild(sql_store, host.owner_url)
    assert sql_store.read(tickets.get, ticket.id) == ticket
    assert verify(sql_store) == ()
