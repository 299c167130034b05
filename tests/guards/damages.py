"""Changes of a schema that its owner, or the owner of a file, can make.

A store must refuse each changed schema before its first transaction.
"""

from collections.abc import Mapping, Sequence

from indelible_sql.contexts import CATALOG

Damages = Mapping[str, Sequence[str]]
HISTORY = "indelible.history"
NONBLANK_TEXT = "ALTER DOMAIN indelible.nonblank_text"
EXTRA_FUNCTION = (
    "CREATE FUNCTION indelible.more() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'"
)
FOR_EACH_ROW = "FOR EACH ROW EXECUTE FUNCTION indelible"
DISABLED_FOREIGN_KEY = """
    DO $$ DECLARE name text; BEGIN
      SELECT tgname INTO name
      FROM pg_trigger
      WHERE tgrelid = 'indelible.history'::regclass AND tgisinternal
      LIMIT 1;
      EXECUTE format('ALTER TABLE indelible.history DISABLE TRIGGER %I', name);
    END $$
"""
INSERTED_EDGE = "INSERT INTO {}lifecycle_edges VALUES ('concept', 'PUBLISHED', 'undo', 'DRAFT', 0)"
DELETED_EDGE = "DELETE FROM {}lifecycle_edges WHERE action = 'revoke'"


def alter_edge_guard(operation: str, event: str) -> str:
    """Return the statement that enables or disables a trigger of the edges."""
    return f"ALTER TABLE indelible.lifecycle_edges {operation} TRIGGER lifecycle_edges_no_{event}"


POSITIONS = "ALTER SEQUENCE indelible.history_position_seq"
ON_POSTGRESQL: Damages = {
    "a trigger that is disabled": (f"ALTER TABLE {HISTORY} DISABLE TRIGGER history_no_update",),
    "a trigger that does not fire in replica mode": (
        f"ALTER TABLE {HISTORY} ENABLE TRIGGER history_no_update",
    ),
    "a trigger that is dropped": ("DROP TRIGGER concepts_one_step ON indelible.concepts",),
    "a trigger on one column only": (
        "DROP TRIGGER concepts_one_step ON indelible.concepts",
        (
            "CREATE TRIGGER concepts_one_step BEFORE UPDATE OF status ON indelible.concepts"
            f" {FOR_EACH_ROW}.concepts_one_step()"
        ),
        "ALTER TABLE indelible.concepts ENABLE ALWAYS TRIGGER concepts_one_step",
    ),
    "an extra trigger": (
        EXTRA_FUNCTION,
        f"CREATE TRIGGER more BEFORE INSERT ON indelible.receipts {FOR_EACH_ROW}.more()",
    ),
    "a trigger with the name of a host's": (
        EXTRA_FUNCTION,
        (
            "CREATE TRIGGER history_needs_more BEFORE UPDATE ON indelible.concepts"
            f" {FOR_EACH_ROW}.more()"
        ),
    ),
    "a guard that accepts everything": (
        EXTRA_FUNCTION.replace("CREATE", "CREATE OR REPLACE").replace(
            "more", "history_needs_concepts"
        ),
    ),
    "a guard with another search path": (
        "ALTER FUNCTION indelible.history_needs_concepts() SET search_path = public, pg_catalog",
    ),
    "a guard with its owner's rights": (
        "ALTER FUNCTION indelible.history_needs_concepts() SECURITY DEFINER",
    ),
    "a key that is not enforced": (
        "ALTER TABLE indelible.concepts ALTER CONSTRAINT concepts_history NOT ENFORCED",
    ),
    "a key that is dropped": (f"ALTER TABLE {HISTORY} DROP CONSTRAINT history_predecessor",),
    "a key whose trigger is disabled": (DISABLED_FOREIGN_KEY,),
    "a check that is dropped": (f"ALTER TABLE {HISTORY} DROP CONSTRAINT history_first_change",),
    "a domain without its check": (f"{NONBLANK_TEXT} DROP CONSTRAINT nonblank_text_check",),
    "a domain with another check": (
        f"{NONBLANK_TEXT} DROP CONSTRAINT nonblank_text_check",
        f"{NONBLANK_TEXT} ADD CONSTRAINT nonblank_text_check CHECK (VALUE <> 'x')",
    ),
    "a column that may be NULL": (f"ALTER TABLE {HISTORY} ALTER reason DROP NOT NULL",),
    "a generated column that is not generated": (
        f"ALTER TABLE {HISTORY} ALTER previous_seq DROP EXPRESSION",
    ),
    "another default of txid": (f"ALTER TABLE {HISTORY} ALTER txid SET DEFAULT '3'",),
    "an extra column": ("ALTER TABLE indelible.keys ADD COLUMN admin boolean",),
    "a missing index": ("DROP INDEX indelible.concepts_name_key",),
    "an extra index": ("CREATE UNIQUE INDEX more ON indelible.keys (owner)",),
    "a sequence of positions that caches": (f"{POSITIONS} CACHE 20",),
    "a sequence of positions that leaves gaps": (f"{POSITIONS} INCREMENT 2",),
    "a sequence of positions that begins again": (f"{POSITIONS} CYCLE",),
    "a sequence of positions with an end": (f"{POSITIONS} MAXVALUE 1000",),
    "a sequence of positions below 1": (f"{POSITIONS} MINVALUE 0",),
    "a missing index of the feed": ("DROP INDEX indelible.history_feed",),
    "a rewrite rule that discards writes": (
        "CREATE RULE hush AS ON UPDATE TO indelible.concepts DO INSTEAD NOTHING",
    ),
    "row level security": ("ALTER TABLE indelible.concepts ENABLE ROW LEVEL SECURITY",),
    "a table that inherits": ("CREATE TABLE indelible.heir () INHERITS (indelible.receipts)",),
    "an unlogged table": ("ALTER TABLE indelible.receipts SET UNLOGGED",),
    "an extra edge": (
        alter_edge_guard("DISABLE", "insert"),
        INSERTED_EDGE.format("indelible."),
        alter_edge_guard("ENABLE ALWAYS", "insert"),
    ),
    "a missing edge": (
        alter_edge_guard("DISABLE", "delete"),
        DELETED_EDGE.format("indelible."),
        alter_edge_guard("ENABLE ALWAYS", "delete"),
    ),
}


