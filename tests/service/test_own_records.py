"""`indelible list`, `show` and `history` of a host's contexts, and of built-in tables."""

from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
from tests.examples.orders import Order, orders
from tests.examples.tickets import Status, Ticket, tickets
from tests.service.commands import error_code, json_result, run

from indelible.kernel import Actor, Head
from indelible.testing.stores import CountedIds, TickingClock
from indelible_sql import SqlStore, open_store

MAYA = Actor.user("maya")


@pytest.fixture
def settings(tmp_path: Path) -> dict[str, str]:
    return {
        "DATABASE_URL": f"sqlite:///{tmp_path}/own.db",
        "INDELIBLE_CONTEXTS": "tests.examples.tickets,tests.examples.orders,money,contests",
        "INDELIBLE_SECRET": "a secret for tests, 32 bytes long",
    }


@pytest.fixture
def store(settings: dict[str, str]) -> Generator[SqlStore]:
    url = settings["DATABASE_URL"]
    opened = open_store(url, contexts=(tickets, orders), clock=TickingClock(), ids=CountedIds())
    opened.upgrade()
    yield opened
    opened.dispose()


@pytest.fixture
def fire(store: SqlStore) -> Head[Ticket]:
    """Return the first of three tickets, which is assigned."""

    def act(command: Any) -> Head[Ticket]:  # noqa: ANN401 - a command of tickets
        return store.run(tickets.execute, command, actor=MAYA, reason="a call")

    head = act(Ticket.open(number="T-1", title="Fire"))
    act(Ticket.open(number="T-2", title="Smoke"))
    act(Ticket.open(number="T-3", title="Noise"))
    return act(Ticket.assign(head, assignee="ann"))


def numbers(settings: dict[str, str], *words: str) -> list[str]:
    return [one["number"] for one in json_result("list", "tickets", *words, settings=settings)]


@pytest.mark.slow
def test_a_list_has_labels_and_filters(fire: Head[Ticket], settings: dict[str, str]) -> None:
    assert numbers(settings) == ["T-1", "T-2", "T-3"]
    assert numbers(settings, "--where", "status=OPEN") == ["T-2", "T-3"]
    assert numbers(settings, "--where", "status=OPEN", "--where", "number=T-3") == ["T-3"]
    assert numbers(settings, "--where", "assignee=ann") == ["T-1"]
    assert numbers(settings, "--where", "assignee=") == ["T-2", "T-3"]
    assert numbers(settings, "--where", "assignee=bob") == []
    (first, *_) = json_result("list", "ticket", settings=settings)
    assert (first["label"], first["id"], first["status"]) == ("T-1", fire.id, "ASSIGNED")

    text = run("list", "tickets", settings=settings).stdout
    assert text.startswith("tickets: 3\n")
    assert all(word in text for word in ("label", "T-1", "T-2", fire.id, "ASSIGNED"))


@pytest.mark.slow
def test_a_list_says_where_it_goes_on(fire: Head[Ticket], settings: dict[str, str]) -> None:
    assert numbers(settings, "--limit", "1") == ["T-1"]
    assert numbers(settings, "--limit", "1", "--after", fire.id) == ["T-2"]

    text = run("list", "tickets", "--limit", "1", settings=settings).stdout
    assert text.startswith(f"tickets: 1, and more: --after {fire.id}\n")
    assert "more" not in run("list", "tickets", "--limit", "3", settings=settings).stdout


@pytest.mark.slow
def test_a_record_is_shown_by_its_id_or_its_unique_field(
    fire: Head[Ticket], settings: dict[str, str]
) -> None:
    shown = json_result("show", "tickets", "T-1", settings=settings)
    assert json_result("show", "tickets", fire.id, settings=settings) == shown
    assert (shown["label"], shown["title"], shown["seq"]) == ("T-1", "Fire", 2)
    assert shown["allowed_actions"] == ["close"]
    assert shown["assignee"] == "ann"

    born = fire.entity.created_at.isoformat()
    past = json_result(
        "show", "tickets", "T-1", "--at", born[:19] + ".000000+00:00", settings=settings
    )
    assert (past["status"], past["assignee"], past["seq"]) == ("OPEN", None, 1)
    assert past["allowed_actions"] == ["rename", "assign"]

    text = run("show", "tickets", "T-1", settings=settings).stdout
    assert text.startswith("T-1\n")
    assert all(word in text for word in ("title", "Fire", "allowed actions", "close"))


