"""Recover tokens: read what a webhook or a worker has missed from the chain again."""

from collections.abc import Sequence
from typing import Final

import click

from indelible import tokens
from indelible.kernel import Actor
from indelible_service.cli.output import Command, open_settings_store, print_result

CLI: Final = Actor.system("cli")
MAX_BLOCK: Final = 2**63 - 1
BLOCK: Final = click.IntRange(0, MAX_BLOCK)


@click.command("recover-events", cls=Command)
@click.option("--from-block", type=BLOCK, help="The first block; by default the first unread one.")
@click.option("--to-block", type=BLOCK, help="The last block; by default the last confirmed one.")
@click.option(
    "--batch-size",
    type=click.IntRange(1, 2_000),
    default=1_000,
    show_default=True,
    help="The number of blocks in one request.",
)
@click.option("--dry-run", is_flag=True, help="Save nothing; only count.")
def recover_events(
    from_block: int | None, to_block: int | None, batch_size: int, *, dry_run: bool
) -> None:
    """Read blocks of the chain again and save the mints that are new.

    Existing mints stay as they are. Each batch is saved in its own transaction, so the command may
    be stopped and repeated.
    """
    from indelible_service.contexts.tokens import TokenSettings, build_detection
    from indelible_service.instance.record import command_settings

    mints = 0
    token_count = 0
    quarantined: list[tokens.InvalidLog] = []
    with open_settings_store() as store:
        section = command_settings().section(TokenSettings)
        detection = build_detection(section, store, max_blocks=batch_size)
        block_range = detection.confirmed_range(from_block, to_block)
        for batch in detection.read_blocks(block_range):
            if dry_run:
                quarantined.extend(batch.invalid_logs)
                mints += len(batch.mints)
                token_count += sum(mint.quantity for mint in batch.mints)
                continue

            saved = tokens.record_batch(store, batch, actor=CLI, reason="recovery of events")
            quarantined.extend(saved.quarantined)
            mints += saved.mints
            token_count += saved.tokens

    kind = "mint" if dry_run else "new mint"
    blocks = f"blocks {block_range.first} to {block_range.last}"
    print_result(
        tokens.BlocksRecorded(mints=mints, tokens=token_count, quarantined=tuple(quarantined)),
        f"{blocks} have {_count(mints, kind)} with {_count(token_count, 'token')}"
        f"{_quarantine(quarantined)}.",
    )


def _count(number: int, noun: str) -> str:
    """Return a number with its noun, in the plural unless it is one."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _quarantine(logs: Sequence[tokens.InvalidLog]) -> str:
    """Return how many logs are quarantined, and the first of them."""
    if not logs:
        return ""

    log = logs[0]
    return (
        f"; {_count(len(logs), 'log')} quarantined, the first one in block {log.block_number},"
        f" transaction {log.tx_hash}, field {log.field}"
    )


@click.command("recover-tokens", cls=Command)
@click.option(
    "--limit",
    type=click.IntRange(1, 100_000),
    default=1_000,
    show_default=True,
    help="The maximum number of tokens.",
)
@click.option("--dry-run", is_flag=True, help="Save nothing; only list what is missing.")
def recover_tokens(limit: int, *, dry_run: bool) -> None:
    """Save the tokens that exist on the chain and not in the database."""
    from indelible_service.contexts.tokens import TokenSettings, build_chain
    from indelible_service.instance.record import command_settings

    with open_settings_store() as store:
        section = command_settings().section(TokenSettings)
        report = tokens.recover_missing(
            store,
            build_chain(section),
            actor=CLI,
            confirmations=section.confirmations,
            start_block=section.start_block,
            max_tokens_per_mint=section.max_tokens_per_mint,
            limit=limit,
            dry_run=dry_run,
        )

    counts = (
        f"{report.on_chain} tokens on the chain, {len(report.missing)} missing in the database, "
        f"{len(report.recovered)} recovered, {len(report.failed)} failed."
    )
    document = {
        "on_chain": report.on_chain,
        "missing": [str(token_id) for token_id in report.missing],
        "recovered": [str(token_id) for token_id in report.recovered],
        "failed": [str(token_id) for token_id in report.failed],
    }
    print_result(document, counts)
    if report.failed:
        raise SystemExit(1)
