"""Test what the page of a job shows of its attempts and of its specification."""

import json
import re
from datetime import timedelta
from decimal import Decimal
from html import unescape
from typing import Final

import pytest
from tests.web.building import finish, start
from tests.web.console.visitor import Site, Visitor
from tests.web.minting import acted

from indelible.app import WriteTx
from indelible.kernel import Actor
from indelible.kernel.retention import (
    OperationalTable,
    PruneRows,
    SetRetention,
    prune_rows,
    set_retention,
)
from indelible.kernel.stages import RequeueTask, requeue_task
from indelible.kernel.tasks import Lease
from indelible.projects import PROCESS_JOB_STAGE, ArchitectureSpec, CreateJob, create_job
from indelible.testing.stores import MAYA, NOOR

LEASE: Final = timedelta(minutes=1)
SCOPES: Final = ("console", "projects:read", "projects:write")


@pytest.fixture
def member(any_site: Site) -> Visitor:
    return any_site.member(*SCOPES)


def job_path(job_id: str) -> str:
    return f"/console/jobs/{job_id}"


def claimed(site: Site) -> Lease:
    """Claim the only task of a job as a worker does, and record that an attempt starts."""
    leases: list[Lease] = []

    def claim(tx: WriteTx) -> None:
        until = tx.clock.now() + LEASE
        leases.extend(tx.tasks.claim(PROCESS_JOB_STAGE, limit=1, until=until))
        tx.tasks.record_start(leases)

    acted(site.store, claim)
    return leases[0]


def test_a_job_is_found_by_its_id(any_site: Site, member: Visitor, job_id: str) -> None:
    member.get(f"/console/search?q={job_id}")
    assert job_path(job_id) in member.page.links

    for owner in (NOOR, Actor.system("nightly")):
        stranger = any_site.member(*SCOPES, owner=owner)
        assert stranger.get(f"/console/search?q={job_id}").status_code == 200
        assert job_path(job_id) not in stranger.page.links


def test_attempts_are_numbered_and_say_what_became_of_them(
    any_site: Site, member: Visitor, job_id: str
) -> None:
    start(any_site.store, job_id)
    lost = claimed(any_site)
    acted(any_site.store, lambda tx: tx.tasks.release([lost]))
    failed = claimed(any_site)
    acted(
        any_site.store,
        lambda tx: tx.tasks.retry_later(failed, due_at=tx.clock.now(), reason="rate limit"),
    )
    claimed(any_site)

    member.get(job_path(job_id))
    assert "Attempt 1: Ended without a result: its worker was lost by" in member.page.words
    assert "Attempt 2: Failed by" in member.page.words
    assert "rate limit" in member.page.words
    assert "Attempt 3: Running" in member.page.words
    assert "claim" not in member.page.words

    finish(any_site.store, job_id)
    member.get(job_path(job_id))
    assert "Attempt 3: Completed by" in member.page.words


def test_numbers_of_attempts_hold_when_older_ones_are_deleted(
    any_site: Site, member: Visitor, job_id: str
) -> None:
    start(any_site.store, job_id)
    for _ in range(3):
        failed = claimed(any_site)
        acted(any_site.store, lambda tx: tx.tasks.mark_dead(failed, reason="rate limit"))  # noqa: B023 - called at once
        requeue = RequeueTask(stage=PROCESS_JOB_STAGE, entity_id=job_id)
        any_site.store.run(requeue_task, requeue, actor=MAYA, reason="once more")
    last = claimed(any_site)
    acted(any_site.store, lambda tx: tx.tasks.complete([last]))
    finish(any_site.store, job_id)
    retention = SetRetention(table=OperationalTable.ATTEMPTS, seconds=0)
    any_site.store.run(set_retention, retention, actor=MAYA, reason="our policy")
    deletion = PruneRows(table=OperationalTable.ATTEMPTS)

    # Of three failed attempts the records of the first stay.
    pruned = any_site.store.run(prune_rows, deletion, actor=MAYA, reason="retention")
    assert pruned.number == 2 * 3
    member.get(job_path(job_id))
    assert "Attempt 4: Completed by" in member.page.words
    assert "Attempt 1: Failed, and is not tried again by" in member.page.words
    assert "Attempt 2" not in member.page.words
    assert "Attempt 3" not in member.page.words


def test_a_canceled_attempt_is_not_called_lost(
    any_site: Site, member: Visitor, job_id: str
) -> None:
    start(any_site.store, job_id)
    claimed(any_site)
    member.get(job_path(job_id))
    member.send("/cancel", reason="wrong prompt")
    member.follow()

    assert "Attempt 1: Stopped: the job was canceled by" in member.page.words


@pytest.mark.slow
def test_the_specification_is_shown_as_text(
    any_site: Site, member: Visitor, project_id: str
) -> None:
    hostile = "</pre><script>alert(1)</script>"
    command = CreateJob(
        user_id=MAYA.id,
        project_id=project_id,
        architecture_spec=ArchitectureSpec(
            name="Book shop",
            prompt=hostile,
            nodes=[{"id": "web", "type": "frontend", "x": Decimal("12.5")}],
            edges=[],
        ),
    )
    created = any_site.store.run(create_job, command, actor=MAYA, reason="a test").entity
    answer = member.get(job_path(created.id))

    match = re.search(r"<summary>JSON[^<]*</summary><pre[^>]*>(.*?)</pre>", answer.text, re.DOTALL)
    assert match is not None
    shown = json.loads(unescape(match[1]))
    assert shown == {
        "name": "Book shop",
        "description": "",
        "prompt": hostile,
        "metadata": {},
        "nodes": [{"id": "web", "type": "frontend", "x": 12.5}],
        "edges": [],
    }
    assert member.page.active_markup() == []