@pytest.mark.slow
def test_a_choice_is_an_allowed_action(store: SqlStore, settings: dict[str, str]) -> None:
    draft = Order.draft(number="O-1", pieces=1, piece_cents=5)
    store.run(orders.execute, draft, actor=MAYA, reason="a test")

    shown = json_result("show", "orders", "O-1", settings=settings)
    assert shown["allowed_actions"] == ["resize", "place"]
    assert json_result("list", "orders", "--where", "buyer=user:maya", settings=settings)


@pytest.mark.slow
def test_a_history_of_a_context_is_named_by_the_label(
    fire: Head[Ticket], settings: dict[str, str]
) -> None:
    changes = json_result("history", "tickets", "T-1", settings=settings)
    assert [change["action"] for change in changes] == ["open", "assign"]
    assert json_result("history", "ticket", fire.id, settings=settings) == changes
    assert json_result("history", fire.id, settings=settings) == changes

    text = run("history", "tickets", "T-1", settings=settings).stdout
    assert text.startswith(f"History of T-1, {fire.id}\n")


@pytest.mark.slow
@pytest.mark.usefixtures("store")
def test_a_built_in_table_is_listed_and_shown(settings: dict[str, str]) -> None:
    words = ("key", "create", "--owner", "user:maya", "--scope", "admin")
    secret = json_result(*words, settings=settings)["text"]
    (key,) = json_result("list", "keys", settings=settings)

    assert key["status"] == "ACTIVE"
    shown = run("show", "keys", key["id"], settings=settings).stdout
    assert secret not in shown
    assert json_result("list", "charges", "--where", "status=PENDING", settings=settings) == []


@pytest.mark.slow
@pytest.mark.usefixtures("fire")
@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("list", "parcels"), "CONTEXT_UNKNOWN"),
        (("show", "parcels", "x"), "CONTEXT_UNKNOWN"),
        (("history", "parcels", "x"), "CONTEXT_UNKNOWN"),
        (("list", "tickets", "--where", "status"), "FILTER_UNREADABLE"),
        (("list", "tickets", "--where", "status=BURNT"), "FILTER_UNREADABLE"),
        (("list", "tickets", "--where", "status="), "FILTER_UNREADABLE"),
        (("list", "tickets", "--where", "title=Fire"), "FILTER_UNKNOWN"),
        (("list", "tickets", "--where", f"number={'x' * 201}"), "TEXT_TOO_LONG"),
        (("list", "charges", "--where", "created_at=yesterday"), "FILTER_UNREADABLE"),
        (("show", "tickets", "T-9"), "TICKET_NOT_FOUND"),
        (("show", "tickets", "T-1", "--at", "2001-01-01"), "TICKET_NOT_FOUND"),
        (("history", "tickets", "T-9"), "TICKET_NOT_FOUND"),
    ],
)
def test_each_refusal_has_a_code(
    words: tuple[str, ...], code: str, settings: dict[str, str]
) -> None:
    assert error_code(*words, settings=settings) == code


@pytest.mark.slow
def test_an_unknown_name_is_answered_with_the_known_ones(
    store: SqlStore, settings: dict[str, str]
) -> None:
    assert store.read(tickets.list, status=Status.OPEN) == ()
    refused = run("list", "parcels", settings=settings)
    assert "tickets" in refused.stderr
    assert "INDELIBLE_CONTEXTS" in refused.stderr


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("list", "tickets", "--name-prefix", "T"), "--name-prefix is for concepts: use --where"),
        (("list", "--where", "status=DRAFT"), "--where and --after are not for concepts"),
        (("list", "tickets", "--limit", "0"), "--limit"),
        (("history", "tickets", "T-1", "x"), "expected NAME and ID at most, got 3 words"),
        (("show", "tickets"), "Missing argument 'ID'"),
    ],
)
def test_wrong_usage_exits_with_2(words: tuple[str, ...], message: str) -> None:
    refused = run(*words)
    assert refused.exit_code == 2
    assert message in refused.stderr
