"""An installation with two releases, whose operator follows the runbooks of promotion."""

import json
import os
import subprocess
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from urllib.request import Request

from attrs import define, field
from tests.architecture.sources import ROOT
from tests.docs.reader import Shell
from tests.doubles.simulators import simulator_program
from tests.releases import Release, Releases
from tests.runbooks.pages import Step
from tests.service.conftest import foreign_variables
from tests.service.processes import DIRECT, TIMEOUT_SECONDS, free_port, wait_until_ready

from indelible_service.demos.provider import ProviderStub

SNAPSHOTS: Final = "packages/adapters/sql"
APPROVED: Final = "Promote {tag}; asked by ann, approved by bob: it ran for a week"
RESTART: Final = "restart.sh"
# What the process manager of a host does: end the running processes, and start those of the link.
PROCESSES: Final = """
if [ -e up.pid ]; then
    kill "$(cat up.pid)"
    while kill -0 "$(cat up.pid)" 2> /dev/null; do sleep 0.05; done
fi
nohup current/bin/indelible up --json > up.out 2>> up.log < /dev/null &
echo $! > up.pid
"""


@define
class Site:
    """The directory of an installation, with a shell of its operator."""

    folder: Path
    shell: Shell
    address: str
    settings: Mapping[str, str]
    executed: list[Step] = field(factory=list[Step])
    _keys: dict[str, str] = field(factory=dict[str, str])

    def set_variables(self, **values: str) -> None:
        """Set variables of the operator's shell."""
        for name, value in values.items():
            self.shell.run(f"export {name}='{value}'\n")

    def execute(self, steps: Iterable[Step]) -> None:
        """Execute steps literally; each prints what its runbook says."""
        for step in steps:
            output = self.shell.run(f"{step.command}\n")
            expected = "\n".join(step.expected)
            assert step.is_met_by(output), f"$ {step.command}\n{output}\nexpected:\n{expected}"
            self.executed.append(step)

    def write_settings(self, name: str, **changes: str) -> None:
        """Write a version of the settings."""
        values = {**self.settings, **changes}
        lines = "".join(f"{variable}={value}\n" for variable, value in values.items())
        (self.folder / "settings" / name).write_text(lines, encoding="utf-8")

    def start(self) -> None:
        """Start the processes of the release that the link names."""
        self.shell.run('eval "$RESTART"\n')
        wait_until_ready(self.address)

    def call(self, method: str, path: str, body: object = None, **headers: str) -> Any:  # noqa: ANN401 - the answer's JSON
        """Send a request with the first key of the installation, and return the answer."""
        request = Request(  # noqa: S310 - our own address
            f"{self.address}/v1/{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={
                "Authorization": f"Bearer {self.key}",
                "Content-Type": "application/json",
                **{name.replace("_", "-"): value for name, value in headers.items()},
            },
        )
        with DIRECT.open(request, timeout=TIMEOUT_SECONDS) as response:
            return json.load(response)

    @property
    def key(self) -> str:
        """Return the first key of the installation."""
        (path,) = (self.folder / "indelible-data").glob("first*.key")
        return path.read_text(encoding="utf-8").strip()

    @property
    def is_running(self) -> bool:
        """Return whether the processes that were started are there."""
        return Path(f"/proc/{(self.folder / 'up.pid').read_text().strip()}").exists()


@contextmanager
def site_of(
    folder: Path, releases: Releases, database: Mapping[str, str], provider: ProviderStub
) -> Generator[Site]:
    """Install both releases, and start the older one on an empty database."""
    site_folder = folder / "installation"
    (site_folder / "releases").mkdir(parents=True)
    (site_folder / "settings").mkdir()
    for number, release in ((1, releases.older), (2, releases.newer)):
        (site_folder / "releases" / str(number)).symlink_to(release.python.parents[1])
    (site_folder / "current").symlink_to("releases/1")
    (site_folder / ".env").symlink_to("settings/1.env")
    (site_folder / RESTART).write_text(PROCESSES, encoding="utf-8")
    shell_files = folder / "shell"
    shell_files.mkdir()

    with simulator_program() as stripe:
        port = free_port()
        settings = {
            **database,
            "INDELIBLE_PORT": str(port),
            "INDELIBLE_WORKSPACE_ROOT": str(folder / "workspaces"),
            "INDELIBLE_DISPATCH_SECONDS": "1",
            "INGESTION_ENDPOINT_URL": provider.endpoint,
            "INGESTION_POLL_SECONDS": "1",
            "STRIPE_API_URL": stripe,
            "STRIPE_API_KEY": "sk_test_of_this_environment",
            "STRIPE_WEBHOOK_SECRET": "whsec_of_this_environment",
        }
        shell = Shell(site_folder, shell_files, foreign_variables())
        site = Site(site_folder, shell, f"http://127.0.0.1:{port}", settings)
        site.write_settings("1.env")
        try:
            site.set_variables(RESTART=f"sh {RESTART}", ADDRESS=site.address, CURRENT="current")
            site.shell.run("current/bin/indelible db upgrade\n")
            site.start()
            yield site
        finally:
            shell.close()


def write_checkout(folder: Path, snapshots: Mapping[str, Path]) -> Path:
    """Create a repository with a tag for each release, whose commit has its snapshot file."""
    checkout = folder / "checkout"
    (checkout / SNAPSHOTS).mkdir(parents=True)
    _git(checkout, "init", "--quiet")
    for tag, snapshot in snapshots.items():
        text = snapshot.read_text(encoding="utf-8")
        (checkout / SNAPSHOTS / snapshot.name).write_text(text, encoding="utf-8")
        _git(checkout, "add", ".")
        _git(checkout, "commit", "--quiet", "--message", tag)
        _git(checkout, "tag", "--annotate", "--message", APPROVED.format(tag=tag), tag)
    return checkout


def write_fingerprint(folder: Path, release: Release) -> Path:
    """Write the fingerprint of another environment, as an operator does there."""
    other = folder / "other environment"
    other.mkdir()
    fingerprint = subprocess.check_output(
        (release.python, "-m", "indelible_service", "config", "fingerprint"),
        cwd=other,
        env={
            **foreign_variables(),
            "DATABASE_URL": f"sqlite:///{other}/records.db",
            "STRIPE_API_KEY": "sk_test_of_the_other_environment",
            "STRIPE_WEBHOOK_SECRET": "whsec_of_the_other_environment",
            "INGESTION_ENDPOINT_URL": "http://provider.example.org/{event_id}",
        },
    )
    file = other / "fingerprint.json"
    file.write_bytes(fingerprint)
    return file


def snapshots_of(folder: Path, name: str) -> dict[str, Path]:
    """Map the tag of each release to its snapshot file; `folder` is that of `build_releases`."""
    return {
        "release-1": ROOT / SNAPSHOTS / name,
        "release-2": folder / "newer" / "adapters" / "sql" / name,
    }


def _git(checkout: Path, *words: str) -> None:
    names = {"NAME": "ann", "EMAIL": "ann@example.org"}
    author = {f"GIT_{who}_{key}": names[key] for who in ("AUTHOR", "COMMITTER") for key in names}
    subprocess.run(
        ("/usr/bin/env", "git", "-C", checkout, *words), check=True, env={**os.environ, **author}
    )
