"""Exactly one commit of a job: lost answers, second pushers, and everything a host may refuse."""

import os
import random
import time
from pathlib import Path

import pytest
from attrs import define, field
from tests.adapters.git.hosts import (
    GitHubSite,
    LocalSite,
    build,
    clone,
    commit_as_person,
    commit_request,
    commits,
    commits_of,
    files,
    request,
    tip,
    was_forced,
)
from tests.doubles.git_server import FETCH, FETCH_START, PUSH, PUSH_START
from tests.doubles.github import git
from tests.doubles.serving import Fault, Response

from indelible.kernel import IndelibleError
from indelible.projects.entities.values import Repository
from indelible.projects.errors import (
    GitFailed,
    HostRefused,
    HostUnavailable,
    PushRejected,
    RepositoryGone,
)
from indelible_git import GitHubHost, GitLimits
from indelible_git.failures import network_failure
from indelible_git.git import Git
from indelible_git.local import STALE_LOCK_SECONDS
from indelible_git.processes import Completed

LOST_ANSWERS = 50
RACES = 20
MAX_ATTEMPTS = 4
PROTECTED = """#!/bin/sh
echo "GH006: Protected branch update failed for refs/heads/main." >&2
exit 1
"""


def deliver(site: GitHubSite, repository: Repository, job_id: str) -> str:
    """Push a job's commit as a stage does: search, build, push; rebuild if another was first."""
    checkout = clone(site, repository)
    for _ in range(MAX_ATTEMPTS):
        existing = checkout.find_commit(job_id)
        if existing is not None:
            return existing.sha
        sha = build(checkout, job_id, page=job_id)
        try:
            checkout.push()
        except PushRejected:
            checkout.update()
        else:
            return sha

    raise AssertionError("the branch moved too often")


@pytest.mark.dose
def test_a_push_whose_answer_was_lost_is_found_by_its_trailer(hub: GitHubSite) -> None:
    repository = hub.host.ensure_repository(request())
    bare = hub.bare(repository)
    expected: list[str] = []
    checkout = clone(hub, repository)
    for number in range(LOST_ANSWERS):
        job_id = f"job-{number}"
        checkout.update()
        sha = build(checkout, job_id, page=job_id)
        hub.double.plan(Fault(matching=PUSH, lost=True))
        # curl may send the push again by itself; the host then says that the branch has moved.
        with pytest.raises((HostUnavailable, PushRejected)):
            checkout.push()

        commit = checkout.find_commit(job_id)
        assert commit is not None
        assert commit.sha == sha
        if number % 10 == 0:  # a worker that starts anew
            assert deliver(hub, repository, job_id) == sha
        expected.insert(0, sha)

    assert commits(bare) == expected
    assert not was_forced(bare)


@pytest.mark.dose
def test_a_push_that_never_arrived_is_repeated_with_the_same_sha(hub: GitHubSite) -> None:
    repository = hub.host.ensure_repository(request())
    sha = build(clone(hub, repository), page="job-1")
    hub.double.plan(Fault(matching=PUSH, answer=Response(status=502)))
    with pytest.raises(HostUnavailable):
        deliver(hub, repository, "job-1")

    assert tip(hub.bare(repository)) == ""
    assert deliver(hub, repository, "job-1") == sha


@define(eq=False)
class SecondPusher:
    """A person who pushes at a moment of our push."""

    bare: Path
    shas: list[str] = field(factory=list[str])

    def push(self) -> None:
        self.shas.append(commit_as_person(self.bare))


@pytest.mark.dose
def test_a_second_pusher_keeps_every_commit(hub: GitHubSite) -> None:
    repository = hub.host.ensure_repository(request())
    bare = hub.bare(repository)
    person = SecondPusher(bare)
    moments = random.Random(15)  # noqa: S311 - a fixed order of the same moments
    for number in range(RACES):
        job_id = f"job-{number}"
        for _ in range(moments.randint(1, 3)):
            moment = moments.choice([PUSH_START, PUSH])
            hub.double.plan(Fault(matching=moment, before=person.push))
        sha = deliver(hub, repository, job_id)

        assert commits(bare)[0] == sha
        assert commits_of(bare, job_id) == [sha]

    assert set(person.shas) <= set(commits(bare))
    assert len(commits(bare)) == len(person.shas) + RACES
    assert not was_forced(bare)
    assert git(bare, "fsck", "--full", "--no-dangling") == ""


