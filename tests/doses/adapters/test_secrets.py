"""25 canary tokens appear in no argument, file, log, error or representation."""

import logging
import traceback
from base64 import b64encode
from itertools import product
from pathlib import Path

import psutil
import pytest
from attrs import define, field
from tests.adapters.git.hosts import GitHubSite, build, clone, request
from tests.doubles.git_server import FETCH, FETCH_START, PUSH, PUSH_START
from tests.doubles.github import GitHub, github
from tests.doubles.serving import Double, Fault, Response

from indelible.kernel import IndelibleError
from indelible_git import GitHubHost

pytestmark = pytest.mark.slow

STEPS = ("GET /user", "GET /repos/", "POST /user/repos", "GET /repositories/")
GIT_STEPS = (FETCH_START, FETCH, PUSH_START, PUSH)
Case = tuple[str, int] | None
CASES: list[Case] = [None, *product((*STEPS, *GIT_STEPS), (301, 401, 500))]
CANARIES = [f"ghp_canary{number:02}" + "z" * 28 for number in range(len(CASES))]


def forms(canary: str) -> list[str]:
    """Return a token as itself and as git sends it."""
    return [canary, b64encode(f"x-access-token:{canary}".encode()).decode()]


def leaks(text: str) -> bool:
    return any(form in text for canary in CANARIES for form in forms(canary))


@define(eq=False)
class Arguments:
    """The arguments of all processes at the moments of our requests."""

    lines: set[str] = field(factory=set[str])

    def note(self) -> None:
        for process in psutil.process_iter():
            try:
                self.lines.add(" ".join(process.cmdline()))
            except (psutil.NoSuchProcess, psutil.AccessDenied):
                continue


def echoing(status: int, canary: str) -> Response:
    """Return an answer that repeats the token, as a careless proxy does."""
    document = {"message": f"Authorization: Bearer {canary} for https://x:{canary}@host/"}
    return Response.json(status, document, Location=f"https://x:{canary}@host.invalid/")


def run_with_fault(site: GitHubSite, canary: str, case: Case, arguments: Arguments) -> list[str]:
    """Let a host do all it can with a fault, and without; return the texts that it shows."""
    if case is not None:
        step, status = case
        site.double.plan(Fault(matching=step, times=2, answer=echoing(status, canary)))
    watch = Fault(matching="git-", times=99, before=arguments.note)
    site.double.plan(watch)
    texts = run_once(site) + run_once(site)
    site.double.faults[:] = [watch]
    return texts + run_once(site)


def run_once(site: GitHubSite) -> list[str]:
    try:
        repository = site.host.ensure_repository(request())
        checkout = clone(site, repository)
        texts = [repr(site.host), repr(checkout), repr(repository), str(checkout.url)]
        if checkout.find_commit("job-1") is None:
            build(checkout)
            checkout.push()
    except IndelibleError as error:
        return [str(error), repr(error), "".join(traceback.format_exception(error))]

    return texts


def one_canary(canary: str, case: Case, root: Path) -> list[str]:
    """Run everything with a token; return all texts in which it could appear."""
    (root / "github").mkdir(parents=True)
    arguments = Arguments()
    with github(root / "github", canary) as (account, double):
        site = site_of(canary, root, account, double)
        texts = run_with_fault(site, canary, case, arguments)
        assert account.folders() != []
    assert any("receive-pack" in line or "push" in line for line in arguments.lines)

    for path in (root / "clones").rglob("*"):
        if path.is_file():
            texts.append(path.read_bytes().decode(errors="replace"))
    return [*texts, *arguments.lines]


def site_of(canary: str, root: Path, account: GitHub, double: Double) -> GitHubSite:
    host = GitHubHost(token=canary, api_url=double.url)
    return GitHubSite(host, root / "clones", account, double)


def test_there_are_25_canaries() -> None:
    assert len(set(CANARIES)) == 25


@pytest.mark.parametrize(("canary", "case"), list(zip(CANARIES, CASES, strict=True)))
def test_a_token_appears_nowhere(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, canary: str, case: Case
) -> None:
    with caplog.at_level(logging.DEBUG):
        texts = one_canary(canary, case, tmp_path)

    assert len(texts) > 10
    assert [text for text in [*texts, *caplog.messages] if leaks(text)] == []
