"""`indelible list`, `show` and `history`: of a host's contexts and of built-in tables."""

from collections.abc import Generator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine
from tests.contest_runs import ContestRun, FileProvider, TestClock
from tests.examples.consents import Consent, consents, grants
from tests.examples.loans import LOAN, lend, migrate
from tests.examples.orders import Order, orders
from tests.examples.shipments import Condition, Shipment, shipments
from tests.examples.tickets import Ticket, tickets
from tests.service.commands import error_code, json_result, run

from indelible.concepts import CreateConcept, create_concept
from indelible.contests.lifecycle import ContestStatus
from indelible.kernel import Head
from indelible.testing.stores import MAYA, RATIO, CountedIds, TickingClock
from indelible_service.cli.records import MAX_ROWS
from indelible_sql import SqlStore, open_store

OWN = (tickets, orders, consents, grants, shipments)
MODULES = ("tickets", "orders", "consents", "shipments")
PLACES = ("Rome", "Bern", "Oslo", "Riga", "Kiel")


@pytest.fixture
def settings(tmp_path: Path) -> dict[str, str]:
    modules = [f"tests.examples.{name}" for name in MODULES]
    return {
        "DATABASE_URL": f"sqlite:///{tmp_path}/own.db",
        "INDELIBLE_CONTEXTS": ",".join((*modules, "money", "contests")),
        "INDELIBLE_SECRET": "a secret for tests, 32 bytes long",
    }


@pytest.fixture
def store(settings: dict[str, str]) -> Generator[SqlStore]:
    url = settings["DATABASE_URL"]
    opened = open_store(url, contexts=OWN, clock=TickingClock(), ids=CountedIds())
    opened.upgrade()
    yield opened
    opened.dispose()


def act(store: SqlStore, context: Any, command: Any) -> Head[Any]:  # noqa: ANN401 - of any context
    head: Head[Any] = store.run(context.execute, command, actor=MAYA, reason="a call")
    return head


@pytest.fixture
def fire(store: SqlStore) -> Head[Ticket]:
    """Return the first of three tickets, which is assigned."""
    head = act(store, tickets, Ticket.open(number="T-1", title="Fire"))
    act(store, tickets, Ticket.open(number="T-2", title="Smoke"))
    act(store, tickets, Ticket.open(number="T-3", title="Noise"))
    return act(store, tickets, Ticket.assign(head, assignee="ann"))


@pytest.fixture
def consent(store: SqlStore) -> Head[Consent]:
    """Return a consent in its second version."""
    head = act(store, consents, Consent.draft(number="C-1", scope="Blood", text="Some"))
    return act(store, consents, Consent.revise(head, text="Much"))


@pytest.fixture
def shipment(store: SqlStore) -> Head[Shipment]:
    """Return a shipment of two parcels that was scanned five times."""
    head = act(store, shipments, Shipment.send(number="S-1", labels=("red", "blue")))
    for place in PLACES:
        scan = Shipment.scan(head, place=place, condition=Condition.GOOD)
        head = act(store, shipments, scan)
    return head


def numbers(settings: dict[str, str], *words: str) -> list[str]:
    return [one["number"] for one in json_result("list", "tickets", *words, settings=settings)]


@pytest.mark.slow
def test_a_list_has_labels_filters_and_pages(fire: Head[Ticket], settings: dict[str, str]) -> None:
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

    assert numbers(settings, "--limit", "1") == ["T-1"]
    assert numbers(settings, "--limit", "1", "--after", fire.id) == ["T-2"]
    text = run("list", "tickets", "--limit", "1", settings=settings).stdout
    assert text.startswith(f"tickets: 1, and more: --after {fire.id}\n")
    assert "more" not in run("list", "tickets", "--limit", "3", settings=settings).stdout


