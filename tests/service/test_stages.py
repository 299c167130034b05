"""Each stage of the service declares the lifecycle that the database requires of its tasks."""

from typing import Any

from attrs import evolve

from indelible.contests.rules.tasks import RECONCILE_CONTESTS_STAGE
from indelible.contests.rules.tasks import STAGE_LIFECYCLES as CONTEST_STAGES
from indelible.kernel.stages import Stage
from indelible.kernel.subscribers import FOLLOW_FEED
from indelible.projects.lifecycle import JOB
from indelible.projects.rules import CLEAN_WORKSPACES_STAGE, PROCESS_JOB_STAGE
from indelible.tokens import TOKEN
from indelible.tokens.rules import DETECT_STAGE, NEXT_STAGE
from indelible_service.contexts.tokens import TokenSettings
from indelible_service.processes import build_stages
from indelible_service.sealing import STAGE as SEAL_STAGE
from indelible_service.settings import Settings
from indelible_sql import SqlStore
from indelible_sql.contexts import CATALOG

LIFECYCLES = {name: lifecycle.name for name, lifecycle in CATALOG.stages.items()}


def declared_lifecycles(*stages: Stage[Any, Any, Any]) -> dict[str, str]:
    """Map each stage whose tasks belong to aggregates to the name of their lifecycle."""
    lifecycles: dict[str, str] = {}
    for stage in stages:
        if stage.lifecycle is not None:
            lifecycles[stage.name] = stage.lifecycle.name

    return lifecycles


def test_stages_belong_to_tokens_to_jobs_and_to_contests() -> None:
    of_tokens = dict.fromkeys(NEXT_STAGE.values(), TOKEN.name)

    of_contests = {name: lifecycle.name for name, lifecycle in CONTEST_STAGES.items()}

    assert {**of_tokens, **of_contests, PROCESS_JOB_STAGE: JOB.name} == LIFECYCLES


def test_the_stages_of_the_service_declare_what_the_database_requires(sqlite: SqlStore) -> None:
    section = TokenSettings(rpc_url="http://127.0.0.1:1", contract_address=f"0x{'1' * 40}")
    settings = Settings(database_url=sqlite.own_url)
    sections = {**settings.sections, TokenSettings: section}
    stages = build_stages(evolve(settings, sections=sections), sqlite)

    assert stages.keys() == {
        *CONTEST_STAGES,
        CLEAN_WORKSPACES_STAGE,
        DETECT_STAGE,
        FOLLOW_FEED,
        PROCESS_JOB_STAGE,
        RECONCILE_CONTESTS_STAGE,
        SEAL_STAGE,
    }
    for name, stage in stages.items():
        assert declared_lifecycles(stage).get(name) == LIFECYCLES.get(name)
