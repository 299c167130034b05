"""API keys on the command line."""

from datetime import UTC, datetime
from typing import Any

import click

from indelible.kernel import Actor, instant_text
from indelible.kernel.keys import CreateKey, KeySaved, RevokeKey, create_key, get_key, list_keys, revoke_key
from indelible_service.cli.answers import Command, answer, answer_table
from indelible_service.settings import load

PAGE = 500


@click.group()
def key() -> None:
    """Make, list and revoke API keys."""


@key.command(cls=Command)
@click.option("--owner", required=True, help="Whom the key stands for, such as user:maya.")
@click.option(
    "--scope", "scopes", multiple=True, required=True, help="What it opens, such as concepts:read; repeatable."
)
@click.option("--expires", help="Until when, such as 2027-01-31T12:00; UTC unless an offset is given.")
@click.option("--by", default="system:cli", show_default=True, help="Who makes it.")
def create(owner: str, scopes: tuple[str, ...], expires: str | None, by: str) -> None:
    """Make a key, and show it this once."""
    from indelible_service.database import opened

    command = CreateKey(owner=Actor.parse(owner), scopes=scopes, expires_at=_instant(expires) if expires else None)
    with opened(load(), tells_keys=True) as store:
        made = store.run(create_key, command, actor=Actor.parse(by), reason=f"key for {owner}")
    shown = _shown(KeySaved(key=made.key, seq=made.seq)) | {"text": made.text}
    answer(shown, f"{made.text}\n\nIt is shown this once, and kept nowhere.")


@key.command("list", cls=Command)
def list_command() -> None:
    """List every key, revoked ones too."""
    from indelible_service.database import opened

    found: list[KeySaved] = []
    with opened(load()) as store:
        while page := store.read(list_keys, after=found[-1].key.id if found else "", limit=PAGE):
            found += page
    shown = [_shown(each) for each in found]
    columns = ("id", "owner", "scopes", "status", "expires_at", "created_at")
    rows = [[" ".join(row[name]) if name == "scopes" else row[name] or "never" for name in columns] for row in shown]
    answer_table(shown, columns, rows, title="Keys")


@key.command(cls=Command)
@click.argument("key_id")
@click.option("--by", default="system:cli", show_default=True, help="Who revokes it.")
@click.option("--reason", default="revoked on the command line", show_default=True)
def revoke(key_id: str, by: str, reason: str) -> None:
    """Close a key for good; the next request with it is refused."""
    from indelible_service.database import opened

    with opened(load()) as store:
        command = RevokeKey(key_id=key_id, expected_seq=store.read(get_key, key_id).seq)
        saved = store.run(revoke_key, command, actor=Actor.parse(by), reason=reason)
    answer(_shown(saved), f"{key_id} is revoked.")


def _instant(text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise click.BadParameter("an instant such as 2027-01-31T12:00 is wanted", param_hint="--expires") from error
    return (instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant).astimezone(UTC)


def _shown(saved: KeySaved) -> dict[str, Any]:
    """What may be seen of a key: all but its digest."""
    key = saved.key
    return {
        "id": key.id,
        "seq": saved.seq,
        "owner": str(key.owner),
        "scopes": key.scopes,
        "status": key.status.value,
        "expires_at": key.expires_at and instant_text(key.expires_at),
        "created_at": instant_text(key.created_at),
    }
