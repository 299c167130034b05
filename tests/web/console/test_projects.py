"""Test projects in the console: the list, a project, and the page of a job without scripts."""

import json
import re
from datetime import timedelta
from decimal import Decimal
from html import unescape
from typing import Final

import pytest
from tests.web.building import (
    COMMIT,
    REPOSITORY_URL,
    RESULT,
    bind,
    created_job,
    created_project,
    fail,
    finish,
    progress,
    start,
)
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
from indelible.projects import (
    PROCESS_JOB_STAGE,
    ArchitectureSpec,
    CreateJob,
    Job,
    JobResult,
    JobStatus,
    Phase,
    create_job,
    get_job,
)
from indelible.testing.stores import MAYA, NOOR
from indelible_web.console.live import Streams
from indelible_web.projects.job_pages import MAX_LINES, phase_states

PROJECTS = "/console/projects"
SCOPES = ("console", "projects:read", "projects:write")


@pytest.fixture
def member(any_site: Site) -> Visitor:
    return any_site.member(*SCOPES)


def job_path(job_id: str, ending: str = "") -> str:
    return f"/console/jobs/{job_id}{ending}"


def job_of(site: Site, job_id: str) -> Job:
    return site.store.read(get_job, MAYA.id, job_id).job


def texts_of_items(answer_text: str, attribute: str) -> list[str]:
    """Return the texts of the items of the list with this attribute."""
    match = re.search(rf"<[uo]l[^>]* {attribute}[^>]*>(.*?)</[uo]l>", answer_text, re.DOTALL)
    assert match is not None
    items: list[str] = []
    for item in re.findall(r"<li.*?</li>", match[1], re.DOTALL):
        items.append(" ".join(re.sub(r"<[^>]+>", " ", item).split()))

    return items


@pytest.mark.slow
def test_projects_and_jobs_are_listed_and_found(
    any_site: Site, member: Visitor, project_id: str, job_id: str
) -> None:
    created_project(any_site.store, "Library")
    created_project(any_site.store, "Noor's", owner=NOOR)
    bind(any_site.store, project_id)
    start(any_site.store, job_id)

    member.get(PROJECTS)
    assert "Library" in member.page.words
    assert "Noor's" not in member.page.words
    assert "Job 1" in member.page.words
    assert "Running" in member.page.words
    assert REPOSITORY_URL in member.page.links
    assert f"{PROJECTS}/{project_id}" in member.page.links

    member.get(f"{PROJECTS}?name_prefix=Lib")
    assert "Book shop" not in member.page.words

    member.get("/console/history")
    assert job_path(job_id) in member.page.links
    assert f"{PROJECTS}/{project_id}" in member.page.links

    member.get("/console/search?q=Book")
    assert f"{PROJECTS}/{project_id}" in member.page.links
    member.get(f"/console/search?q={job_id}")
    assert job_path(job_id) in member.page.links

    for owner in (NOOR, Actor.system("nightly")):
        stranger = any_site.member(*SCOPES, owner=owner)
        stranger.get("/console/history")
        assert "Book shop" not in stranger.page.words
        assert stranger.get(f"/console/search?q={job_id}").status_code == 200
        assert job_path(job_id) not in stranger.page.links


def test_a_project_lists_its_jobs_and_its_prompts(
    any_site: Site, member: Visitor, project_id: str, job_id: str
) -> None:
    start(any_site.store, job_id)
    finish(any_site.store, job_id)
    created_job(any_site.store, project_id)

    member.get(f"{PROJECTS}/{project_id}")
    assert member.page.links.count(job_path(job_id)) == 2  # also as the latest successful one
    assert "A shop for used books" in member.page.words
    assert member.page.words.index("Job 2 Pending") < member.page.words.rindex("Job 1 Completed")


