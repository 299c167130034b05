"""Hostile specifications through rules and HTTP, and hostile repositories through real jobs."""

import os
import re
from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from random import Random
from typing import Final

import pytest
from attrs import define, field
from tests.adapters.git.hostile import fingerprint, hostile_home
from tests.adapters.git.hosts import LocalSite, tip
from tests.adapters.git.hosts import request as repository_request
from tests.doses.fuzz.hostile import CODES, Tally
from tests.doses.fuzz.repositories import KINDS, Surroundings, choose_kinds, fill_repository
from tests.doses.fuzz.specifications import (
    SECRET,
    Json,
    body_of,
    harmless_specification,
    hostile_paths,
    hostile_specification,
)
from tests.project_jobs import AheadClock, JobSetup, JobStore, WatchedHost, git
from tests.project_site import problems_of_end, problems_of_updates
from tests.sql.conftest import opened
from tests.web.building import created_project
from tests.web.harness import Web
from tests.web.hostile.scenario import rows

from indelible.kernel import IndelibleError
from indelible.projects import ArchitectureSpec, Job, Project
from indelible.projects.entities.values import MAX_PLAN_FILES
from indelible.projects.errors import PlanPathForbidden
from indelible.projects.lifecycle import SUCCESSFUL, JobStatus
from indelible.projects.rules.critique import critique
from indelible.projects.rules.generation import generate_files
from indelible.projects.rules.paths import check_paths, path_fault
from indelible.projects.rules.plan import plan_files
from indelible_git import LocalHost
from indelible_sql import SqlStore, verify

SPECIFICATIONS: Final = 200
REQUESTS: Final = 100
REPOSITORIES: Final = 10
ROUTES: Final = ("/v1/architecture/plan", "/v1/architecture/critique", "/v1/jobs")
OWN_FOLDERS: Final = ("repositories", "workspaces")  # of the setup; all else is outside
# The reason of a job that an error of Python has ended.
UNCODED: Final = re.compile(r"[A-Za-z_.]*(?:Error|Exception|Exit|Interrupt)\b")
HARMLESS_SHARE: Final = 0.7  # of the jobs in hostile repositories, so that most reach the push
RACE_SHARE: Final = 0.3
MAX_JOBS_PER_REPOSITORY: Final = 3


def through_rules(chance: Random, times: int, tally: Tally) -> None:
    """Judge, plan and generate hostile specifications, and check hostile paths."""
    for _ in range(times):
        fields = hostile_specification(chance)
        _attempt("specification", partial(_check_plan, fields), tally)
        paths = hostile_paths(chance)
        _attempt("paths", partial(_check_paths, paths), tally)


def _attempt(name: str, check: Callable[[], str], tally: Tally) -> None:
    """Count the answer of a check: a fault, '' or the code of an error."""
    try:
        fault = check()
    except IndelibleError as error:
        tally.answers[f"{name} {error.code}"] += 1
        if error.code not in CODES:
            tally.wrong.append(f"{name}: unknown code {error.code}")
    except Exception as error:  # noqa: BLE001 - the faults that this dose looks for
        tally.wrong.append(f"{name}: {error!r}"[:500])
    else:
        tally.answers[f"{name} accepted"] += 1
        if fault:
            tally.wrong.append(f"{name}: {fault}"[:500])


def _check_plan(fields: Json) -> str:
    """Return a fault of the critique, the plan or the files of a specification, or ''."""
    spec = ArchitectureSpec(**fields)
    judged = critique(spec)
    plan = plan_files(spec)
    files = generate_files(spec, plan)

    planned = {file.path for file in plan.files}
    forbidden = [path for path in planned if path_fault(path)]
    if forbidden:
        return f"forbidden paths are planned: {forbidden}"
    if not 1 <= len(planned) <= MAX_PLAN_FILES or len(planned) != len(plan.files):
        return f"{len(planned)} paths of {len(plan.files)} files are planned"
    if {file.path for file in files} != planned:
        return "the generated files are not those of the plan"
    if plan_files(spec) != plan or critique(spec) != judged:
        return "the same specification has two plans, or two critiques"

    return ""


