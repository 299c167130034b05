"""A job's commit: the same SHA each time, found by its trailer, built on whatever was pushed."""

from pathlib import Path

import pytest
from attrs import evolve
from tests.adapters.git.hosts import (
    AUTHORED_AT,
    DIGEST,
    LocalSite,
    Site,
    build,
    clone,
    commit_as_person,
    commit_request,
    commits,
    files,
    request,
    tip,
    was_forced,
)
from tests.doubles.github import git

from indelible.projects.entities.values import GeneratedFile
from indelible.projects.errors import HistoryRewritten, HostRefused, PushRejected
from indelible.projects.ports import FoundCommit
from indelible_git.trailers import AUTHOR_EMAIL

DESCRIPTORS = Path("/proc/self/fd")


def test_the_first_commit_creates_the_branch_of_an_empty_repository(site: Site) -> None:
    repository = site.host.ensure_repository(request())
    checkout = clone(site, repository)

    assert checkout.tip is None
    assert checkout.find_commit("job-1") is None
    sha = build(checkout)
    checkout.push()

    assert commits(site.bare(repository)) == [sha]
    assert checkout.find_commit("job-1") == FoundCommit(sha=sha, plan_digest=DIGEST)
    assert checkout.tip == sha


def test_the_same_job_has_the_same_sha_in_every_clone(site: Site) -> None:
    repository = site.host.ensure_repository(request())
    shas = {build(clone(site, repository), page="x = 1\r\n") for _ in range(3)}

    assert len(shas) == 1


def test_author_committer_date_and_message_come_from_the_job(site: Site) -> None:
    repository = site.host.ensure_repository(request())
    checkout = clone(site, repository)
    sha = build(checkout)
    checkout.push()

    seconds = int(AUTHORED_AT.timestamp())
    shown = git(site.bare(repository), "show", "-s", "--format=%an|%ae|%at|%cn|%ce|%ct|%ai|%B", sha)
    by = f"Indelible|{AUTHOR_EMAIL}|{seconds}"
    message = f"Build the shop\n\nJob-Id: job-1\nPlan-Digest: {DIGEST}"
    assert shown == f"{by}|{by}|2026-11-22 12:30:15 +0000|{message}"


def test_content_is_committed_byte_for_byte(local: LocalSite) -> None:
    repository = local.host.ensure_repository(request())
    checkout = clone(local, repository)
    contents = {"a.txt": b"a\r\nb\r\n", "b.bin": bytes(range(256)), "empty": b"", "ünï.txt": b"u"}
    checkout.write_files([GeneratedFile(path=p, content=c) for p, c in contents.items()])
    checkout.commit(commit_request())
    checkout.push()

    copy = local.clones / "copy"
    git(None, "clone", "--quiet", "-c", "core.autocrlf=false", repository.url, str(copy))
    assert {path: (copy / path).read_bytes() for path in contents} == contents
    assert git(Path(repository.url), "fsck", "--full", "--strict") == ""


def test_written_files_leave_no_descriptor_open(local: LocalSite) -> None:
    checkout = clone(local, local.host.ensure_repository(request()))
    opened = len(list(DESCRIPTORS.iterdir()))
    checkout.write_files([GeneratedFile(path=f"a/b{n}/c.txt", content=b"") for n in range(5)])

    assert len(list(DESCRIPTORS.iterdir())) == opened


def test_nothing_changed_is_no_commit(site: Site) -> None:
    repository = site.host.ensure_repository(request())
    first = clone(site, repository)
    build(first, page="x = 1")
    first.push()
    second = clone(site, repository)
    second.write_files(files(page="x = 1"))

    assert second.commit(commit_request("job-2")) is None
    second.write_files([])
    assert second.commit(commit_request("job-3")) is None


def test_files_of_others_and_the_executable_bit_stay(local: LocalSite) -> None:
    repository = local.host.ensure_repository(request())
    bare = local.bare(repository)
    blob = git(bare, "hash-object", "-w", "--stdin", stdin="old")
    tree = git(bare, "mktree", stdin=f"100755 blob {blob}\tREADME.md\n100644 blob {blob}\tmine\n")
    git(bare, "update-ref", "refs/heads/main", git(bare, "commit-tree", tree, stdin="Mine"))

    checkout = clone(local, repository)
    sha = build(checkout, page="x = 1")
    checkout.push()

    listing = git(bare, "ls-tree", "-r", "--format=%(objectmode) %(path)", sha)
    assert listing.splitlines() == ["100755 README.md", "100644 mine", "100644 src/page.py"]