@pytest.mark.dose
def test_two_workers_with_one_job_push_one_commit(hub: GitHubSite) -> None:
    repository = hub.host.ensure_repository(request())
    shas: list[str] = []
    first = clone(hub, repository)
    build(first, page="job-1")
    hub.double.plan(
        Fault(matching=PUSH_START, before=lambda: shas.append(deliver(hub, repository, "job-1")))
    )
    first.push()

    assert commits_of(hub.bare(repository), "job-1") == shas


@pytest.mark.dose
def test_an_empty_repository_that_somebody_fills_first_rejects_the_push(hub: GitHubSite) -> None:
    repository = hub.host.ensure_repository(request())
    bare = hub.bare(repository)
    person = SecondPusher(bare)
    hub.double.plan(Fault(matching=PUSH, before=person.push))
    sha = deliver(hub, repository, "job-1")

    assert commits(bare) == [sha, *person.shas]


def failure_of_push(hub: GitHubSite, fault: Fault) -> IndelibleError:
    repository = hub.host.ensure_repository(request())
    checkout = clone(hub, repository)
    sha = build(checkout)
    hub.double.plan(fault)
    with pytest.raises(IndelibleError) as caught:
        checkout.push()
    assert tip(hub.bare(repository)) in {"", sha}
    return caught.value


@pytest.mark.dose
@pytest.mark.parametrize("matching", [PUSH_START, PUSH])
@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, HostRefused),
        (403, HostRefused),
        (404, RepositoryGone),
        (429, HostUnavailable),
        (500, HostUnavailable),
        (503, HostUnavailable),
    ],
)
def test_a_status_of_the_host_is_told_apart(
    hub: GitHubSite, matching: str, status: int, kind: type[IndelibleError]
) -> None:
    fault = Fault(matching=matching, times=3, answer=Response(status=status))

    assert isinstance(failure_of_push(hub, fault), kind)


@pytest.mark.dose
@pytest.mark.parametrize("body", [b"", b"<html>Sign in</html>", b"0000", b"zzzz", b"0004" * 9])
def test_a_page_in_place_of_an_answer_changes_nothing(hub: GitHubSite, body: bytes) -> None:
    fault = Fault(matching=PUSH_START, answer=Response(status=200, body=body))

    assert isinstance(failure_of_push(hub, fault), HostUnavailable | GitFailed | HostRefused)


@pytest.mark.dose
def test_a_redirect_of_git_is_not_followed(hub: GitHubSite) -> None:
    location = {"Location": f"{hub.double.url}/octo/other.git/info/refs?service=git-receive-pack"}
    fault = Fault(matching=PUSH_START, answer=Response(status=301, headers=location))

    assert isinstance(failure_of_push(hub, fault), HostRefused | GitFailed)


@pytest.mark.dose
@pytest.mark.parametrize("host", ["local", "hub"])
def test_a_protected_branch_refuses_for_good(request_site: GitHubSite | LocalSite) -> None:
    repository = request_site.host.ensure_repository(request())
    bare = request_site.bare(repository)
    hook = bare / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(PROTECTED)
    hook.chmod(0o755)
    checkout = clone(request_site, repository)
    build(checkout)

    with pytest.raises(HostRefused, match="GH006") as caught:
        checkout.push()
    assert "declined" in caught.value.reason
    assert tip(bare) == ""


@pytest.fixture
def request_site(host: str, request: pytest.FixtureRequest) -> GitHubSite | LocalSite:
    site: GitHubSite | LocalSite = request.getfixturevalue(host)
    return site


@pytest.mark.dose
def test_a_repository_that_is_archived_meanwhile_refuses_for_good(hub: GitHubSite) -> None:
    repository = hub.host.ensure_repository(request())
    checkout = clone(hub, repository)
    build(checkout)
    hub.account.change(hub.bare(repository), archived=True)

    with pytest.raises(HostRefused, match="403"):
        checkout.push()


@pytest.mark.dose
def test_a_repository_that_is_deleted_meanwhile_is_gone(hub: GitHubSite) -> None:
    repository = hub.host.ensure_repository(request())
    checkout = clone(hub, repository)
    build(checkout)
    hub.bare(repository).rename(hub.account.root / "deleted")

    with pytest.raises(RepositoryGone):
        checkout.push()
    with pytest.raises(RepositoryGone):
        checkout.find_commit("job-1")


