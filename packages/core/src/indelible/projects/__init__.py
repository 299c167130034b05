"""Projects: long-lived intents that own a Git repository, and jobs that build them."""

from indelible.projects import errors
from indelible.projects.commands import (
    AddPrompt,
    CancelJob,
    CreateJob,
    CreateProject,
    FailJob,
    FinishJob,
    RecordProgress,
    RenameProject,
    RequestRepository,
    RetryJob,
    SetGithubRepoUrl,
    SetNodes,
    StartJob,
)
from indelible.projects.entities.jobs import Job
from indelible.projects.entities.projects import Project
from indelible.projects.entities.records import JobOutput, JobSpec, ProjectPrompt
from indelible.projects.entities.values import (
    ArchitectureSpec,
    DisplayStatus,
    GeneratedFile,
    JobResult,
    LogEntry,
    LogLevel,
    Phase,
    Repository,
)
from indelible.projects.handlers.jobs import (
    cancel_job,
    create_job,
    fail_job,
    finish_job,
    record_progress,
    retry_job,
    start_job,
)
from indelible.projects.handlers.projects import (
    add_prompt,
    create_project,
    rename_project,
    request_repository,
    set_github_repo_url,
    set_nodes,
)
from indelible.projects.handlers.repositories import JobRepository, ProjectRepository
from indelible.projects.lifecycle import (
    JOB,
    PROJECT,
    SUCCESSFUL,
    TERMINAL,
    VALID_TRANSITIONS,
    JobStatus,
    ProjectStatus,
)
from indelible.projects.ports import Checkout, GitHost, JobFilter, ProjectFilter, Workspaces
from indelible.projects.queries import (
    JobDetails,
    JobLogs,
    get_job,
    get_project,
    job_logs,
    list_jobs,
    list_projects,
    list_prompts,
)
from indelible.projects.repositories import ProjectsRead, ProjectsWrite
from indelible.projects.rules.critique import Critique, critique
from indelible.projects.rules.findings import Finding
from indelible.projects.rules.generation import generate_files
from indelible.projects.rules.plan import Plan, PlannedFile, plan_files
from indelible.projects.rules.prompts import effective_prompt
from indelible.projects.rules.tasks import CLEAN_WORKSPACES_STAGE, PROCESS_JOB_STAGE
from indelible.projects.tasks.janitor import Janitor
from indelible.projects.tasks.observers import JobObserver, PushOutcome
from indelible.projects.tasks.process_job import ProcessJob
from indelible.projects.tasks.runs import Generate

__all__ = [
    # commands
    "AddPrompt",
    "CancelJob",
    "CreateJob",
    "CreateProject",
    "FailJob",
    "FinishJob",
    "RecordProgress",
    "RenameProject",
    "RequestRepository",
    "RetryJob",
    "SetGithubRepoUrl",
    "SetNodes",
    "StartJob",
    "add_prompt",
    "cancel_job",
    "create_job",
    "create_project",
    "fail_job",
    "finish_job",
    "record_progress",
    "rename_project",
    "request_repository",
    "retry_job",
    "set_github_repo_url",
    "set_nodes",
    "start_job",
    # queries
    "get_job",
    "get_project",
    "job_logs",
    "list_jobs",
    "list_projects",
    "list_prompts",
    # values
    "JOB",
    "PROJECT",
    "SUCCESSFUL",
    "TERMINAL",
    "VALID_TRANSITIONS",
    "ArchitectureSpec",
    "DisplayStatus",
    "GeneratedFile",
    "Job",
    "JobDetails",
    "JobFilter",
    "JobLogs",
    "JobOutput",
    "JobResult",
    "JobSpec",
    "JobStatus",
    "LogEntry",
    "LogLevel",
    "Phase",
    "Project",
    "ProjectFilter",
    "ProjectPrompt",
    "ProjectStatus",
    "Repository",
    # rules
    "Critique",
    "Finding",
    "Plan",
    "PlannedFile",
    "critique",
    "effective_prompt",
    "generate_files",
    "plan_files",
    # stages
    "CLEAN_WORKSPACES_STAGE",
    "PROCESS_JOB_STAGE",
    # ports and repositories
    "Checkout",
    "GitHost",
    "JobRepository",
    "ProjectRepository",
    "ProjectsRead",
    "ProjectsWrite",
    "Workspaces",
    # errors
    "errors",
    # tasks
    "Generate",
    "Janitor",
    "JobObserver",
    "ProcessJob",
    "PushOutcome",
]
