"""Names of the stages of projects, and the lifecycles to which their tasks belong."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from indelible.kernel import Lifecycle
from indelible.projects.lifecycle import JOB

PROCESS_JOB_STAGE: Final = "process_job"  # the id of a task is the id of its job
CLEAN_WORKSPACES_STAGE: Final = "clean_workspaces"

# The stages whose tasks belong to jobs. The janitor of workspaces stands alone.
STAGE_LIFECYCLES: Final[Mapping[str, Lifecycle[StrEnum]]] = {PROCESS_JOB_STAGE: JOB}
