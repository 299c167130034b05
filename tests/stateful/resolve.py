"""Turn the steps of a program into calls that fit the items of the oracle."""

from attrs import evolve
from tests.stateful import (
    capture_steps,
    concept_steps,
    contest_steps,
    key_steps,
    money_steps,
    project_steps,
    token_steps,
)
from tests.stateful.steps import Call, Handler, Resolver, Step, Twist, Verb, World

from indelible import concepts, contests, projects
from indelible.kernel import Head, Idempotency
from indelible.kernel.keys import KeyCreated, KeySaved, create_key, revoke_key

RESOLVERS: dict[Verb, Resolver] = {
    Verb.CREATE: concept_steps.create,
    Verb.CORRECT: concept_steps.correct,
    Verb.EDIT: concept_steps.edit,
    Verb.SUBMIT: concept_steps.change_state,
    Verb.APPROVE: concept_steps.change_state,
    Verb.PUBLISH: concept_steps.change_state,
    Verb.CREATE_KEY: key_steps.create,
    Verb.REVOKE_KEY: key_steps.revoke,
    Verb.SPACE: capture_steps.create_space,
    Verb.SUBSPACE: capture_steps.create_subspace,
    Verb.RENAME: capture_steps.change_space,
    Verb.CAPTURE: capture_steps.capture,
    Verb.SETTING: capture_steps.change_setting,
    Verb.ALGORITHM: capture_steps.set_algorithm,
    Verb.MINT: token_steps.mint,
    Verb.ROLL_BACK: token_steps.roll_back,
    Verb.RECOVER: token_steps.recover,
    Verb.PROMPT: token_steps.set_prompt,
    Verb.TOKEN: token_steps.move_token,
    Verb.RETRY: token_steps.retry,
    Verb.REVEAL: token_steps.reveal,
    Verb.PROJECT: project_steps.create_project,
    Verb.CHANGE_PROJECT: project_steps.change_project,
    Verb.JOB: project_steps.create_job,
    Verb.CHANGE_JOB: project_steps.change_job,
    Verb.CONTEST: contest_steps.publish_contest,
    Verb.CHANGE_CONTEST: contest_steps.change_contest,
    Verb.ENTRY: contest_steps.enter_contest,
    Verb.CHANGE_ENTRY: contest_steps.change_entry,
    Verb.FEE: money_steps.pay_fee,
    Verb.SETTLE: money_steps.settle,
    Verb.PAY_OUT: money_steps.pay_out,
    Verb.REVERSE_PAYOUT: money_steps.reverse_payout,
    Verb.TOP_UP: money_steps.top_up,
    Verb.PROPOSE_REVERSAL: money_steps.propose_reversal,
    Verb.APPROVE_REVERSAL: money_steps.approve_reversal,
    Verb.PAYEE: money_steps.change_payee,
}
# The results of the handlers that are called with an idempotency key.
RESULT_TYPES: dict[Handler, type[object]] = {
    concepts.create_concept: concepts.ConceptSaved,
    concepts.edit_concept: concepts.ConceptSaved,
    concepts.submit_concept: concepts.ConceptSaved,
    concepts.approve_concept: concepts.ConceptSaved,
    concepts.publish_concept: concepts.ConceptSaved,
    contests.enter_contest: Head[contests.Entry],
    projects.create_job: Head[projects.Job],
    projects.retry_job: Head[projects.Job],
    create_key: KeyCreated,
    revoke_key: KeySaved,
}


def next_call(world: World, step: Step) -> Call:
    """Return the call that the step becomes, and add it to the world's calls."""
    if step.twist is Twist.REPEATED and world.calls:
        call = _repeated_call(world, step)
    else:
        call = _new_call(world, step)

    world.calls.append(call)
    return call


def _repeated_call(world: World, step: Step) -> Call:
    """Return an earlier call, or another command under its idempotency key."""
    keyed_calls = [call for call in world.calls if call.idempotency is not None]
    if not keyed_calls or not step.has_idempotency_key:
        return world.calls[-1]

    earlier = keyed_calls[step.pick % len(keyed_calls)]
    other = _new_call(world, evolve(step, twist=Twist.RIGHT))
    if step.pick % 2 or other.idempotency is None or earlier.idempotency is None:
        return earlier

    idempotency = Idempotency(earlier.idempotency.key, other.idempotency.result_type)
    return evolve(other, idempotency=idempotency, actor=earlier.actor)


def _new_call(world: World, step: Step) -> Call:
    """Resolve a step; give the call an idempotency key if the step and the handler allow one."""
    resolve = RESOLVERS[step.verb]
    call = resolve(world, step)
    result_type = RESULT_TYPES.get(call.handler)
    if not step.has_idempotency_key or result_type is None:
        return evolve(call, actor=step.actor)

    world.idempotency_keys += 1
    idempotency = Idempotency(f"key-{world.idempotency_keys}", result_type)
    return evolve(call, actor=step.actor, idempotency=idempotency)
