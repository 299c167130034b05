"""Rules of projects without I/O: critique, plan, paths, generation, and names."""

from indelible.projects.rules.critique import (
    CRITIQUE_CODES,
    MAX_HIGH_WARNINGS,
    Critique,
    critique,
)
from indelible.projects.rules.findings import Category, Finding, Severity
from indelible.projects.rules.generation import check_sizes, generate_files
from indelible.projects.rules.kinds import NodeKind
from indelible.projects.rules.layout import FileKind
from indelible.projects.rules.naming import repository_name
from indelible.projects.rules.paths import check_paths
from indelible.projects.rules.plan import AppType, Plan, PlannedFile, plan_files
from indelible.projects.rules.prompts import DEFAULT_PROMPT, effective_prompt
from indelible.projects.rules.tasks import (
    CLEAN_WORKSPACES_STAGE,
    PROCESS_JOB_STAGE,
    STAGE_LIFECYCLES,
)

__all__ = [
    "CLEAN_WORKSPACES_STAGE",
    "CRITIQUE_CODES",
    "DEFAULT_PROMPT",
    "MAX_HIGH_WARNINGS",
    "PROCESS_JOB_STAGE",
    "STAGE_LIFECYCLES",
    "AppType",
    "Category",
    "Critique",
    "FileKind",
    "Finding",
    "NodeKind",
    "Plan",
    "PlannedFile",
    "Severity",
    "check_paths",
    "check_sizes",
    "critique",
    "effective_prompt",
    "generate_files",
    "plan_files",
    "repository_name",
]
