"""Test the operator's routes of subjects, subscribers and delays of the feed."""

from datetime import UTC, datetime
from typing import Any

import pytest
from attrs import evolve
from tests.sql.conftest import opened
from tests.web.console.visitor import Site
from tests.web.harness import Json, Web, problem, saved
from tests.web.minting import claimed

from indelible.app import ReadTx
from indelible.kernel import Actor
from indelible.kernel.feed_delays import LONGEST_WRITE
from indelible.kernel.silence import Subject, SubjectKind
from indelible.kernel.stages import PauseStage, pause_stage
from indelible.kernel.subscriber_checks import leaves_out_changes
from indelible.kernel.subscribers import FOLLOW_FEED, Restart, get_subscriber, lock_cursor
from indelible.testing.stores import MAYA
from indelible_service.embedded import PostgresServer
from indelible_sql import SqlStore

pytestmark = pytest.mark.slow

REASON = {"reason": "the schedule was removed"}
SCAN = {"kind": "standing", "name": "detect/chain"}
HOUR_SECONDS = 3_600 - 60  # the clocks of the store and of the application differ
YEAR_HOURS = 366 * 24
RESTART = "/admin/subscribers/mail/restart"


def subjects(web: Web, query: str = "") -> dict[str, Json]:
    """Return the listed subjects by name."""
    items = saved(web.get(f"/admin/subjects{query}"), 200)["items"]
    return {item["name"]: item for item in items}


def declare(web: Web, *declared: Subject) -> None:
    with web.store.transaction(actor=MAYA, reason="a test") as tx:
        tx.subjects.declare(declared)


def follow(web: Web) -> None:
    """Let a subscriber follow the feed until now."""
    lease = claimed(web.store, FOLLOW_FEED, "mail")
    with web.store.transaction(actor=MAYA, reason="a test") as tx:
        lock_cursor(tx, lease)


def delays(site: Site, key: str) -> list[Json]:
    """Return the listed delays of the feed."""
    headers = {"Authorization": f"Bearer {key}"}
    answer = site.app.test_client().get("/admin/feed-delays", headers=headers)
    items: list[Json] = saved(answer, 200)["items"]
    return items


def test_subjects_are_listed_with_what_is_silent_and_forgotten(any_web: Web) -> None:
    refused = any_web.post("/admin/subjects/forget", json={**SCAN, **REASON}, once="forget-1")

    assert problem(refused) == (404, "SUBJECT_NOT_FOUND")
    (rejection,) = any_web.store.read(lambda tx: tx.rejections.page(limit=2))
    assert (rejection.command, rejection.code) == ("forget_subject", "SUBJECT_NOT_FOUND")
    assert rejection.reason == REASON["reason"]

    scan = Subject(kind=SubjectKind.STANDING, stage="detect", entity_id="chain")
    declare(any_web, scan, Subject.of_backup())
    assert subjects(any_web, "?is_silent=true") == {}

    any_web.clock.jump(hours=YEAR_HOURS)
    silent = subjects(any_web, "?is_silent=true")
    assert {name: item["problem"] for name, item in silent.items()} == {"detect/chain": "is silent"}
    assert set(subjects(any_web)) == {"detect/chain", "backup"}
    assert set(subjects(any_web, "?kind=backup")) == {"backup"}
    assert set(subjects(any_web, "?is_silent=false")) == {"backup"}

    forgotten = saved(
        any_web.post("/admin/subjects/forget", json={**SCAN, **REASON}, once="forget-1"), 200
    )
    assert forgotten["longest_silence_seconds"] is None
    assert forgotten["problem"] is None
    assert subjects(any_web, "?is_silent=true") == {}


