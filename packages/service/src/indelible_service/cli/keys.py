"""API keys on the command line."""

from datetime import UTC, datetime
from typing import Any, Final

import click
from attrs import asdict
from attrs.filters import exclude

from indelible.kernel import Actor
from indelible.kernel.keys import (
    CreateKey,
    Key,
    KeySaved,
    RevokeKey,
    create_key,
    get_key,
    list_keys,
    revoke_key,
)
from indelible_service.cli.output import Command, answer, answer_table, open_settings_store

PAGE: Final = 500
INSTANT: Final = click.DateTime(("%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M%z"))
BY: Final = click.option("--by", default="system:cli", show_default=True, help="Who does it.")


@click.group()
def key() -> None:
    """Make, list and revoke API keys."""


@key.command(cls=Command)
@click.option("--owner", required=True, help="Whom the key stands for, such as user:maya.")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    required=True,
    help="What it opens: concepts:read; repeatable.",
)
@click.option("--expires", type=INSTANT, help="Until when; UTC unless an offset is given.")
@BY
def create(owner: str, scopes: tuple[str, ...], expires: datetime | None, by: str) -> None:
    """Make a key, and show it this once."""
    until = expires and (expires if expires.tzinfo else expires.replace(tzinfo=UTC)).astimezone(UTC)
    command = CreateKey(owner=Actor.parse(owner), scopes=scopes, expires_at=until)
    with open_settings_store(tells_keys=True) as store:
        made = store.run(create_key, command, actor=Actor.parse(by), reason=f"key for {owner}")
    told = f"{made.text}\n\nShown this once: the database has its digest only."
    answer(_shown(made.key, made.seq) | {"text": made.text}, told)


@key.command("list", cls=Command)
def list_command() -> None:
    """List every key, revoked ones too."""
    found: list[KeySaved] = []
    with open_settings_store() as store:
        while page := store.read(list_keys, after=found[-1].key.id if found else "", limit=PAGE):
            found += page
    shown = [_shown(each.key, each.seq) for each in found]
    answer_table(shown, ("id", "owner", "scopes", "status", "expires_at", "created_at"), "Keys")


@key.command(cls=Command)
@click.argument("key_id")
@BY
@click.option("--reason", default="revoked on the command line", show_default=True)
def revoke(key_id: str, by: str, reason: str) -> None:
    """Close a key for good; the next request with it is refused."""
    with open_settings_store() as store:
        command = RevokeKey(key_id=key_id, expected_seq=store.read(get_key, key_id).seq)
        saved = store.run(revoke_key, command, actor=Actor.parse(by), reason=reason)
    answer(_shown(saved.key, saved.seq), f"{key_id} is revoked.")


def _shown(key: Key, seq: int) -> dict[str, Any]:
    """What may be seen of a key: all but its digest."""
    return asdict(key, recurse=False, filter=exclude("secret_digest")) | {"seq": seq}