def test_the_page_of_a_job_shows_phases_lines_and_warnings_apart(
    any_site: Site, member: Visitor, job_id: str
) -> None:
    start(any_site.store, job_id)
    progress(any_site.store, job_id, "cloned <b>it</b>", phase=Phase.COMMIT, warnings=["no tests"])
    answer = member.get(job_path(job_id))

    assert "Generate done" in member.page.words
    assert "Commit running now" in member.page.words
    assert "Push not begun" in member.page.words
    assert [
        text.endswith("cloned &lt;b&gt;it&lt;/b&gt;")
        for text in texts_of_items(answer.text, "data-lines")
    ] == [True]
    assert texts_of_items(answer.text, "data-warnings") == ["warning no tests"]
    assert answer.text.count('aria-current="step"') == 1
    assert member.page.active_markup() == []
    assert member.page.unlabelled_fields() == []


@pytest.mark.slow
def test_the_page_of_a_finished_job_shows_files_commit_and_trailer(
    any_site: Site, member: Visitor, job_id: str
) -> None:
    start(any_site.store, job_id)
    finish(any_site.store, job_id)
    answer = member.get(job_path(job_id))

    assert RESULT.commit_url in member.page.links
    assert COMMIT in member.page.words
    assert f"Job-Id: {job_id}" in member.page.words
    assert "2 files" in member.page.words
    assert "main.py" in member.page.words
    assert "Cleanup done" in member.page.words
    assert "Cancel the job" not in member.page.words
    assert "job.js" not in answer.text


@pytest.mark.slow
def test_the_page_of_a_failed_job_says_why_and_where(
    any_site: Site, member: Visitor, job_id: str
) -> None:
    start(any_site.store, job_id)
    progress(any_site.store, job_id, phase=Phase.PUSH)
    fail(any_site.store, job_id, "the branch is protected")
    member.get(job_path(job_id))

    assert "the branch is protected" in member.page.words
    assert "Commit done Push failed here Finalize not begun" in member.page.words


@pytest.mark.slow
def test_no_phase_of_a_job_that_was_canceled_while_pending_has_begun(
    any_site: Site, member: Visitor, job_id: str
) -> None:
    acted(any_site.store, lambda tx: tx.tasks.cancel(PROCESS_JOB_STAGE, job_id))
    member.get(job_path(job_id))

    assert "Attempts Canceled by" in member.page.words

    member.get(job_path(job_id))
    member.send("/cancel", reason="wrong prompt")
    states = {state.value for _, state in phase_states(job_of(any_site, job_id))}

    assert states == {"next"}


@pytest.mark.slow
def test_a_job_is_canceled_with_a_reason_unless_it_has_ended(
    any_site: Site, member: Visitor, job_id: str
) -> None:
    member.get(job_path(job_id))
    assert member.send("/cancel", reason=" ").status_code == 422
    assert job_of(any_site, job_id).status is JobStatus.PENDING

    start(any_site.store, job_id)
    member.get(job_path(job_id))
    progress(any_site.store, job_id, "one more line")
    member.send("/cancel", reason="wrong prompt")
    member.follow()

    assert "Canceled." in member.page.words
    job = job_of(any_site, job_id)
    assert (job.status, job.failure_reason) == (JobStatus.FAILED, "CANCELED: wrong prompt")


def test_a_job_that_has_ended_meanwhile_is_not_canceled(
    any_site: Site, member: Visitor, job_id: str
) -> None:
    start(any_site.store, job_id)
    member.get(job_path(job_id))
    finish(any_site.store, job_id)

    assert member.send("/cancel", reason="too late").status_code == 409
    assert "too late" in member.page.words
    assert job_of(any_site, job_id).status is JobStatus.COMPLETED


def test_a_failed_job_is_tried_again_as_a_new_one(
    any_site: Site, member: Visitor, job_id: str
) -> None:
    fail(any_site.store, job_id)
    member.get(job_path(job_id))
    member.send("/retry", reason="the disk was replaced")
    member.follow()

    assert "Job 2 of Book shop" in member.page.words
    assert job_of(any_site, job_id).status is JobStatus.FAILED