def trigger_statement(name: str) -> str:
    """Return the declared statement of a trigger of SQLite."""
    for guard in CATALOG.guards("sqlite"):
        if guard.name == name:
            return guard.sqlite_statements()[0]

    raise LookupError(name)


def rewritten_schema(table: str, old: str, new: str) -> tuple[str, str]:
    """Return the statements that replace a part of a table's statement in the file."""
    update = f"UPDATE sqlite_master SET sql = replace(sql, '{old}', '{new}') WHERE name = '{table}'"
    return "PRAGMA writable_schema = ON", update


ON_SQLITE: Damages = {
    "a trigger that is dropped": ("DROP TRIGGER history_no_update",),
    "a trigger whose condition is never true": (
        "DROP TRIGGER history_no_update",
        trigger_statement("history_no_update").replace("(FALSE)", "(TRUE)"),
    ),
    "an extra trigger": ("CREATE TRIGGER more BEFORE INSERT ON receipts BEGIN SELECT 1; END",),
    "a trigger with the name of a host's": (
        "CREATE TRIGGER history_needs_more BEFORE UPDATE ON concepts BEGIN SELECT 1; END",
    ),
    "a check that is always true": rewritten_schema("concepts", "created_at < updated_at", "TRUE"),
    "a key to another table": rewritten_schema(
        "history", "REFERENCES lifecycle_edges", "REFERENCES elsewhere"
    ),
    "a generated column that is not generated": rewritten_schema(
        "history", "GENERATED ALWAYS AS (NULLIF(seq - 1, 0)) STORED", ""
    ),
    "a column that may be NULL": rewritten_schema("history", "reason TEXT NOT NULL", "reason TEXT"),
    "an extra column": ("ALTER TABLE keys ADD COLUMN admin TEXT",),
    "a missing index": ("DROP INDEX concepts_name_key",),
    "an extra index": ("CREATE UNIQUE INDEX more ON keys (owner)",),
    "an extra edge": (
        "DROP TRIGGER lifecycle_edges_no_insert",
        INSERTED_EDGE.format(""),
        trigger_statement("lifecycle_edges_no_insert"),
    ),
    "a missing edge": (
        "DROP TRIGGER lifecycle_edges_no_delete",
        DELETED_EDGE.format(""),
        trigger_statement("lifecycle_edges_no_delete"),
    ),
}
