"""Create, list and revoke API keys."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import click
from attrs import asdict
from attrs.filters import exclude

from indelible.kernel import Actor
from indelible.kernel.keys import (
    CreateKey,
    Key,
    KeyFilter,
    KeySaved,
    RevokeKey,
    create_key,
    get_key,
    list_keys,
    revoke_key,
)
from indelible_service.cli.lists import INSTANT, filter_of, in_utc, list_options, read_all
from indelible_service.cli.output import Command, open_settings_store, print_result, print_results
from indelible_service.contexts import service_scopes

COLUMNS: Final = ("id", "owner", "scopes", "status", "expires_at", "created_at")
ACTOR_OPTION: Final = click.option(
    "--by", default="system:cli", show_default=True, help="The actor in the history."
)


class ScopeChoice(click.Choice[str]):
    """A scope of a context that is on; the help shows those of all built-in contexts."""

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the scope, or raise click's error about it."""
        from indelible_service.hosts.scopes import host_scopes
        from indelible_service.instance.record import command_settings

        settings = command_settings()
        scopes = [*service_scopes(settings.built_in_contexts)]
        if settings.host_modules:
            scopes += host_scopes(settings)
        return click.Choice(scopes).convert(value, param, ctx)


@click.group()
def key() -> None:
    """Create, list and revoke API keys."""


@key.command(cls=Command)
@click.option("--owner", required=True, help="The actor the key acts as, such as user:maya.")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    required=True,
    type=ScopeChoice(service_scopes()),
    help="A permission; `admin` includes every other one. Repeatable.",
)
@click.option(
    "--expires", type=INSTANT, help="When the key expires; in UTC unless an offset is included."
)
@ACTOR_OPTION
def create(owner: str, scopes: tuple[str, ...], expires: datetime | None, by: str) -> None:
    """Create a key and print it, which happens only once."""
    expires_at = None if expires is None else in_utc(expires)
    command = CreateKey(owner=Actor.parse(owner), scopes=scopes, expires_at=expires_at)
    with open_settings_store(needs_key_secret=True) as store:
        created = store.run(create_key, command, actor=Actor.parse(by), reason=f"key for {owner}")

    document = {**_key_fields(created.key, created.seq), "text": created.text}
    text = f"{created.text}\n\nSave it now: the database stores only its digest."
    print_result(document, text)


@key.command("list", cls=Command)
@list_options(KeyFilter)
def list_command(**options: object) -> None:
    """List the keys, including revoked ones; by id unless an order is given."""
    matching = filter_of(KeyFilter, options)
    with open_settings_store() as store:

        def read_page(after: str, limit: int) -> Sequence[KeySaved]:
            return store.read(list_keys, matching=matching, after=after, limit=limit)

        keys = read_all(read_page, lambda saved: matching.position_of(saved.key))

    documents = [_key_fields(saved.key, saved.seq) for saved in keys]
    print_results(documents, COLUMNS, "Keys")


@key.command(cls=Command)
@click.argument("key_id")
@ACTOR_OPTION
@click.option("--reason", default="revoked on the command line", show_default=True)
def revoke(key_id: str, by: str, reason: str) -> None:
    """Revoke a key permanently; the next request with it is refused."""
    with open_settings_store() as store:
        current = store.read(get_key, key_id)
        command = RevokeKey(key_id=key_id, expected_seq=current.seq)
        saved = store.run(revoke_key, command, actor=Actor.parse(by), reason=reason)

    print_result(_key_fields(saved.key, saved.seq), f"Key {key_id} is revoked.")


def _key_fields(key: Key, seq: int) -> dict[str, Any]:
    """Return the fields of a key without its digest."""
    fields = asdict(key, recurse=False, filter=exclude("secret_digest"))
    return {**fields, "seq": seq}