@pytest.mark.slow
def test_a_record_is_shown_by_its_id_or_its_unique_field(
    store: SqlStore, fire: Head[Ticket], settings: dict[str, str]
) -> None:
    words = ("show", "tickets", "T-1")
    shown = json_result(*words, settings=settings)
    assert json_result("show", "tickets", fire.id, settings=settings) == shown
    assert (shown["label"], shown["title"], shown["seq"]) == ("T-1", "Fire", 2)
    assert (shown["allowed_actions"], shown["assignee"]) == (["close"], "ann")
    assert "appended_rows" not in shown
    born = fire.entity.created_at.isoformat()[:19] + ".000000+00:00"
    past = json_result(*words, "--at", born, settings=settings)
    assert (past["status"], past["assignee"], past["seq"]) == ("OPEN", None, 1)
    assert past["allowed_actions"] == ["rename", "assign"]
    text = run(*words, settings=settings).stdout
    assert text.startswith("T-1\n")
    assert all(word in text for word in ("title", "Fire", "allowed actions", "close"))

    act(store, orders, Order.draft(number="O-1", pieces=1, piece_cents=5))
    shown = json_result("show", "orders", "O-1", settings=settings)
    assert shown["allowed_actions"] == ["resize", "place"]  # a choice is one of them
    assert json_result("list", "orders", "--where", "buyer=user:maya", settings=settings)


@pytest.mark.slow
@pytest.mark.usefixtures("store")
def test_a_built_in_table_is_listed_and_shown(settings: dict[str, str]) -> None:
    words = ("key", "create", "--owner", "user:maya", "--scope", "admin")
    secret = json_result(*words, settings=settings)["text"]
    (key,) = json_result("list", "keys", settings=settings)

    assert key["status"] == "ACTIVE"
    assert secret not in run("show", "keys", key["id"], settings=settings).stdout
    assert json_result("list", "charges", "--where", "status=PENDING", settings=settings) == []


@pytest.mark.slow
def test_a_version_is_shown(consent: Head[Consent], settings: dict[str, str]) -> None:
    first = ("show", "consents", "C-1", "--version", "1")
    shown = json_result(*first, settings=settings)
    assert (shown["text"], shown["seq"], shown["consent_version"]) == ("Some", 1, 1)
    shown = json_result("show", "consents", consent.id, "--version", "2", settings=settings)
    assert (shown["text"], shown["label"]) == ("Much", "C-1")
    assert "Some" in run(*first, settings=settings).stdout


def rows_of(settings: dict[str, str], *words: str) -> Mapping[str, Any]:
    """Return the rows of each record that the command prints."""
    document = json_result("show", "shipments", "S-1", *words, settings=settings)
    rows: Mapping[str, Any] = document["appended_rows"]
    return rows


def places(page: Mapping[str, Any]) -> list[str]:
    return [row["place"] for row in page["rows"]]


@pytest.mark.slow
def test_the_rows_of_each_record_are_shown(
    store: SqlStore, shipment: Head[Shipment], settings: dict[str, str]
) -> None:
    rows = rows_of(settings)
    assert [(row["seq"], row["number"], row["label"]) for row in rows["parcel"]["rows"]] == [
        (1, 1, "red"),
        (1, 2, "blue"),
    ]
    assert places(rows["scan"]) == list(PLACES)
    assert (rows["scan"]["left_out"], rows["scan"]["after"]) == (0, None)
    first = rows["scan"]["rows"][0]
    assert (first["condition"], first["note"], first["scanned_by"]) == ("good", None, "user:maya")
    assert list(first) == [
        *("seq", "number", "place", "condition", "note", "scanned_at", "scanned_by")
    ]
    text = run("show", "shipments", "S-1", settings=settings).stdout
    assert "parcel rows: 2\n" in text
    assert "scan rows: 5\n" in text
    assert "more" not in text
    assert all(word in text for word in ("red", "blue", "scanned_by", *PLACES))

    third = store.read(shipments.history, shipment.id)[2]
    words = ("--at", third.at.isoformat(timespec="microseconds"), "--rows", "1")
    scans = rows_of(settings, *words)["scan"]
    assert (places(scans), scans["left_out"], scans["after"]) == (["Rome"], 1, "2.1")


