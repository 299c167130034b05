"""Write the message of a job's commit, and find the commit again by its trailers."""

import re
from typing import Final

from indelible.projects.errors import HostRefused
from indelible.projects.ports import CommitRequest, FoundCommit
from indelible_git.texts import one_line

JOB_TRAILER: Final = "Job-Id"
PLAN_TRAILER: Final = "Plan-Digest"
AUTHOR_NAME: Final = "Indelible"
AUTHOR_EMAIL: Final = "bot@indelible.invalid"
MAX_SUBJECT_CHARACTERS: Final = 200
DEFAULT_SUBJECT: Final = "Build the project"
TRAILER_VALUE: Final = re.compile(r"[\w.:-]{1,200}", re.ASCII)
SHA: Final = re.compile(r"[0-9a-f]{40}")
SHA256: Final = re.compile(r"[0-9a-f]{64}")

# Only the last paragraph of a message has trailers, so a line in its middle is not one.
LOG_FORMAT: Final = (
    f"--format=%H%x00%ce%x00%(trailers:key={JOB_TRAILER},valueonly)"
    f"%x00%(trailers:key={PLAN_TRAILER},valueonly)"
)
FIELDS: Final = 4


def check_trailer(value: str) -> str:
    """Return a value that fits on one line of a trailer. Raises HostRefused."""
    if not TRAILER_VALUE.fullmatch(value):
        raise HostRefused(f"{value[:50]!r} cannot be the value of a trailer")

    return value


def message(request: CommitRequest) -> bytes:
    """Return the message of a job's commit. The subject stays one line and forges no trailer."""
    subject = one_line(request.subject, MAX_SUBJECT_CHARACTERS) or DEFAULT_SUBJECT
    lines = (
        subject,
        "",
        f"{JOB_TRAILER}: {check_trailer(request.job_id)}",
        f"{PLAN_TRAILER}: {check_trailer(request.plan_digest)}",
        "",
    )
    return "\n".join(lines).encode(errors="replace")


def identity(request: CommitRequest) -> dict[str, str]:
    """Return the environment that fixes author, committer and date of a job's commit."""
    date = f"@{int(request.authored_at.timestamp())} +0000"
    environment: dict[str, str] = {}
    for role in ("AUTHOR", "COMMITTER"):
        environment[f"GIT_{role}_NAME"] = AUTHOR_NAME
        environment[f"GIT_{role}_EMAIL"] = AUTHOR_EMAIL
        environment[f"GIT_{role}_DATE"] = date

    return environment


def search(job_id: str, branch: str) -> tuple[str, ...]:
    """Return the arguments that list the commits of a branch that mention a job."""
    mention = f"--grep={JOB_TRAILER}: {check_trailer(job_id)}"
    return ("log", "-z", "--fixed-strings", mention, LOG_FORMAT, branch, "--")


def find(output: bytes, job_id: str) -> FoundCommit | None:
    """Return the newest commit in the output of a search that a job itself has made.

    Others may mention the job. A commit counts if this program has committed it and if the job is
    its only one.
    """
    fields = output.decode(errors="replace").split("\0")
    for first in range(0, len(fields) - FIELDS + 1, FIELDS):
        sha, email, job_ids, digests = fields[first : first + FIELDS]
        is_ours = email == AUTHOR_EMAIL and job_ids.splitlines() == [job_id]
        if is_ours and SHA.fullmatch(sha):
            return FoundCommit(sha=sha, plan_digest=digests.strip())

    return None