def _check_paths(paths: list[str]) -> str:
    """Return a fault if a refusal is not printable, or an accepted path leaves the repository."""
    try:
        check_paths(paths)
    except PlanPathForbidden as error:
        if not error.describe().isprintable():
            return f"the refusal is not printable: {error.describe()!r}"
        raise
    for path in paths:
        if path.startswith("/") or {"", ".", "..", ".git"} & set(path.lower().split("/")):
            return f"the path {path!r} is accepted"

    return ""


def over_project_routes(
    web: Web, store: SqlStore, chance: Random, times: int, tally: Tally
) -> None:
    """Send hostile specifications to the routes of jobs and of their rules."""
    project_id = created_project(store)
    for _ in range(times):
        path = chance.choice(ROUTES)
        others: Json = {}
        if path == "/v1/jobs":
            others = {"project_id": project_id, "reason": "a test"}
        data = body_of(hostile_specification(chance), **others)
        rows_before = rows(store)
        answer = web.send("POST", path, data=data)
        is_refused = answer.status_code >= 400
        code = answer.get_json()["code"] if is_refused else "accepted"
        tally.answers[f"HTTP {code}"] += 1
        has_written = is_refused and rows(store) != rows_before
        is_unknown = is_refused and code not in CODES
        if answer.status_code >= 500 or is_unknown or has_written:
            tally.wrong.append(f"{path} {data[:500]!r}: {answer.status_code} {answer.text}")


@contextmanager
def hostile_surroundings(folder: Path) -> Generator[Surroundings]:
    """Create the folder of one repository, with a hostile home in the environment of the block."""
    canary = folder / "canary"
    outside = folder / "outside"
    (outside / "below").mkdir(parents=True)
    (outside / "secret.txt").write_text("precious")
    variables = hostile_home(folder / "home", canary)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in variables.items():
            patch.setenv(name, value)
        yield Surroundings(outside=outside, canary=canary)


def process_in_hostile_repository(
    store: JobStore, folder: Path, chance: Random, tally: Tally
) -> None:
    """Process jobs of one project whose repository a stranger has filled, and check each end."""
    clock = AheadClock()
    with hostile_surroundings(folder) as around:
        setup = JobSetup(store=store, folder=folder, clock=clock)
        stranger = Stranger(setup, around, chance)
        project = setup.project()
        for _ in range(chance.randint(1, MAX_JOBS_PER_REPOSITORY)):
            fields = harmless_specification(chance)
            if chance.random() > HARMLESS_SHARE:
                fields = hostile_specification(chance)
            _process(setup, project, fields, stranger, tally)


@define
class Stranger:
    """Somebody who fills the repository before it is first cloned, and pushes before a job."""

    setup: JobSetup
    around: Surroundings
    chance: Random
    kinds: list[str] = field(init=False)
    commits: list[str] = field(factory=list[str])

    def __attrs_post_init__(self) -> None:
        self.kinds = choose_kinds(self.chance)

    @property
    def bare(self) -> Path | None:
        """Return the repository, None before it exists."""
        return next((self.setup.folder / "repositories").glob("*.git"), None)

    def fill(self) -> None:
        """Make the repository hostile, once."""
        if not self.commits and self.bare is not None:
            sha = fill_repository(self.bare, self.around, self.kinds, self.chance)
            self.commits.append(sha)

    def race(self) -> None:
        """Push a commit in some of the calls."""
        if self.bare is not None and self.chance.random() < RACE_SHARE:
            self.commits.append(_push_same_files(self.bare))

    def lost_commits(self) -> list[str]:
        """Return the commits of strangers that the branch has lost."""
        if self.bare is None or not self.commits:
            return []

        kept = set(git(self.bare, "rev-list", "refs/heads/main").split())
        return [sha for sha in self.commits if sha not in kept]


def _push_same_files(bare: Path) -> str:
    """Move the branch to a new commit of the same files, and return its SHA."""
    old = tip(bare)
    tree = git(bare, "rev-parse", f"{old}^{{tree}}")
    sha = git(bare, "commit-tree", "-p", old, "-m", "Change nothing", tree)
    git(bare, "update-ref", "-m", "push", "refs/heads/main", sha)
    return sha