@pytest.mark.slow
@pytest.mark.usefixtures("shipment")
def test_the_rows_that_are_left_out_are_counted_and_read_next(settings: dict[str, str]) -> None:
    text = run("show", "shipments", "S-1", "--rows", "2", settings=settings).stdout
    assert "parcel rows: 2\n" in text
    assert "scan rows: 2, and 3 more: --record scan --after 3.1\n" in text
    assert "Oslo" not in text

    words = ("--rows", "2", "--record", "scan")
    first = rows_of(settings, *words)
    assert list(first) == ["scan"]
    second = rows_of(settings, *words, "--after", first["scan"]["after"])["scan"]
    assert (places(second), second["left_out"], second["after"]) == (["Oslo", "Riga"], 1, "5.1")
    last = rows_of(settings, *words, "--after", second["after"])["scan"]
    assert (places(last), last["left_out"], last["after"]) == (["Kiel"], 0, None)

    parcels = rows_of(settings, "--rows", "1", "--record", "parcel")["parcel"]
    assert (parcels["left_out"], parcels["after"]) == (1, "1.1")
    rest = rows_of(settings, "--record", "parcel", "--after", "1.1")["parcel"]
    assert [row["label"] for row in rest["rows"]] == ["blue"]


@pytest.mark.slow
def test_a_record_without_rows_is_named(store: SqlStore, settings: dict[str, str]) -> None:
    act(store, shipments, Shipment.send(number="S-1", labels=()))
    assert rows_of(settings)["scan"] == {"rows": [], "left_out": 0, "after": None}
    assert "scan rows: 0\n" in run("show", "shipments", "S-1", settings=settings).stdout


@pytest.mark.slow
@pytest.mark.usefixtures("fire", "consent", "shipment")
def test_each_refusal_has_a_code(settings: dict[str, str]) -> None:
    for words, code in (
        (("list", "parcels"), "CONTEXT_UNKNOWN"),
        (("show", "parcels", "x"), "CONTEXT_UNKNOWN"),
        (("history", "parcels", "x"), "CONTEXT_UNKNOWN"),
        (("history", "nothing"), "HISTORY_NOT_FOUND"),
        (("list", "tickets", "--where", "status"), "FILTER_UNREADABLE"),
        (("list", "tickets", "--where", "status=BURNT"), "FILTER_UNREADABLE"),
        (("list", "tickets", "--where", "status="), "FILTER_UNREADABLE"),
        (("list", "tickets", "--where", "title=Fire"), "FILTER_UNKNOWN"),
        (("list", "tickets", "--where", f"number={'x' * 201}"), "TEXT_TOO_LONG"),
        (("list", "charges", "--where", "created_at=yesterday"), "FILTER_UNREADABLE"),
        (("show", "tickets", "T-9"), "TICKET_NOT_FOUND"),
        (("show", "tickets", "T-1", "--at", "2001-01-01"), "TICKET_NOT_FOUND"),
        (("history", "tickets", "T-9"), "TICKET_NOT_FOUND"),
        (("show", "consents", "C-1", "--version", "3"), "CONSENT_VERSION_NOT_FOUND"),
        (("show", "consents", "C-1", "--version", "0"), "CONSENT_VERSION_NOT_FOUND"),
        (("show", "consents", "C-9", "--version", "1"), "CONSENT_NOT_FOUND"),
        (("show", "grants", "C-1", "--version", "1"), "VERSIONS_NOT_NUMBERED"),
        (("show", "keys", "C-1", "--version", "1"), "VERSIONS_NOT_NUMBERED"),
        (("show", "shipments", "S-1", "--record", "customs"), "RECORD_UNKNOWN"),
        (("show", "shipments", "S-1", "--record", ""), "RECORD_UNKNOWN"),
        (("show", "keys", "S-1", "--record", "scan"), "KEY_NOT_FOUND"),
        (("show", "shipments", "S-9", "--record", "scan"), "SHIPMENT_NOT_FOUND"),
    ):
        assert error_code(*words, settings=settings) == code, words

    unknown = run("list", "parcels", settings=settings).stderr
    assert "tickets" in unknown
    assert "INDELIBLE_CONTEXTS" in unknown
    words = ("show", "shipments", "S-1", "--record", "customs")
    assert "parcel, scan" in run(*words, settings=settings).stderr