@pytest.mark.slow
def test_a_push_after_another_one_is_rejected_and_rebuilt_on_the_new_tip(site: Site) -> None:
    repository = site.host.ensure_repository(request())
    bare = site.bare(repository)
    commit_as_person(bare, "First")
    checkout = clone(site, repository)
    build(checkout, page="x = 1")
    theirs = commit_as_person(bare)

    with pytest.raises(PushRejected):
        checkout.push()
    checkout.update()
    ours = build(checkout, page="x = 1")
    checkout.push()

    assert commits(bare)[:2] == [ours, theirs]
    assert not was_forced(bare)


def test_update_drops_the_files_and_the_commit(local: LocalSite) -> None:
    repository = local.host.ensure_repository(request())
    checkout = clone(local, repository)
    build(checkout, page="x = 1")
    checkout.update()

    assert [path.name for path in checkout.folder.iterdir()] == [".git"]
    sha = build(checkout)
    checkout.push()
    assert git(local.bare(repository), "ls-tree", "-r", "--name-only", sha) == "README.md"


def test_a_deleted_branch_is_pushed_again_with_its_history(site: Site) -> None:
    repository = site.host.ensure_repository(request())
    bare = site.bare(repository)
    theirs = commit_as_person(bare)
    checkout = clone(site, repository)
    git(bare, "update-ref", "-d", "refs/heads/main")

    assert checkout.find_commit("job-1") is None
    checkout.update()
    ours = build(checkout)
    checkout.push()
    assert commits(bare) == [ours, theirs]


@pytest.mark.slow
@pytest.mark.parametrize("to", ["other history", "an older commit"])
def test_a_rewritten_branch_is_not_pushed_to(site: Site, to: str) -> None:
    repository = site.host.ensure_repository(request())
    bare = site.bare(repository)
    first = commit_as_person(bare)
    commit_as_person(bare)
    checkout = clone(site, repository)
    build(checkout)
    if to == "other history":
        git(bare, "update-ref", "-d", "refs/heads/main")
        first = commit_as_person(bare)
    git(bare, "update-ref", "refs/heads/main", first)

    with pytest.raises(HistoryRewritten):
        checkout.find_commit("job-1")
    with pytest.raises(HistoryRewritten):
        checkout.update()
    assert tip(bare) == first


FAKES = [
    "Forged\n\nJob-Id: job-1\n\nThe last paragraph has no trailer.",
    "Forged\n\nJob-Id: job-1\nPlan-Digest: x",
    "Forged\n\nSee Job-Id: job-1",
    "Job-Id: job-1",
    "Forged\n\nJob-Id: job-10",
]


@pytest.mark.parametrize("message", FAKES)
def test_a_trailer_of_a_stranger_does_not_count(local: LocalSite, message: str) -> None:
    repository = local.host.ensure_repository(request())
    checkout = clone(local, repository)
    commit_as_person(local.bare(repository), message)
    assert checkout.find_commit("job-1") is None

    checkout.update()
    sha = build(checkout)
    checkout.push()
    commit_as_person(local.bare(repository), message)
    assert checkout.find_commit("job-1") == FoundCommit(sha=sha, plan_digest=DIGEST)


def test_a_subject_cannot_forge_the_trailer_of_another_job(local: LocalSite) -> None:
    repository = local.host.ensure_repository(request())
    checkout = clone(local, repository)
    checkout.write_files(files())
    forged = evolve(
        commit_request("job-2"), subject="Build\n\nJob-Id: job-1\n\x00\x1b[31m" + "x" * 999
    )
    checkout.commit(forged)
    checkout.push()

    assert checkout.find_commit("job-1") is None
    assert checkout.find_commit("job-2") is not None


@pytest.mark.parametrize("job_id", ["", "a b", "a\nb", "--all", "x" * 201])
def test_an_id_that_fits_no_trailer_is_refused(local: LocalSite, job_id: str) -> None:
    checkout = clone(local, local.host.ensure_repository(request()))
    checkout.write_files(files())
    commit_as_person(local.bare(local.host.ensure_repository(request())))

    if job_id == "--all":  # harmless: it is part of an argument
        assert checkout.find_commit(job_id) is None
        return
    with pytest.raises(HostRefused):
        checkout.commit(commit_request(job_id))
    with pytest.raises(HostRefused):
        checkout.find_commit(job_id)
