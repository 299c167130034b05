"""List the subscribers of the feed, and restart one from another position."""

from datetime import datetime
from typing import Final

import click

from indelible.kernel import Actor, SystemClock
from indelible.kernel.subscribers import (
    FEED_BEGINNING,
    FEED_END,
    RestartSubscriber,
    restart_subscriber,
    subscriber_lags,
)
from indelible_service.cli.lists import INSTANT, in_utc
from indelible_service.cli.output import (
    Command,
    open_settings_store,
    print_result,
    print_results,
)

COLUMNS: Final = ("name", "stage", "seconds", "problem")


@click.group()
def subscribers() -> None:
    """List the subscribers of the feed, and restart one."""


@subscribers.command("list", cls=Command)
def list_command() -> None:
    """List the subscribers, with their lag in seconds and why one has stopped."""
    with open_settings_store() as store:
        lags = store.read(subscriber_lags, SystemClock().now())

    print_results(lags, COLUMNS, f"Subscribers: {len(lags)}")


@subscribers.command(cls=Command)
@click.argument("name")
@click.option(
    "--position",
    help=f"{FEED_BEGINNING}, {FEED_END}, or a cursor of the feed, behind which it continues.",
)
@click.option(
    "--since",
    type=INSTANT,
    help="Continue with the first change of this time or later; in UTC without an offset.",
)
@click.option("--reason", required=True, help="The reason, which is recorded with the restart.")
@click.option("--by", default="system:cli", show_default=True, help="The actor in the records.")
def restart(name: str, position: str | None, since: datetime | None, reason: str, by: str) -> None:
    """Let the subscriber NAME continue from another position of the feed.

    Reactions are repeatable: a change that was handled before has no second effect. Changes that a
    later position leaves out are never handled. A worker that runs the subscriber stops.
    """
    if (position is None) == (since is None):
        raise click.UsageError("Pass one of --position and --since.")

    instant = None if since is None else in_utc(since)
    command = RestartSubscriber(name=name, position=position, since=instant)
    with open_settings_store() as store:
        cursor = store.run(restart_subscriber, command, actor=Actor.parse(by), reason=reason)

    after = cursor.feed_cursor or FEED_BEGINNING
    print_result(cursor, f"Subscriber {name} continues after {after}.")