def _process(
    setup: JobSetup, project: Project, fields: Json, stranger: Stranger, tally: Tally
) -> None:
    """Process one job, count how it ended, and note what is wrong."""
    try:
        job = setup.job(project, **fields)
    except IndelibleError as error:
        tally.answers[f"job refused {error.code}"] += 1
        return

    host = WatchedHost(host=setup.host, before_clone=stranger.fill, before_push=stranger.race)
    before = _outside(setup.folder)
    try:
        setup.process(host=host, generate=generate_files, max_attempts=1)
    except Exception as error:  # noqa: BLE001 - the faults that this dose looks for
        tally.wrong.append(f"{stranger.kinds}: {error!r}"[:500])
        return

    ended = setup.details(job).job
    code = (ended.failure_reason or "").partition(":")[0]
    tally.answers[f"job {ended.status} {code}".strip()] += 1
    problems = _problems(setup, project, job, stranger)
    if _outside(setup.folder) != before:
        problems.append("something outside the workspace was written")
    for problem in problems:
        tally.wrong.append(f"{stranger.kinds}: {problem}"[:500])


def _outside(folder: Path) -> dict[str, tuple[int, int, bytes]]:
    """Return the state of everything in a folder but its repositories and workspaces."""
    result: dict[str, tuple[int, int, bytes]] = {}
    for path in folder.iterdir():
        if path.name not in OWN_FOLDERS:
            status = path.lstat()
            result[str(path)] = (status.st_mode, status.st_mtime_ns, b"")
            result.update(fingerprint(path))

    return result


def _problems(setup: JobSetup, project: Project, job: Job, stranger: Stranger) -> list[str]:
    """Return what is wrong after the end of a job."""
    problems: list[str] = []
    details = setup.details(job)
    is_unchanged = (
        details.job.status in SUCCESSFUL
        and details.job.result is not None
        and details.job.result.commit is None
    )
    if not is_unchanged:
        problems += problems_of_end(setup, project, details.job)
    elif details.job.status is not JobStatus.COMPLETED_WITH_WARNINGS:
        problems.append("a job without a commit has no warning")
    if UNCODED.match(details.job.failure_reason or ""):
        problems.append(f"an error without a code: {details.job.failure_reason}")
    if stranger.bare is not None:
        problems += problems_of_updates(stranger.bare)
    if stranger.around.canary.exists():
        problems.append("a program of the stranger ran")
    if stranger.lost_commits():
        problems.append(f"commits are lost: {stranger.lost_commits()}")
    if setup.workspace_names():
        problems.append(f"workspaces are left: {setup.workspace_names()}")
    texts = [details.job.failure_reason or "", *details.warnings]
    texts += [line.message for line in details.logs]
    if any(SECRET in text for text in texts):
        problems.append("a secret is in the output of the job")

    return problems


def test_hostile_specifications_are_planned_or_refused_with_a_code(
    sqlite_url: str, chance: Random, add_summary_line: Callable[[str], None]
) -> None:
    tally = Tally()
    through_rules(chance, SPECIFICATIONS, tally)
    with opened(sqlite_url) as store:
        over_project_routes(Web(store), store, chance, REQUESTS, tally)
        findings = verify(store)
    add_summary_line(f"hostile specifications: {len(tally.answers)} kinds of answers")

    assert tally.wrong == []
    assert findings == ()


def test_jobs_in_hostile_repositories_end_and_write_nothing_outside(
    sqlite_url: str, tmp_path: Path, chance: Random, add_summary_line: Callable[[str], None]
) -> None:
    tally = Tally()
    with opened(sqlite_url) as store:
        for number in range(REPOSITORIES):
            process_in_hostile_repository(store, tmp_path / str(number), chance, tally)
        findings = verify(store)
    add_summary_line(f"jobs in hostile repositories: {dict(tally.answers)}")

    assert tally.wrong == []
    assert tally.answers.total() >= REPOSITORIES
    assert findings == ()


def test_a_repository_of_every_kind_can_be_built(tmp_path: Path, chance: Random) -> None:
    for name in KINDS:
        folder = tmp_path / name
        site = LocalSite(LocalHost(folder / "repositories"), folder / "clones")
        with hostile_surroundings(folder) as around:
            bare = site.bare(site.host.ensure_repository(repository_request()))
            assert len(fill_repository(bare, around, [name], chance)) == 40
            assert os.environ["HOME"] == str(folder / "home")
