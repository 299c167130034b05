"""Each stage of the service declares the lifecycle that the database requires of its tasks."""

from typing import Any

from attrs import evolve

from indelible.contests.rules.tasks import RECONCILE_CONTESTS_STAGE
from indelible.contests.rules.tasks import STAGE_LIFECYCLES as CONTEST_STAGES
from indelible.kernel.stages import Stage
from indelible.kernel.subscribers import FOLLOW_FEED
from indelible.money.rules.payouts import PAYOUT_STAGE_LIFECYCLES
from indelible.money.rules.reconciliation import RECONCILE_CHEAP_STAGE, RECONCILE_FULL_STAGE
from indelible.money.rules.stages import PAYMENT_STAGE_LIFECYCLES
from indelible.money.rules.stages import STAGE_LIFECYCLES as MONEY_STAGES
from indelible.projects.lifecycle import JOB
from indelible.projects.rules.tasks import CLEAN_WORKSPACES_STAGE, PROCESS_JOB_STAGE
from indelible.reactions import POST_SETTLEMENT_STAGE, UPDATE_CHARGES_STAGE
from indelible.tokens import TOKEN
from indelible.tokens.rules.tasks import DETECT_STAGE, NEXT_STAGE
from indelible_service.contexts.money import MoneySettings
from indelible_service.contexts.tokens import TokenSettings
from indelible_service.processes.building import build_stages
from indelible_service.settings.service import Settings
from indelible_service.stages.sealing import STAGE as SEAL_STAGE
from indelible_sql import SqlStore
from indelible_sql.contexts import CATALOG

STRIPE = MoneySettings(api_key="sk_test_1", webhook_secrets=("whsec_1",))
LIFECYCLES = {name: lifecycle.name for name, lifecycle in CATALOG.stages.items()}


def declared_lifecycles(*stages: Stage[Any, Any, Any]) -> dict[str, str]:
    """Map each stage whose tasks belong to aggregates to the name of their lifecycle."""
    lifecycles: dict[str, str] = {}
    for stage in stages:
        if stage.lifecycle is not None:
            lifecycles[stage.name] = stage.lifecycle.name

    return lifecycles


def test_stages_belong_to_tokens_to_jobs_to_contests_and_to_money() -> None:
    of_tokens = dict.fromkeys(NEXT_STAGE.values(), TOKEN.name)

    of_contests = {name: lifecycle.name for name, lifecycle in CONTEST_STAGES.items()}
    of_money = {name: lifecycle.name for name, lifecycle in MONEY_STAGES.items()}

    of_all = {**of_tokens, **of_contests, **of_money, PROCESS_JOB_STAGE: JOB.name}
    assert of_all == LIFECYCLES


def test_the_stages_of_the_service_declare_what_the_database_requires(sqlite: SqlStore) -> None:
    section = TokenSettings(rpc_url="http://127.0.0.1:1", contract_address=f"0x{'1' * 40}")
    settings = Settings(database_url=sqlite.own_url)
    sections = {**settings.sections, TokenSettings: section, MoneySettings: STRIPE}
    stages = build_stages(evolve(settings, sections=sections), sqlite)

    assert stages.keys() == {
        *CONTEST_STAGES,
        CLEAN_WORKSPACES_STAGE,
        DETECT_STAGE,
        FOLLOW_FEED,
        POST_SETTLEMENT_STAGE,
        PROCESS_JOB_STAGE,
        RECONCILE_CHEAP_STAGE,
        RECONCILE_CONTESTS_STAGE,
        RECONCILE_FULL_STAGE,
        SEAL_STAGE,
        UPDATE_CHARGES_STAGE,
        *PAYMENT_STAGE_LIFECYCLES,
        *PAYOUT_STAGE_LIFECYCLES,
    }
    for name, stage in stages.items():
        assert declared_lifecycles(stage).get(name) == LIFECYCLES.get(name)
