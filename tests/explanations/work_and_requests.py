"""Planted failures of workers, of a chain and of requests."""

from typing import Final

from attrs import evolve
from tests.explanations.contests_and_money import WORKER, changes_of
from tests.explanations.facts import (
    BEFORE,
    SINCE,
    WHAT,
    WHICH,
    WHO,
    WHY,
    in_export,
    in_log,
)
from tests.explanations.failures import Planted, failure
from tests.explanations.requests import send
from tests.runbooks.bed import Installation, small_plan

from indelible.kernel import Actor
from indelible_service.simulation.plan import (
    HOUR,
    MINUTE,
    FaultKind,
    Plan,
    PlannedBlocks,
    PlannedFault,
    PlannedHostStep,
    PlannedJob,
    PlannedProject,
)

LIBRARY: Final = "tests.explanations.lending"
OUTAGE: Final = 2 * HOUR + 30 * MINUTE


def plan_with_a_job() -> Plan:
    """Return a plan of a job, whose push the Git host refuses."""
    parts = ("shop", "api", "login")
    return evolve(
        small_plan(),
        projects=(PlannedProject(name="shop", user="builder-1", at=HOUR),),
        jobs=(PlannedJob(name="job", project="shop", at=2 * HOUR, parts=parts, revision=1),),
        faults=(PlannedFault(kind=FaultKind.GIT_REFUSAL, at=HOUR, seconds=10 * HOUR),),
    )


@failure(
    in_log(WHAT, level="WARNING", event="job {job}: failed in phase push"),
    in_log(SINCE, event="job {job}: failed"),
    in_log(WHY, event="job {job}: failed.*refused the request: pre-receive hook declined"),
    in_export(WHO, "job", "{job}", action="^create$", actor="^user:builder-1$"),
    in_export(WHICH, "job", "{job}", to_state="^failed$", data__failure_reason="pre-receive hook"),
    in_export(BEFORE, "job", "{job}", action="^create$", request_id="^{request}$"),
    in_log(BEFORE, event="^request$", request_id="^{request}$", status="^201$"),
    plan=plan_with_a_job,
)
def push_that_is_refused(installation: Installation) -> Planted:
    """Let the Git host refuse the push of a job."""
    installation.run_until(2 * HOUR + 20 * MINUTE)
    (created,) = changes_of(installation, "job", "create")
    names = {"job": created.entity_id, "request": created.request_id or ""}
    return Planted(created.at, names)


def plan_with_a_library() -> Plan:
    """Return a plan with the lifecycle of a host, of which somebody borrows a book."""
    step = PlannedHostStep(name="nora", module=LIBRARY, action="borrow", at=HOUR)
    return evolve(small_plan(), modules=(LIBRARY,), host_steps=(step,))


@failure(
    in_log(WHAT, level="ERROR", event="stage renew_loan: task {loan} is dead"),
    in_log(SINCE, event="stage renew_loan: task {loan} will be retried"),
    in_log(WHY, event="task {loan} is dead: LookupError: no card"),
    in_log(WHY, event="task {loan} raised LookupError in.*lending.py"),
    in_export(WHO, "loan", "{loan}", action="^lend$", actor="^user:nora$"),
    in_export(WHICH, "loan", "{loan}", to_state="^LENT$"),
    in_log(BEFORE, changes="loan {loan} 1: lend to LENT", actor="^user:nora$"),
    plan=plan_with_a_library,
)
def stage_with_a_defect(installation: Installation) -> Planted:
    """Let the stage of a host fail at each attempt."""
    installation.run_until(3 * HOUR)
    (lent,) = changes_of(installation, "loan", "lend")
    return Planted(lent.at, {"loan": lent.entity_id})


def plan_with_a_chain() -> Plan:
    """Return a plan with a chain, whose node fails after some hours."""
    blocks: list[PlannedBlocks] = []
    for number in range(1, 40):
        at = number * 10 * MINUTE
        blocks.append(
            PlannedBlocks(name=f"block {number}", at=at, blocks=((number,), ()), wallet=1)
        )
    outage = PlannedFault(kind=FaultKind.CHAIN_OUTAGE, at=OUTAGE, seconds=10 * HOUR)
    return evolve(small_plan(), chain=tuple(blocks), faults=(outage,))


@failure(
    in_log(WHAT, level="WARNING", event="stage detect: task chain will be retried"),
    in_log(SINCE, event="stage detect: task chain raised"),
    in_log(WHY, event="stage detect.*CHAIN_UNREACHABLE: The chain's node does not answer"),
    in_export(WHO, "token", "{token}", action="^detect$", actor=WORKER),
    in_export(WHICH, "mint_event", "{mint}", action="^detect$", data__block_number="^{block}$"),
    in_log(BEFORE, changes="mint_event {mint} 1: detect"),
    plan=plan_with_a_chain,
)
def node_that_does_not_answer(installation: Installation) -> Planted:
    """Let the node of a chain fail."""
    installation.run_until(OUTAGE)
    since = installation.now
    installation.run_until(OUTAGE + 3 * HOUR)
    mint = changes_of(installation, "mint_event", "detect")[-1]
    token = changes_of(installation, "token", "detect")[-1]
    names = {
        "mint": mint.entity_id,
        "token": token.entity_id,
        "block": str(mint.data["block_number"]),
    }
    return Planted(since, names)


@failure(
    in_log(WHAT, event="^request$", request_id="^{request}$", code="^STALE$", status="^412$"),
    in_log(SINCE, event="rolled back with STALE", request_id="^{request}$"),
    in_log(WHY, event="^request$", request_id="^{request}$", if_match='^"1"$'),
    in_export(WHY, "concept", "{concept}", seq="^2$", action="^edit$", actor="^user:noor$"),
    in_log(WHO, event="^request$", request_id="^{request}$", actor="^user:maya$"),
    in_log(WHICH, request_id="^{request}$", ids__concept_id="^{concept}$"),
    in_export(BEFORE, "concept", "{concept}", seq="^2$", request_id="^{other}$"),
    in_log(BEFORE, request_id="^{other}$", changes="concept {concept} 2: edit"),
)
def edit_of_an_older_version(installation: Installation) -> Planted:
    """Let two people edit the same version of a concept."""
    scopes = ("concepts:read", "concepts:write")
    maya = installation.new_key(*scopes, owner=Actor.user("maya"))
    noor = installation.new_key(*scopes, owner=Actor.user("noor"))
    installation.run_until(9 * HOUR)
    content = {"name": "Ratio", "definition": "A comparison of two quantities"}
    body = {"content": content, "reason": "first draft"}
    created = send(installation, maya, "POST", "/v1/concepts", body).document["concept"]["id"]
    path, first = f"/v1/concepts/{created}", {"If_Match": '"1"'}

    installation.run_for(10 * MINUTE)
    body = {"content": {**content, "examples": ["3 to 4"]}, "reason": "an example"}
    other = send(installation, noor, "PUT", path, body, **first)
    installation.run_for(10 * MINUTE)
    body = {"content": {**content, "name": "Ratios"}, "reason": "a better name"}
    refused = send(installation, maya, "PUT", path, body, **first)
    since = installation.now
    installation.run_for(10 * MINUTE)
    names = {"concept": created, "request": refused.request_id, "other": other.request_id}
    return Planted(since, names)
