"""Test that a standing task that does not run is a problem wherever an operator looks."""

from typing import cast

import pytest
from attrs import evolve
from tests.web.console.visitor import Site
from tests.web.harness import SETTINGS, RenewableStore
from tests.web.minting import acted

from indelible.kernel import instant_text
from indelible.kernel.silence import StandingTask
from indelible.kernel.tasks import TaskKey
from indelible.testing.stores import BEGINNING, FAR, AnyStore

pytestmark = pytest.mark.slow

SCAN = TaskKey("detect", "scan")
SEAL = TaskKey("seal_history", "seal")
STANDING = (StandingTask(key=SCAN), StandingTask(key=SEAL))


def test_a_standing_task_that_is_put_off_or_missing_is_a_problem(
    any_store: RenewableStore,
) -> None:
    store = cast("AnyStore", any_store)
    site = Site(store, evolve(SETTINGS, standing_tasks=STANDING))
    client = site.app.test_client()
    acted(store, lambda tx: tx.tasks.enqueue(SCAN.stage, {SCAN.entity_id: BEGINNING}))
    acted(store, lambda tx: tx.tasks.reschedule(SCAN.stage, SCAN.entity_id, due_at=FAR))
    site.clock.forward(hours=2)

    ready = client.get("/health/ready")
    lines = client.get("/metrics").text.splitlines()
    member = site.member("console", "admin")
    member.get("/console/")

    put_off = f"task scan of stage detect is put off until {instant_text(FAR)}"
    missing = "task seal of stage seal_history was never enqueued"
    assert ready.status_code == 200
    assert ready.json
    assert ready.json["problems"] == [put_off, missing]
    assert 'indelible_standing_task_silent{stage="detect",task="scan"} 1.0' in lines
    assert 'indelible_standing_task_silent{stage="seal_history",task="seal"} 1.0' in lines
    assert f"Urgent The {put_off}." in member.page.words
    assert f"Urgent The {missing}." in member.page.words
