"""The guards of tokens, beside those that every head has."""

from collections.abc import Iterator
from typing import Final

from indelible.tokens import (
    TokenStatus,
)
from indelible.tokens.rules.tasks import STAGE_LIFECYCLES
from indelible_sql.kernel.task_guards import task_entity_guard
from indelible_sql.schema.entity_conditions import entity_guards
from indelible_sql.schema.guard import Guard, qualified_name
from indelible_sql.tokens.heads import MAPPINGS
from indelible_sql.tokens.tables import MINT_EVENTS, REVEALS, TOKENS

# A mint of one log is canonical at most once. SQLite needs this beside the unique index: a write
# with OR REPLACE would delete the canonical mint.
_IS_CANONICAL_ONCE: Final = (
    "NEW.status <> 'canonical' OR NOT EXISTS ("
    "SELECT 1 FROM main.mint_events AS other"
    " WHERE other.status = 'canonical'"
    " AND other.tx_hash = NEW.tx_hash"
    " AND other.log_index = NEW.log_index"
    " AND other.id <> NEW.id)"
)

# The minting fields change only when a failed token is retried, as `Token.fixed_fields` says. By
# hand: `FixedIf` sees the row before a change, and this depends on the status after it too.
_HAS_SAME_MINT: Final = (
    f"OLD.status = '{TokenStatus.FAILED}' AND NEW.status = '{TokenStatus.DETECTED}'"
    " OR NEW.author_id = OLD.author_id"
    " AND NEW.mint_timestamp = OLD.mint_timestamp"
    " AND coalesce(NEW.minter_address, '') = coalesce(OLD.minter_address, '')"
    " AND coalesce(NEW.mint_event_id, '') = coalesce(OLD.mint_event_id, '')"
)


def own_guards(dialect: str) -> Iterator[Guard]:
    """Yield the guards of tokens for a dialect."""
    if dialect == "sqlite":
        for event, rule in (
            ("INSERT", "insert_canonical_once"),
            ("UPDATE", "update_canonical_once"),
        ):
            yield Guard(table=MINT_EVENTS, rule=rule, event=event, condition=_IS_CANONICAL_ONCE)

    for mapping in MAPPINGS:
        yield from entity_guards(mapping.table, mapping.entity, dialect)

    yield Guard(table=TOKENS, rule="fixed_unless_retried", event="UPDATE", condition=_HAS_SAME_MINT)
    yield Guard(
        table=REVEALS, rule="has_tokens", event="INSERT", condition=_all_tokens_exist(dialect)
    )
    yield task_entity_guard(TOKENS, STAGE_LIFECYCLES, dialect)


def _all_tokens_exist(dialect: str) -> str:
    """Return the condition that every token of a new reveal is stored.

    It stands in for a foreign key, which a list of ids cannot have. Tokens are never deleted. A
    value that is not a list is refused by the column's type, not here.
    """
    if dialect == "sqlite":
        is_list = "json_valid(NEW.token_ids) AND json_type(NEW.token_ids) = 'array'"
        listed_id = "listed.value"
        listed = "json_each({ids}) AS listed"
    else:
        is_list = "jsonb_typeof(NEW.token_ids) = 'array'"
        listed_id = "listed.id"
        listed = "jsonb_array_elements_text({ids}) AS listed (id)"

    ids = f"CASE WHEN {is_list} THEN NEW.token_ids ELSE '[]' END"
    return (
        f"NOT EXISTS (SELECT 1 FROM {listed.format(ids=ids)} WHERE NOT EXISTS ("
        f"SELECT 1 FROM {qualified_name(TOKENS, dialect)} AS token"
        f" WHERE token.id = {listed_id}))"
    )
