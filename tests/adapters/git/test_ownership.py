"""A repository belongs to one project: created once, never taken over, kept through a rename."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.adapters.git.hosts import (
    PROJECT,
    GitHubSite,
    LocalSite,
    Site,
    build,
    clone,
    commit_as_person,
    commits,
    request,
)
from tests.doubles.github import git
from tests.doubles.serving import Fault

from indelible.projects.errors import (
    HostRefused,
    HostUnavailable,
    RepositoryGone,
    RepositoryNameTaken,
)
from indelible_git import LocalHost
from indelible_git.markers import description_with_marker, marked_project

OTHER_PROJECT = "018f6f2e-7a5b-7c3d-9e1f-000000000002"
BAD_NAMES = ["", ".", "..", "a/b", "-x", ".git", "a.git", "a b", "a\n", "ü", "x" * 101, "a.lock"]


def test_a_repository_is_created_once_under_20_concurrent_requests(site: Site) -> None:
    with ThreadPoolExecutor(20) as executor:
        repositories = list(executor.map(site.host.ensure_repository, [request()] * 20))

    assert len({repository.repository_id for repository in repositories}) == 1
    assert len(list(site.bare(repositories[0]).parent.glob("*.git"))) == 1


def test_20_projects_that_want_one_name_do_not_share_it(site: Site) -> None:
    def attempt(number: int) -> bool:
        try:
            site.host.ensure_repository(request(project_id=f"project-{number}"))
        except RepositoryNameTaken:
            return False
        return True

    with ThreadPoolExecutor(20) as executor:
        results = list(executor.map(attempt, range(20)))

    assert results.count(True) == 1


def test_the_repository_of_another_project_is_not_taken(site: Site) -> None:
    repository = site.host.ensure_repository(request())
    bare = site.bare(repository)
    theirs = commit_as_person(bare)

    with pytest.raises(RepositoryNameTaken):
        site.host.ensure_repository(request(project_id=OTHER_PROJECT))
    assert commits(bare) == [theirs]


def test_a_folder_of_a_stranger_is_not_touched(local: LocalSite) -> None:
    local.host.root.mkdir()
    folder = local.host.root / "shop.git"
    git(None, "init", "--quiet", "--bare", str(folder))
    before = sorted(path.name for path in folder.rglob("*"))

    with pytest.raises(RepositoryNameTaken):
        local.host.ensure_repository(request())
    assert sorted(path.name for path in folder.rglob("*")) == before


def test_a_link_with_the_name_is_not_followed(local: LocalSite, tmp_path: Path) -> None:
    target = tmp_path / "elsewhere"
    target.mkdir()
    local.host.root.mkdir()
    (local.host.root / "shop.git").symlink_to(target)

    with pytest.raises(RepositoryNameTaken):
        local.host.ensure_repository(request())
    assert list(target.iterdir()) == []


@pytest.mark.parametrize("description", [None, "A shop", f"[indelible project {PROJECT}] or so"])
def test_a_repository_of_a_stranger_is_not_touched(hub: GitHubSite, description: str) -> None:
    path = hub.account.create("Shop", description=description)
    theirs = commit_as_person(path)

    with pytest.raises(RepositoryNameTaken):
        hub.host.ensure_repository(request())
    assert hub.account.folders() == [path]
    assert commits(path) == [theirs]


def test_a_rename_does_no_harm(site: Site) -> None:
    repository = site.host.ensure_repository(request())
    bare = site.bare(repository)
    if isinstance(site, GitHubSite):
        site.account.change(bare, name="tea-shop")
    else:
        bare.rename(bare.with_name("tea-shop.git"))

    renamed = site.host.get_repository(repository.repository_id)
    assert renamed.repository_id == repository.repository_id
    assert renamed.name == "tea-shop"
    assert site.host.ensure_repository(request()) == renamed  # asked for by its old name
    checkout = clone(site, repository)  # as the project stored it
    sha = build(checkout)
    checkout.push()
    assert commits(site.bare(renamed)) == [sha]


def test_an_account_that_was_renamed_is_asked_for_its_new_name(hub: GitHubSite) -> None:
    before = hub.host.ensure_repository(request())
    hub.account.change(hub.bare(before), owner="renamed")
    hub.account.login = "renamed"

    assert hub.host.ensure_repository(request()).repository_id == before.repository_id


def test_the_old_name_of_another_repository_is_free(hub: GitHubSite) -> None:
    theirs = hub.account.create("shop")
    hub.account.change(theirs, name="tea-shop")

    repository = hub.host.ensure_repository(request())
    assert repository.name == "shop"
    assert site_ids(hub) == {theirs.name, f"{repository.repository_id}.git"}


def site_ids(hub: GitHubSite) -> set[str]:
    return {path.name for path in hub.account.folders()}


def test_a_repository_that_was_created_without_an_answer_is_accepted(hub: GitHubSite) -> None:
    hub.double.plan(Fault(matching="POST /user/repos", lost=True))
    with pytest.raises(HostUnavailable):
        hub.host.ensure_repository(request())

    repository = hub.host.ensure_repository(request())
    assert site_ids(hub) == {f"{repository.repository_id}.git"}


def test_a_repository_is_private_and_starts_empty(hub: GitHubSite) -> None:
    hub.host.ensure_repository(request())

    (post,) = [sent for sent in hub.double.requests if sent.method == "POST"]
    assert b'"private": true' in post.body
    assert b'"auto_init": false' in post.body


@pytest.mark.parametrize("name", BAD_NAMES)
def test_a_name_that_no_host_accepts_is_refused(site: Site, name: str) -> None:
    with pytest.raises(HostRefused):
        site.host.ensure_repository(request(name))


@pytest.mark.parametrize("repository_id", ["", "999", "../shop", "1/../2", "9" * 30])
def test_an_unknown_repository_is_gone(site: Site, repository_id: str) -> None:
    repository = site.host.ensure_repository(request())

    with pytest.raises(RepositoryGone):
        site.host.get_repository(repository_id)
    assert site.host.get_repository(repository.repository_id) == repository


def test_a_half_built_repository_is_never_seen(tmp_path: Path) -> None:
    host = LocalHost(tmp_path)
    (tmp_path / ".new-0123").mkdir()  # the rest of a process that was killed
    repository = host.ensure_repository(request())

    assert host.get_repository(repository.repository_id) == repository
    assert (tmp_path / "shop.git" / "indelible.json").exists()


@pytest.mark.parametrize("marker", [b"", b"{", b"[]", b'{"project_id": 1}', b"[" * 9_999, b"\xff"])
def test_a_broken_marker_is_none(tmp_path: Path, marker: bytes) -> None:
    host = LocalHost(tmp_path)
    folder = tmp_path / "shop.git"
    folder.mkdir()
    (folder / "indelible.json").write_bytes(marker)

    with pytest.raises(RepositoryNameTaken):
        host.ensure_repository(request())


@pytest.mark.parametrize("text", ["", "A\nshop", "x" * 999, f"[indelible project {OTHER_PROJECT}]"])
def test_the_marker_ends_every_description(text: str) -> None:
    description = description_with_marker(text, PROJECT)

    assert marked_project(description) == PROJECT
    assert len(description) <= 350
    assert description.isprintable()


def test_a_local_repository_logs_every_push_and_refuses_to_lose_commits(local: LocalSite) -> None:
    repository = local.host.ensure_repository(request())
    checkout = clone(local, repository)
    build(checkout)
    checkout.push()
    bare = Path(repository.url)

    for push in (":refs/heads/main", "+HEAD:refs/heads/main"):
        other = local.clones / f"other-{len(push)}"
        git(None, "init", "--quiet", str(other))
        git(other / ".git", "commit", "--quiet", "--allow-empty", "-m", "Other")
        with pytest.raises(Exception, match="push"):
            git(other / ".git", "push", repository.url, push)
    assert len((bare / "logs/refs/heads/main").read_text().splitlines()) == 1
