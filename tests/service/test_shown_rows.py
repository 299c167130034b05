"""`indelible show` prints the rows that the actions on a record have appended."""

from collections.abc import Generator, Mapping
from typing import Any

import pytest
from tests.conftest import POLICY
from tests.examples.conftest import HostDatabase, host
from tests.examples.shipments import Condition, Shipment, shipments
from tests.examples.tickets import Ticket, tickets
from tests.service.commands import error_code, json_result, run

from indelible.kernel import Actor, Head
from indelible_service.cli.records import MAX_ROWS
from indelible_sql import SqlStore, open_store

__all__ = ["host"]  # the fixture


MAYA = Actor.user("maya")
PLACES = ("Rome", "Bern", "Oslo", "Riga", "Kiel")


@pytest.fixture
def store(host: HostDatabase) -> Generator[SqlStore]:
    opened = open_store(host.url, contexts=(shipments, tickets), policy=POLICY)
    opened.upgrade(host.owner_url)
    yield opened
    opened.dispose()


@pytest.fixture
def settings(host: HostDatabase) -> dict[str, str]:
    return {
        "DATABASE_URL": host.url,
        "INDELIBLE_CONTEXTS": "tests.examples.shipments,tests.examples.tickets",
        "INDELIBLE_SECRET": "a secret for tests, 32 bytes long",
    }


@pytest.fixture
def shipment(store: SqlStore) -> Head[Shipment]:
    """Return a shipment of two parcels that was scanned five times."""

    def act(command: Any) -> Head[Shipment]:  # noqa: ANN401 - a command of shipments
        return store.run(shipments.execute, command, actor=MAYA, reason="a test")

    head = act(Shipment.send(number="S-1", labels=("red", "blue")))
    for place in PLACES:
        head = act(Shipment.scan(head, place=place, condition=Condition.GOOD))
    return head


def shown(settings: dict[str, str], *words: str) -> Mapping[str, Any]:
    """Return the rows of each record that the command prints."""
    document = json_result("show", "shipments", "S-1", *words, settings=settings)
    rows: Mapping[str, Any] = document["appended_rows"]
    return rows


def places(page: Mapping[str, Any]) -> list[str]:
    return [row["place"] for row in page["rows"]]


@pytest.mark.slow
@pytest.mark.usefixtures("shipment")
def test_the_rows_of_each_record_are_shown(settings: dict[str, str]) -> None:
    rows = shown(settings)
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


@pytest.mark.slow
@pytest.mark.usefixtures("shipment")
def test_the_rows_that_are_left_out_are_counted_and_read_next(settings: dict[str, str]) -> None:
    text = run("show", "shipments", "S-1", "--rows", "2", settings=settings).stdout
    assert "parcel rows: 2\n" in text
    assert "scan rows: 2, and 3 more: --record scan --after 3.1\n" in text
    assert "Oslo" not in text

    words = ("--rows", "2", "--record", "scan")
    first = shown(settings, *words)
    assert list(first) == ["scan"]
    second = shown(settings, *words, "--after", first["scan"]["after"])["scan"]
    assert (places(second), second["left_out"], second["after"]) == (["Oslo", "Riga"], 1, "5.1")
    last = shown(settings, *words, "--after", second["after"])["scan"]
    assert (places(last), last["left_out"], last["after"]) == (["Kiel"], 0, None)

    parcels = shown(settings, "--rows", "1", "--record", "parcel")["parcel"]
    assert (parcels["left_out"], parcels["after"]) == (1, "1.1")
    rest = shown(settings, "--record", "parcel", "--after", "1.1")["parcel"]
    assert [row["label"] for row in rest["rows"]] == ["blue"]


@pytest.mark.slow
def test_an_earlier_time_has_its_rows_alone(
    store: SqlStore, shipment: Head[Shipment], settings: dict[str, str]
) -> None:
    third = store.read(shipments.history, shipment.id)[2]
    words = ("--at", third.at.isoformat(timespec="microseconds"), "--rows", "1")
    scans = shown(settings, *words)["scan"]
    assert (places(scans), scans["left_out"], scans["after"]) == (["Rome"], 1, "2.1")


@pytest.mark.slow
def test_a_record_without_rows_is_named_and_one_of_another_context_is_not(
    store: SqlStore, settings: dict[str, str]
) -> None:
    empty = Shipment.send(number="S-1", labels=())
    store.run(shipments.execute, empty, actor=MAYA, reason="a test")
    assert shown(settings)["scan"] == {"rows": [], "left_out": 0, "after": None}
    assert "scan rows: 0\n" in run("show", "shipments", "S-1", settings=settings).stdout

    opened = Ticket.open(number="T-1", title="Fire")
    store.run(tickets.execute, opened, actor=MAYA, reason="a test")
    assert "appended_rows" not in json_result("show", "tickets", "T-1", settings=settings)


@pytest.mark.slow
@pytest.mark.usefixtures("shipment")
@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("shipments", "S-1", "--record", "customs"), "RECORD_UNKNOWN"),
        (("shipments", "S-1", "--record", ""), "RECORD_UNKNOWN"),
        (("keys", "S-1", "--record", "scan"), "KEY_NOT_FOUND"),
        (("shipments", "S-9", "--record", "scan"), "SHIPMENT_NOT_FOUND"),
    ],
)
def test_what_cannot_be_shown_has_a_code(
    words: tuple[str, ...], code: str, settings: dict[str, str]
) -> None:
    assert error_code("show", *words, settings=settings) == code


@pytest.mark.slow
@pytest.mark.usefixtures("shipment")
def test_the_known_records_are_named(settings: dict[str, str]) -> None:
    refused = run("show", "shipments", "S-1", "--record", "customs", settings=settings)
    assert "parcel, scan" in refused.stderr


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--after", "1.1"), "--after needs --record"),
        *(
            (("--record", "scan", "--after", wrong), "expected the position of a row, such as 12.1")
            for wrong in (
                "1",
                "",
                "a.b",
                "1.1.1",
                "-1.1",
                "²·1",
                "²³.1",
                f"{2**63}.1",
                "9" * 30 + ".1",
            )
        ),
        (("--rows", "0"), "--rows"),
        (("--rows", str(MAX_ROWS + 1)), "--rows"),
    ],
)
def test_wrong_usage_exits_with_2(words: tuple[str, ...], message: str) -> None:
    refused = run("show", "shipments", "S-1", *words)
    assert refused.exit_code == 2
    assert message in refused.stderr
