"""Steps of API keys: each becomes a command that fits the keys of the oracle."""

from tests.stateful.steps import ALL, Call, Step, Twist, World, expected_seq, pick_newest

from indelible.kernel.keys import (
    KEY,
    CreateKey,
    KeySaved,
    RevokeKey,
    create_key,
    list_keys,
    revoke_key,
)

SCOPES = ("concepts:read", "admin")
INVALID_SCOPES = ("Concepts:READ",)


def create(_: World, step: Step) -> Call:
    """Create a key; an illegal one has an invalid scope."""
    scopes = INVALID_SCOPES if step.twist is Twist.ILLEGAL else SCOPES
    return Call(create_key, CreateKey(owner=step.actor, scopes=scopes))


def revoke(world: World, step: Step) -> Call:
    """Revoke a key; an illegal step revokes one that is revoked already."""
    is_legal = step.twist is not Twist.ILLEGAL
    choices: list[KeySaved] = []
    for saved in world.oracle.read(list_keys, limit=ALL):
        is_active = bool(KEY.allowed(saved.key.status))
        if is_active is is_legal:
            choices.append(saved)

    target = pick_newest(choices, step.pick)
    if target is None:
        return create(world, step)

    command = RevokeKey(key_id=target.key.id, expected_seq=expected_seq(step, target.seq))
    return Call(revoke_key, command)
