"""The conformance suite of projects: what every store must do."""

from indelible.testing.projects.commands import (
    JobCommandsConformance,
    ProjectCommandsConformance,
)
from indelible.testing.projects.integrity import ProjectIntegrityConformance
from indelible.testing.projects.lifecycle import JobLifecycleConformance
from indelible.testing.projects.outputs import JobOutputConformance
from indelible.testing.projects.success import LatestJobConformance


class ProjectsConformance(
    ProjectCommandsConformance,
    JobCommandsConformance,
    JobLifecycleConformance,
    JobOutputConformance,
    LatestJobConformance,
    ProjectIntegrityConformance,
):
    """Subclass it, and give it a fixture `store` with an empty store whose clock ticks."""
