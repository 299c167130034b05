"""Test projects in the console: the list, a project, and the page of a job without scripts."""

import re

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

from indelible.projects import (
    PROCESS_JOB_STAGE,
    Job,
    JobResult,
    JobStatus,
    Phase,
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

    stranger = any_site.member(*SCOPES, owner=NOOR)
    stranger.get("/console/history")
    assert "Book shop" not in stranger.page.words
    stranger.get(f"/console/search?q={job_id}")
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
