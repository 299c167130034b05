"""Tasks on projects that leave the process: processing jobs, and cleaning up after them."""

from indelible.projects.tasks.failpoints import AtJobFailpoint, JobFailpoint
from indelible.projects.tasks.janitor import Janitor
from indelible.projects.tasks.observers import JobObserver, PushOutcome, SilentObserver
from indelible.projects.tasks.process_job import ProcessJob
from indelible.projects.tasks.runs import Generate, JobWork

__all__ = [
    "AtJobFailpoint",
    "Generate",
    "Janitor",
    "JobFailpoint",
    "JobObserver",
    "JobWork",
    "ProcessJob",
    "PushOutcome",
    "SilentObserver",
]