def test_a_job_without_a_commit_has_skipped_its_push(
    any_site: Site, member: Visitor, job_id: str
) -> None:
    start(any_site.store, job_id)
    progress(any_site.store, job_id, phase=Phase.PUSH, warnings=["The push was skipped."])
    finish(any_site.store, job_id, JobResult(files=("README.md",), push_skipped=True))
    member.get(job_path(job_id))

    assert "Commit done Push skipped Finalize done" in member.page.words


@pytest.mark.slow
def test_a_job_and_a_project_are_shown_to_their_owner_alone(
    any_site: Site, job_id: str, project_id: str
) -> None:
    stranger = any_site.member(*SCOPES, owner=NOOR)
    for ending in ["", "/stream"]:
        assert stranger.get(job_path(job_id, ending)).status_code == 404

    assert stranger.get(f"{PROJECTS}/{project_id}").status_code == 404

    reader = any_site.member("console", "projects:read")
    reader.get(job_path(job_id))
    assert reader.send("/cancel", reason="a test").status_code == 403

    operator = any_site.member("console", "admin")
    operator.get(f"/console/tasks/{PROCESS_JOB_STAGE}/{job_id}")

    assert job_path(job_id) in operator.page.links


@pytest.mark.slow
def test_a_long_log_shows_its_end_and_leads_to_all_lines(
    any_site: Site, member: Visitor, job_id: str
) -> None:
    start(any_site.store, job_id)
    for batch in range(11):
        lines = [f"line {number}" for number in range(batch * 100, batch * 100 + 100)]
        progress(any_site.store, job_id, *lines)

    answer = member.get(job_path(job_id))
    assert len(texts_of_items(answer.text, "data-lines")) == MAX_LINES
    assert "100 earlier lines" in member.page.words

    answer = member.get(member.page.link("all=1"))
    assert len(texts_of_items(answer.text, "data-lines")) == 1_100


def refuse_to_open(_: Streams) -> bool:
    """Answer as when too many streams are open."""
    return False


def test_the_stream_sends_what_the_page_does_not_show(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Streams, "enter", refuse_to_open)
    job_id = created_job(site.store, created_project(site.store))
    member = site.member(*SCOPES)
    start(site.store, job_id)
    progress(site.store, job_id, "first", warnings=["one"])
    member.get(job_path(job_id))
    after = job_of(site, job_id).output_number
    progress(site.store, job_id, "second\nline", phase=Phase.PUSH, warnings=["two"])

    text = member.get(job_path(job_id, f"/stream?after={after}")).text
    assert text.startswith("retry: 700\nevent: mode\ndata: polled\n\n")
    assert f"id: {after + 1}\nevent: job\n" in text
    assert "first" not in text
    assert "second\ndata: line" in text
    assert 'aria-current="step"' in text

    later = member.get(job_path(job_id, "/stream"), **{"Last-Event-ID": str(after + 1)}).text
    assert "event: job" not in later


def test_the_home_page_names_failed_jobs_until_a_later_one_exists(
    any_site: Site, member: Visitor, project_id: str, job_id: str
) -> None:
    fail(any_site.store, job_id, "the disk is full")
    member.get("/console/")
    assert "Job 1 of Book shop has failed. the disk is full" in member.page.words
    assert job_path(job_id) in member.page.links

    stranger = any_site.member(*SCOPES, owner=NOOR)
    stranger.get("/console/")
    assert "has failed" not in stranger.page.words

    created_job(any_site.store, project_id)
    member.get("/console/")
    assert "has failed" not in member.page.words


LEASE: Final = timedelta(minutes=1)


def claimed(site: Site) -> Lease:
    """Claim the only task of a job as a worker does, and record that an attempt starts."""
    leases: list[Lease] = []

    def claim(tx: WriteTx) -> None:
        until = tx.clock.now() + LEASE
        leases.extend(tx.tasks.claim(PROCESS_JOB_STAGE, limit=1, until=until))
        tx.tasks.record_start(leases)

    acted(site.store, claim)
    return leases[0]


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