def test_to_leave_out_changes_needs_admin_and_the_refusal_is_a_record(any_web: Web) -> None:
    follow(any_web)
    with any_web.store.transaction(actor=MAYA, reason="a test") as tx:
        pause_stage(tx, PauseStage(stage="letters"))
    otto = any_web.new_key("ops", owner=Actor.user("otto"))
    for key, position in (("k-1", {"position": "end"}), ("k-2", {"since": "2100-01-01T00:00:00Z"})):
        body = {**position, **REASON}
        assert problem(any_web.post(RESTART, json=body, once=key, key=otto)) == (
            403,
            "SCOPE_MISSING",
        )
    (lag,) = saved(any_web.get("/admin/subscribers"), 200)["items"]
    assert (lag["feed_cursor"], lag["restarts"]) == (None, 0)
    refusals = any_web.store.read(lambda tx: tx.rejections.page(limit=3))
    expected = ("restart_subscriber", "SCOPE_MISSING", REASON["reason"])
    assert [(one.command, one.code, one.reason) for one in refusals] == [expected] * 2

    last = {"position": "end", **REASON}
    end = saved(any_web.post(RESTART, json=last, once="k-3"), 200)["feed_cursor"]
    for key, earlier in (("k-4", end), ("k-5", "end"), ("k-6", "beginning")):
        body = {"position": earlier, **REASON}
        saved(any_web.post(RESTART, json=body, once=key, key=otto), 200)


def test_a_restart_from_a_position_of_another_database_needs_admin(any_web: Web) -> None:
    follow(any_web)
    with any_web.store.transaction(actor=MAYA, reason="a test") as tx:
        pause_stage(tx, PauseStage(stage="letters"))

    def is_unclear(tx: ReadTx) -> bool:
        after = evolve(get_subscriber(tx, "mail"), feed_cursor=tx.history.newest(limit=1).cursor)
        foreign = evolve(after, feed_cursor=f"1{after.feed_cursor}")
        beginning = evolve(after, feed_cursor=None)
        assert not leaves_out_changes(tx, Restart(before=foreign, after=beginning))
        assert not leaves_out_changes(tx, Restart(before=after, after=after))
        return leaves_out_changes(tx, Restart(before=foreign, after=after))

    assert any_web.store.read(is_unclear)


def test_a_subscriber_is_listed_with_its_lag_and_restarted(any_web: Web) -> None:
    follow(any_web)
    with any_web.store.transaction(actor=MAYA, reason="a test") as tx:
        pause_stage(tx, PauseStage(stage="letters"))
    any_web.clock.jump(hours=1)
    (lag,) = saved(any_web.get("/admin/subscribers"), 200)["items"]
    assert (lag["name"], lag["problem"]) == ("mail", None)
    assert lag["seconds"] >= HOUR_SECONDS

    body: dict[str, Any] = {"position": "end", **REASON}
    restarted = saved(any_web.post(RESTART, json=body, once="restart-1"), 200)
    repeated = saved(any_web.post(RESTART, json=body, once="restart-1"), 200)

    assert restarted == repeated
    assert restarted["restarts"] == 1
    assert restarted["restart_reason"] == REASON["reason"]
    (lag,) = saved(any_web.get("/admin/subscribers"), 200)["items"]
    assert (lag["seconds"], lag["restarts"]) == (0, 1)

    both = {"position": "end", "since": "2026-01-01T00:00:00Z", **REASON}
    other = "/admin/subscribers/other/restart"

    for body in (both, REASON):
        assert problem(any_web.post(RESTART, json=body, once="restart-2")) == (
            422,
            "RESTART_POSITION_UNCLEAR",
        )
    unknown = any_web.post(other, json={"position": "end", **REASON}, once="restart-3")
    assert problem(unknown) == (404, "SUBSCRIBER_NOT_FOUND")


def test_an_open_transaction_that_delays_the_feed_is_listed(
    postgresql: SqlStore, database: PostgresServer
) -> None:
    site = Site(postgresql)
    key = site.key("ops").text
    site.clock.time = datetime.now(UTC)
    with (
        opened(database.url) as other,
        other.transaction(actor=MAYA, reason="a test") as tx,
    ):
        pause_stage(tx, PauseStage(stage="letters"))
        assert delays(site, key) == []
        site.clock.forward(seconds=LONGEST_WRITE.total_seconds() + 60)
        (delay,) = delays(site, key)

    assert delay["transaction"].startswith("process ")
    assert (delay["role"], delay["program"]) == ("indelible_app", "indelible")
    assert delay["seconds"] > LONGEST_WRITE.total_seconds()
    assert delays(site, key) == []