SCANS = ("show", "shipments", "S-1", "--record", "scan", "--after")
NO_POSITION = "expected the position of a row, such as 12.1"
NO_POSITIONS = ("1", "", "a.b", "1.1.1", "-1.1", "²·1", "²³.1", f"{2**63}.1", "9" * 30 + ".1")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("list", "tickets", "--name-prefix", "T"), "--name-prefix is for concepts: use --where"),
        (("list", "--where", "status=DRAFT"), "--where and --after are not for concepts"),
        (("list", "tickets", "--limit", "0"), "--limit"),
        (("history", "tickets", "T-1", "x"), "expected NAME and ID at most, got 3 words"),
        (("show", "tickets"), "Missing argument 'ID'"),
        (
            ("show", "consents", "C-1", "--version", "1", "--at", "2026-11-28"),
            "--at and --version exclude each other",
        ),
        (("show", "shipments", "S-1", "--after", "1.1"), "--after needs --record"),
        (("show", "shipments", "S-1", "--rows", "0"), "--rows"),
        (("show", "shipments", "S-1", "--rows", str(MAX_ROWS + 1)), "--rows"),
        *(((*SCANS, wrong), NO_POSITION) for wrong in NO_POSITIONS),
    ],
)
def test_wrong_usage_exits_with_2(words: tuple[str, ...], message: str) -> None:
    refused = run(*words)
    assert refused.exit_code == 2
    assert message in refused.stderr


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
def test_the_history_of_a_contest_of_a_host_and_of_versions(tmp_path: Path) -> None:
    settings = {"DATABASE_URL": f"sqlite:///{tmp_path / 'test.db'}"}
    clock = TestClock()
    store = open_store(settings["DATABASE_URL"], lifecycles=(LOAN,), clock=clock)
    store.upgrade()
    engine = create_engine(settings["DATABASE_URL"])
    with engine.begin() as connection:
        migrate(connection)
    engine.dispose()

    provider = FileProvider(tmp_path / "leaderboard.json")
    contest = ContestRun(store=store, provider=provider, clock=clock).bring_to(ContestStatus.LOCKED)
    changes = json_result("history", contest.id, settings=settings)
    text = run("history", contest.id, settings=settings).stdout
    actions = [change["action"] for change in changes if change["lifecycle"] == "contest"]
    assert actions == ["publish", "lock"]
    assert {change["lifecycle"] for change in changes} == {"contest", "contest_log"}
    assert all(word in text for word in ("contest_log", "publish", "lock", changes[0]["hash"][:12]))

    loan = store.run(lend, ("Ulysses", date(2026, 5, 1)), actor=MAYA, reason="a loan")
    concept = store.run(create_concept, CreateConcept(content=RATIO), actor=MAYA, reason="a start")
    (change,) = json_result("history", loan.id, settings=settings)
    assert (change["lifecycle"], change["action"], change["reason"]) == ("loan", "lend", "a loan")
    assert change["version"] == 0
    # Only a history with versions has a column of them.
    for entity_id, is_versioned in ((loan.id, False), (concept.concept.id, True)):
        head = run("history", entity_id, settings=settings).stdout.splitlines()[2]
        assert ("version" in head) is is_versioned
    store.dispose()
