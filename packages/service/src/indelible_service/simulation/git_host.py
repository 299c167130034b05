"""The Git host inside the process: real repositories in a folder, and a transport that fails."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from attrs import define, evolve, field, frozen

from indelible.kernel import Ids
from indelible.projects import Janitor, ProcessJob, PushOutcome, Repository
from indelible.projects.entities.values import Phase
from indelible.projects.lifecycle import JobStatus
from indelible.projects.ports import RepositoryRequest
from indelible.projects.tasks.failpoints import JobFailpoint
from indelible.projects.tasks.observers import JobObserver, SilentObserver
from indelible_git import FolderWorkspaces, LocalHost
from indelible_git.git import Git
from indelible_git.processes import Completed
from indelible_service.contexts.declaration import AnyStage
from indelible_service.simulation.clock import SimulatedClock
from indelible_service.simulation.crashes import Mortality
from indelible_service.simulation.draws import Draws, Seed
from indelible_service.simulation.plan import FaultKind
from indelible_sql import SqlStore

DATABASE: Final = "simulation"  # that the markers of workspaces name
ADDRESS: Final = "/simulation"  # in place of the folder, whose name is another one in each run
BRANCH: Final = "refs/heads/main"
RIVAL: Final = "somebody@example.org"
SILENT_SECONDS: Final = 20  # of a push that gets no answer; the lease of a job is longer
CONTACTS: Final = frozenset({"ls-remote", "fetch", "push"})  # commands that talk to the host
OUT: Final = Completed(128, b"", b"fatal: the requested URL returned error: 503")
SILENT: Final = Completed(128, b"", b"fatal: the remote end hung up unexpectedly")
REFUSED: Final = Completed(
    1, b"!\tHEAD:refs/heads/main\t[remote rejected] (pre-receive hook declined)\n", b""
)
NO_RATES: Final[Mapping[FaultKind, float]] = {}


@define(eq=False)
class SimulatedGitHost:
    """Bare repositories and workspaces in a folder, which outlive processes, and their faults."""

    folder: Path
    clock: SimulatedClock
    ids: Ids
    draws: Draws
    rates: Mapping[FaultKind, float] = NO_RATES
    outcomes: Counter[PushOutcome] = field(factory=Counter[PushOutcome])
    faults: Counter[FaultKind] = field(factory=Counter[FaultKind])

    @classmethod
    def open(cls, folder: Path, clock: SimulatedClock, ids: Ids, seed: Seed) -> "SimulatedGitHost":
        """Return a host without a repository.

        Raises: GitFailed without a git that the adapter can use.
        """
        Git().require_version(folder)
        return cls(folder, clock, ids, seed.draws("git", "faults"))

    @property
    def repositories(self) -> Path:
        """Return the folder of the repositories."""
        return self.folder / "repositories"

    def stages(
        self, store: SqlStore, mortality: Mortality, observer: JobObserver | None = None
    ) -> list[AnyStage]:
        """Return the stage of jobs and that of the janitor, for a process."""
        workspaces = self.workspaces()
        process_job = ProcessJob(
            store=store,
            workspaces=workspaces,
            host=_Host(
                root=self.repositories, ids=self.ids, make_git=_GitOfProcess(self, mortality)
            ),
            clock=self.clock,
            observer=_Observer(self.outcomes, observer or SilentObserver()),
            at_failpoint=lambda failpoint: mortality.reach(_name_of(failpoint)),
        )
        janitor = Janitor(store=store, workspaces=workspaces, clock=self.clock)
        return [process_job.stage(), janitor.stage()]

    def workspaces(self) -> FolderWorkspaces:
        """Return the folders of running jobs."""
        return FolderWorkspaces(
            root=self.folder / "workspaces", database_id=DATABASE, min_free_bytes=0
        )

    def happens(self, kind: FaultKind) -> bool:
        """Return True for a share of the calls, by the rate of a fault, and count it."""
        rate = self.rates.get(kind, 0.0)
        happens = rate > 0 and self.draws.happens(rate)
        self.faults[kind] += happens
        return happens

    def commit_as_rival(self, repository: Path) -> None:
        """Let somebody else add a commit to a repository, at the time of the clock."""
        date = f"@{int(self.clock.now().timestamp())} +0000"
        identity: dict[str, str] = {}
        for role in ("AUTHOR", "COMMITTER"):
            identity[f"GIT_{role}_NAME"] = "Somebody"
            identity[f"GIT_{role}_EMAIL"] = RIVAL
            identity[f"GIT_{role}_DATE"] = date
        git = Git(repository=repository)
        text = f"{self.clock.seconds} {self.faults[FaultKind.GIT_RIVALS]}\n".encode()
        blob = _output(git, repository, "hash-object", "-w", "--stdin", stdin=text)
        tip = self.tip(repository)
        entries = b""
        parents: tuple[str, ...] = ()
        if tip:
            listing = git.output("ls-tree", tip, folder=repository).splitlines(keepends=True)
            entries = b"".join(line for line in listing if not line.endswith(b"\tNOTES.txt\n"))
            parents = ("-p", tip)
        entries += f"100644 blob {blob}\tNOTES.txt\n".encode()
        tree = _output(git, repository, "mktree", stdin=entries)
        commit = git.output(
            "commit-tree", *parents, "-m", "Notes", tree, folder=repository, environment=identity
        )
        git.output("update-ref", BRANCH, commit.decode().strip(), folder=repository)

    def tip(self, repository: Path) -> str:
        """Return the last commit of a repository, '' of an empty one."""
        file = repository / BRANCH
        return file.read_text().strip() if file.exists() else ""


@frozen
class _Host(LocalHost):
    """The host of the service, with addresses that are the same in each run."""

    def ensure_repository(self, request: RepositoryRequest) -> Repository:
        """Create the repository, or return the one of the project."""
        return _placeless(super().ensure_repository(request))

    def get_repository(self, repository_id: str) -> Repository:
        """Return a repository by its id."""
        return _placeless(super().get_repository(repository_id))


@frozen
class _GitOfProcess:
    """Returns the git program of a process, which fails as the host wants it."""

    _host: SimulatedGitHost
    _mortality: Mortality

    def __call__(self, **values: Any) -> Git:  # noqa: ANN401 - the fields of Git
        return _SimulatedGit(host=self._host, mortality=self._mortality, **values)


@frozen(kw_only=True)
class _SimulatedGit(Git):
    """The git program, with a network between it and the repository."""

    host: SimulatedGitHost
    mortality: Mortality

    def run(self, *arguments: str, **options: Any) -> Completed:  # noqa: ANN401 - of the method
        """Run a command; one that talks to the host may fail."""
        self.mortality.require_life()
        if arguments[0] in CONTACTS and self.host.happens(FaultKind.GIT_OUTAGE):
            return OUT
        if arguments[0] == "push":
            return self._push(*arguments, **options)
        return super().run(*arguments, **options)

    def _push(self, *arguments: str, **options: Any) -> Completed:  # noqa: ANN401 - of the method
        if self.host.happens(FaultKind.GIT_REFUSAL):
            return REFUSED
        if self.host.happens(FaultKind.GIT_RIVALS):
            address = arguments[-2]
            self.host.commit_as_rival(Path(address))
        is_silent = self.host.happens(FaultKind.GIT_SILENCE)
        completed = super().run(*arguments, **options)
        if not is_silent:
            return completed

        self.host.clock.advance(SILENT_SECONDS)
        return SILENT


@define
class _Observer(SilentObserver):
    """Counts what becomes of pushes, and lets another observer measure them and jobs."""

    _outcomes: Counter[PushOutcome]
    _other: JobObserver

    def job_ended(self, outcome: JobStatus, phase: Phase) -> None:
        """Let a job be measured."""
        self._other.job_ended(outcome, phase)

    def pushed(self, outcome: PushOutcome) -> None:
        """Count the outcome of a push."""
        self._outcomes[outcome] += 1
        self._other.pushed(outcome)


def _placeless(repository: Repository) -> Repository:
    return evolve(repository, url=f"{ADDRESS}/{repository.name}.git")


def _name_of(failpoint: JobFailpoint) -> str:
    """Return a name that no failpoint of the store has."""
    return f"job {failpoint.name.lower()}"


def _output(git: Git, folder: Path, *arguments: str, stdin: bytes) -> str:
    return git.output(*arguments, folder=folder, stdin=stdin).decode().strip()
