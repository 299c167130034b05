"""Tokens on the command line: what a webhook or a worker has missed is read from the chain again."""

import click

from indelible import tokens
from indelible.kernel import Actor
from indelible_service.cli.output import Command, answer, open_settings_store
from indelible_service.settings import load

CLI = Actor.system("cli")
BLOCK = click.IntRange(0, 2**63 - 1)


@click.command("recover-events", cls=Command)
@click.option(
    "--from-block", type=BLOCK, help="The first block; by default the first that was not read yet."
)
@click.option("--to-block", type=BLOCK, help="The last one; by default the last that is confirmed.")
@click.option(
    "--batch-size",
    type=click.IntRange(1, 2_000),
    default=1_000,
    show_default=True,
    help="Blocks at once.",
)
@click.option("--dry-run", is_flag=True, help="Keep nothing; say what there is.")
def recover_events(
    from_block: int | None, to_block: int | None, batch_size: int, *, dry_run: bool
) -> None:
    """Read blocks of the chain again, and keep the mints that are new.

    What is kept already stays as it is. Each page is kept by itself, so that it may be stopped and begun again.
    """
    from indelible_service.composition import detection_of

    with open_settings_store() as store:
        watch = detection_of(load(), store, max_blocks=batch_size)
        span, found = (
            watch.confirmed_range(from_block, to_block),
            tokens.BlocksRecorded(mints=0, tokens=0),
        )
        for page in watch.read_blocks(span):
            kept = tokens.BlocksRecorded(
                mints=len(page.mints), tokens=sum(each.quantity for each in page.mints)
            )
            if not dry_run:
                keep = tokens.RecordBlocks(batch=page)
                kept = store.run(
                    tokens.record_blocks, keep, actor=CLI, reason="blocks are read again"
                )
            found = tokens.BlocksRecorded(
                mints=found.mints + kept.mints, tokens=found.tokens + kept.tokens
            )
    words = "found" if dry_run else "new"
    answer(
        found,
        f"{found.mints} mints with {found.tokens} tokens {words} in blocks {span.first} to {span.last}.",
    )


@click.command("recover-tokens", cls=Command)
@click.option(
    "--limit",
    type=click.IntRange(1, 100_000),
    default=1_000,
    show_default=True,
    help="The most tokens.",
)
@click.option("--dry-run", is_flag=True, help="Keep nothing; say what is missing.")
def recover_tokens(limit: int, *, dry_run: bool) -> None:
    """Keep the tokens that the chain counts and nobody told of."""
    from indelible_service.composition import chain_of

    with open_settings_store() as store:
        chain, confirmed = chain_of(settings := load()), settings.confirmations
        found = tokens.recover_missing(
            store, chain, actor=CLI, confirmations=confirmed, limit=limit, dry_run=dry_run
        )
    said = f"{found.on_chain} tokens on the chain, {len(found.missing)} missing here, {len(found.recovered)} recovered"
    answer(found, f"{said}, {len(found.failed)} not.")
    if found.failed:
        raise SystemExit(1)
