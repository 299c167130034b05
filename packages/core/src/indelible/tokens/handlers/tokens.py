"""Handlers of single tokens and their tasks: retry and recover tokens, and generate images."""

from collections.abc import Sequence

from indelible.kernel import Head
from indelible.kernel.task_lists import TaskFilter
from indelible.kernel.tasks import Leases, TaskState
from indelible.tokens import commands
from indelible.tokens.commands import TokenSaved
from indelible.tokens.entities.tokens import Token
from indelible.tokens.errors import MintOrphaned, TokenExists, TokenNotFound
from indelible.tokens.handlers.authors import find_or_add_author
from indelible.tokens.handlers.mints import has_lost_its_mint
from indelible.tokens.repositories import Repositories
from indelible.tokens.repositories.finders import TokensWrite
from indelible.tokens.repositories.saving import save_all, save_over
from indelible.tokens.repositories.tokens import enqueue_next_tasks, insert_token, revive_tasks


def retry_token(tx: TokensWrite, command: commands.RetryToken) -> TokenSaved:
    """Start a failed or generating token again from its detection, and requeue its tasks.

    Raises: TokenNotFound, Stale, InvalidTransition, MintOrphaned while no mint of the token is in
    the chain.
    """
    token = Repositories.over(tx).tokens.get_by_token_id(command.token_id)
    if token is None:
        raise TokenNotFound(str(command.token_id))

    head = tx.tokens.tokens.load(token.id, expected_seq=command.expected_seq)
    if has_lost_its_mint(tx, head.entity):
        raise MintOrphaned(command.token_id)

    saved = save_over(tx, tx.tokens.tokens, head, head.entity.requeue())
    revive_tasks(tx, saved)

    return TokenSaved(token=saved, seq=head.revision.seq + 1)


def recover_token(tx: TokensWrite, command: commands.RecoverToken) -> TokenSaved:
    """Add a token that the chain has and the store has not.

    Its mint was not read, so its mint timestamp is the present instant.

    Raises: TokenExists.
    """
    if Repositories.over(tx).tokens.get_by_token_id(command.token_id):
        raise TokenExists(command.token_id)

    now = tx.clock.now()
    author = find_or_add_author(tx, command.author_wallet)
    action = "recover" if command.metadata_cid else "detect"
    token = Token.create(
        action,
        now=now,
        id=tx.ids.new(),
        token_id=command.token_id,
        author_id=author.id,
        mint_timestamp=now,
        metadata_cid=command.metadata_cid,
    )
    return TokenSaved(token=insert_token(tx, token), seq=1)


def cancel_unperformed_tasks(tx: TokensWrite, command: commands.CancelUnperformedTasks) -> int:
    """Cancel waiting tasks of the stages that no worker performs, and return how many."""
    canceled = 0
    for stage in tx.policy.tokens.unperformed_stages:
        waiting = TaskFilter(stage=stage, state=TaskState.WAITING)
        limit = command.limit - canceled
        for task in tx.tasks.list_tasks(waiting, now=tx.clock.now(), after="", limit=limit):
            tx.tasks.cancel(stage, task.entity_id)
            canceled += 1

    return canceled


def start_generation(tx: TokensWrite, leases: Leases) -> Sequence[Head[Token] | None]:
    """Start the image generation of leased tokens.

    Return a head for each lease: also of a token that an earlier lease started, and None for a
    token that is past generation or missing.
    """
    started: dict[str, Head[Token]] = {}
    updates: list[tuple[Head[Token], Token]] = []
    heads = tx.tokens.tokens.lock_all([lease.entity_id for lease in leases])
    for lease in leases:
        head = heads.get(lease.entity_id)
        if head and head.entity.is_generating:
            started[head.entity.id] = head
        elif head and head.entity.awaits_generation:
            updates.append((head, head.entity.mark_generating()))

    for saved in save_all(tx, tx.tokens.tokens, updates):
        started[saved.entity.id] = saved

    return [started.get(lease.entity_id) for lease in leases]


def finish_generation(tx: TokensWrite, images: Sequence[tuple[Head[Token], str]]) -> None:
    """Mark tokens as uploading, each with the path of its image, and enqueue their uploads.

    Raises: Stale when one of the tokens has changed since its generation was started.
    """
    updates = [(head, head.entity.mark_uploading(path)) for head, path in images]
    saved = save_all(tx, tx.tokens.tokens, updates)
    enqueue_next_tasks(tx, [head.entity for head in saved])


def fail_generation(tx: TokensWrite, token_uuid: str, reason: str) -> None:
    """Mark an unfinished token as failed because its generation is given up.

    Do nothing for a token that is revealed, failed or unknown.
    """
    tokens = Repositories.over(tx).tokens
    token = tokens.get_by_id(token_uuid)
    if token and token.is_unfinished:
        tokens.save(token.give_up(reason))