def test_a_local_repository_that_is_deleted_meanwhile_is_gone(local: LocalSite) -> None:
    repository = local.host.ensure_repository(request())
    checkout = clone(local, repository)
    build(checkout)
    local.bare(repository).rename(local.host.root / ".deleted")

    with pytest.raises(RepositoryGone):
        checkout.push()
    with pytest.raises(RepositoryGone):
        clone(local, repository)


@pytest.mark.dose
@pytest.mark.parametrize("matching", [FETCH_START, PUSH_START, PUSH])
def test_a_host_that_hangs_is_left_at_the_time_limit(hub: GitHubSite, matching: str) -> None:
    limits = GitLimits(network_seconds=2)
    hasty = GitHubSite(
        GitHubHost(token=hub.host.token, api_url=hub.double.url, limits=limits),
        hub.clones,
        hub.account,
        hub.double,
    )
    repository = hub.host.ensure_repository(request())
    checkout = clone(hasty, repository)
    build(checkout)
    hub.double.plan(Fault(matching=matching, hangs=True))

    action = checkout.push
    if matching == FETCH_START:
        action = checkout.update
    with pytest.raises(HostUnavailable, match="longer than 2 seconds"):
        action()


@pytest.mark.dose
@pytest.mark.parametrize("matching", [FETCH_START, FETCH])
def test_a_clone_whose_answer_is_lost_may_pass(hub: GitHubSite, matching: str) -> None:
    repository = hub.host.ensure_repository(request())
    commit_as_person(hub.bare(repository))
    hub.double.plan(Fault(matching=matching, lost=True, times=5))

    with pytest.raises(HostUnavailable):
        clone(hub, repository)


@pytest.mark.dose
def test_a_push_without_a_commit_is_a_defect(local: LocalSite) -> None:
    checkout = clone(local, local.host.ensure_repository(request()))
    checkout.write_files(files())

    with pytest.raises(GitFailed, match="no commit"):
        checkout.push()
    assert checkout.commit(commit_request()) is not None


@pytest.mark.dose
@pytest.mark.parametrize("name", ["archived", "archived-shop"])
def test_the_name_of_a_repository_does_not_decide_what_a_failure_is(name: str) -> None:
    address = f"https://github.com/me/{name}.git/"
    stderr = f"fatal: unable to access '{address}': Could not resolve host: github.com\n"
    completed = Completed(128, b"", stderr.encode())

    assert isinstance(network_failure(Git(), "fetch", completed, name), HostUnavailable)


@pytest.mark.dose
@pytest.mark.parametrize("host", ["local", "hub"])
@pytest.mark.parametrize("name", ["refs/heads/main.lock", "HEAD.lock"])
def test_a_lock_of_another_git_is_named_and_may_pass(
    request_site: GitHubSite | LocalSite, name: str
) -> None:
    repository = request_site.host.ensure_repository(request())
    lock = request_site.bare(repository) / name
    checkout = clone(request_site, repository)
    build(checkout)
    lock.touch()

    with pytest.raises(HostUnavailable, match=name.replace(".", r"\.")):
        checkout.push()
    assert lock.exists()

    lock.unlink()
    checkout.push()
    assert len(commits(request_site.bare(repository))) == 1


@pytest.mark.dose
@pytest.mark.parametrize("name", ["refs/heads/main.lock", "HEAD.lock"])
def test_the_old_lock_of_a_killed_git_is_deleted(local: LocalSite, name: str) -> None:
    repository = local.host.ensure_repository(request())
    lock = local.bare(repository) / name
    checkout = clone(local, repository)
    build(checkout)
    lock.touch()
    young = time.time() - STALE_LOCK_SECONDS / 2
    os.utime(lock, (young, young))
    with pytest.raises(HostUnavailable):
        checkout.push()
    old = time.time() - STALE_LOCK_SECONDS - 1
    os.utime(lock, (old, old))

    checkout.push()

    assert len(commits(local.bare(repository))) == 1
    assert not lock.exists()


@pytest.mark.dose
def test_a_folder_or_link_in_place_of_a_lock_is_not_deleted(
    local: LocalSite, tmp_path: Path
) -> None:
    repository = local.host.ensure_repository(request())
    checkout = clone(local, repository)
    build(checkout)
    target = tmp_path / "target"
    target.touch()
    lock = local.bare(repository) / "HEAD.lock"
    lock.symlink_to(target)
    old = time.time() - STALE_LOCK_SECONDS - 1
    os.utime(lock, (old, old), follow_symlinks=False)

    with pytest.raises(HostUnavailable):
        checkout.push()
    assert lock.is_symlink()
    assert target.exists()
