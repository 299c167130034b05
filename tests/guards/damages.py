"""Damages that the owner of a schema or of a file can do to it.

A store must notice each of them before its first transaction.
"""

from collections.abc import Mapping, Sequence

from indelible_sql.contexts import CATALOG

Damages = Mapping[str, Sequence[str]]
HISTORY = "indelible.history"
NONBLANK_TEXT = "ALTER DOMAIN indelible.nonblank_text"
MORE = (
    "CREATE FUNCTION indelible.more() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'"
)
RUNS = "FOR EACH ROW EXECUTE FUNCTION indelible"
SLEEPING_KEY = """
    DO $$ DECLARE name text; BEGIN
      SELECT tgname INTO name
      FROM pg_trigger
      WHERE tgrelid = 'indelible.history'::regclass AND tgisinternal
      LIMIT 1;
      EXECUTE format('ALTER TABLE indelible.history DISABLE TRIGGER %I', name);
    END $$
"""
NEW_EDGE = "INSERT INTO {}lifecycle_edges VALUES ('concept', 'PUBLISHED', 'undo', 'DRAFT', 0)"
LESS_EDGE = "DELETE FROM {}lifecycle_edges WHERE action = 'revoke'"


def edges(done: str, event: str) -> str:
    return f"ALTER TABLE indelible.lifecycle_edges {done} TRIGGER lifecycle_edges_no_{event}"


ON_POSTGRESQL: Damages = {
    "a trigger that is disabled": (f"ALTER TABLE {HISTORY} DISABLE TRIGGER history_no_update",),
    "a trigger that sleeps in replica mode": (
        f"ALTER TABLE {HISTORY} ENABLE TRIGGER history_no_update",
    ),
    "a trigger that is dropped": ("DROP TRIGGER concepts_one_step ON indelible.concepts",),
    "a trigger that watches one column": (
        "DROP TRIGGER concepts_one_step ON indelible.concepts",
        (
            "CREATE TRIGGER concepts_one_step BEFORE UPDATE OF status ON indelible.concepts"
            f" {RUNS}.concepts_one_step()"
        ),
        "ALTER TABLE indelible.concepts ENABLE ALWAYS TRIGGER concepts_one_step",
    ),
    "a trigger more": (
        MORE,
        f"CREATE TRIGGER more BEFORE INSERT ON indelible.receipts {RUNS}.more()",
    ),
    "a trigger that poses as a host's": (
        MORE,
        f"CREATE TRIGGER history_needs_more BEFORE UPDATE ON indelible.concepts {RUNS}.more()",
    ),
    "a guard that lets all pass": (
        MORE.replace("CREATE", "CREATE OR REPLACE").replace("more", "history_needs_concepts"),
    ),
    "a guard that looks elsewhere for operators": (
        "ALTER FUNCTION indelible.history_needs_concepts() SET search_path = public, pg_catalog",
    ),
    "a guard with its owner's rights": (
        "ALTER FUNCTION indelible.history_needs_concepts() SECURITY DEFINER",
    ),
    "a key that is not enforced": (
        "ALTER TABLE indelible.concepts ALTER CONSTRAINT concepts_history NOT ENFORCED",
    ),
    "a key that is dropped": (f"ALTER TABLE {HISTORY} DROP CONSTRAINT history_predecessor",),
    "a key whose trigger sleeps": (SLEEPING_KEY,),
    "a check that is dropped": (f"ALTER TABLE {HISTORY} DROP CONSTRAINT history_first_change",),
    "a domain without its rule": (f"{NONBLANK_TEXT} DROP CONSTRAINT nonblank_text_check",),
    "a domain with another rule": (
        f"{NONBLANK_TEXT} DROP CONSTRAINT nonblank_text_check",
        f"{NONBLANK_TEXT} ADD CONSTRAINT nonblank_text_check CHECK (VALUE <> 'x')",
    ),
    "a column that may be NULL": (f"ALTER TABLE {HISTORY} ALTER reason DROP NOT NULL",),
    "a generated column that is none": (
        f"ALTER TABLE {HISTORY} ALTER previous_seq DROP EXPRESSION",
    ),
    "another number for a transaction": (f"ALTER TABLE {HISTORY} ALTER txid SET DEFAULT '3'",),
    "a column more": ("ALTER TABLE indelible.keys ADD COLUMN admin boolean",),
    "an index less": ("DROP INDEX indelible.concepts_name_key",),
    "an index more": ("CREATE UNIQUE INDEX more ON indelible.keys (owner)",),
    "a feed without its order": ("DROP INDEX indelible.history_feed",),
    "a rule that swallows writes": (
        "CREATE RULE hush AS ON UPDATE TO indelible.concepts DO INSTEAD NOTHING",
    ),
    "rows that are hidden": ("ALTER TABLE indelible.concepts ENABLE ROW LEVEL SECURITY",),
    "a table's heir": ("CREATE TABLE indelible.heir () INHERITS (indelible.receipts)",),
    "a table that a crash empties": ("ALTER TABLE indelible.receipts SET UNLOGGED",),
    "an edge more": (
        edges("DISABLE", "insert"),
        NEW_EDGE.format("indelible."),
        edges("ENABLE ALWAYS", "insert"),
    ),
    "an edge less": (
        edges("DISABLE", "delete"),
        LESS_EDGE.format("indelible."),
        edges("ENABLE ALWAYS", "delete"),
    ),
}


def trigger(name: str) -> str:
    """The trigger's own text."""
    return next(
        guard.sqlite_statements()[0] for guard in CATALOG.guards("sqlite") if guard.name == name
    )


def rewritten(table: str, old: str, new: str) -> tuple[str, str]:
    text = f"UPDATE sqlite_master SET sql = replace(sql, '{old}', '{new}') WHERE name = '{table}'"
    return "PRAGMA writable_schema = ON", text


ON_SQLITE: Damages = {
    "a trigger that is dropped": ("DROP TRIGGER history_no_update",),
    "a trigger that never fires": (
        "DROP TRIGGER history_no_update",
        trigger("history_no_update").replace("(FALSE)", "(TRUE)"),
    ),
    "a trigger more": ("CREATE TRIGGER more BEFORE INSERT ON receipts BEGIN SELECT 1; END",),
    "a trigger that poses as a host's": (
        "CREATE TRIGGER history_needs_more BEFORE UPDATE ON concepts BEGIN SELECT 1; END",
    ),
    "a check that always holds": rewritten("concepts", "created_at < updated_at", "TRUE"),
    "a key that points elsewhere": rewritten(
        "history", "REFERENCES lifecycle_edges", "REFERENCES elsewhere"
    ),
    "a generated column that is none": rewritten(
        "history", "GENERATED ALWAYS AS (NULLIF(seq - 1, 0)) STORED", ""
    ),
    "a column that may be NULL": rewritten("history", "reason TEXT NOT NULL", "reason TEXT"),
    "a column more": ("ALTER TABLE keys ADD COLUMN admin TEXT",),
    "an index less": ("DROP INDEX concepts_name_key",),
    "an index more": ("CREATE UNIQUE INDEX more ON keys (owner)",),
    "an edge more": (
        "DROP TRIGGER lifecycle_edges_no_insert",
        NEW_EDGE.format(""),
        trigger("lifecycle_edges_no_insert"),
    ),
    "an edge less": (
        "DROP TRIGGER lifecycle_edges_no_delete",
        LESS_EDGE.format(""),
        trigger("lifecycle_edges_no_delete"),
    ),
}
