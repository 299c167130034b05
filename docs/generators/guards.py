"""The page of the guards: what each guard of the databases refuses, once, in one sentence."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from docs.generators.markdown import page

from indelible_sql.contexts import CATALOG
from indelible_sql.schema.ddl import DIALECTS

MEASURED = Path(__file__).parents[2] / "tests" / "guards" / "measured.md"
HEADINGS = ("### On PostgreSQL", "### On SQLite")  # in this order: keys of PostgreSQL refuse alone
UNREACHED = "## Guards that no attack reaches"
UNDETECTED = "## What no guard can detect"
ROW = re.compile(r"\| `(?P<guard>[^`]+)` \| (?P<attack>.*?) \| .*")
UNREACHED_ROW = re.compile(r"\| `(?P<guard>[^`]+)` \| [a-z]+ \| (?P<why>.*) \|")
REPEATS = ("_exists", "_on_insert", "_on_update")  # suffixes of a guard that repeats another one
LEAD = """
A guard is a trigger, a key, a check, a rule of a column, a NOT NULL, a generated column, or a
privilege that is not granted. The databases refuse by these names what bypasses the domain: the
name is in the error. [What the database refuses](../explanation/what-the-database-refuses.md)
explains why these are enough, and who can still get around them.

This page is generated: the guards from the declarations, and what a guard refuses from the attack
that was tried on it. `tests/guards/measured.md` is the measurement: for each guard on both
databases an attack, what refuses it before this guard, and what happens without this guard.
`nox -s guards` repeats it, and the gate repeats every tenth row.
"""
FAMILIES_LEAD = """
## Guards that many tables have

`<table>` and `<column>` stand for names; [the database](database.md) lists them. On SQLite
`<guard>_exists` repeats a key, because a connection starts with foreign keys off.
`<guard>_on_insert` and `<guard>_on_update` are a rule for new rows and for changed ones.
"""
# Each family: the pattern of its names, how the page shows them, and what they refuse.
FAMILIES: tuple[tuple[str, str, str], ...] = (
    (r"<table>_<column>_not_null", "", "no value in a required column"),
    (
        r"<domain>_check|<table>_<column>_rule",
        "`<type>_check` on PostgreSQL, `<table>_<column>_rule` on SQLite",
        "a value that breaks the rule of the column's [type](database.md#domains)",
    ),
    (
        r"(<domain>|<table>)_json_limits",
        "`<type>_json_limits` on PostgreSQL, `<table>_json_limits` on SQLite",
        "JSON that is too large or too deep",
    ),
    (
        r"<table>_values(_of_end|_of_lease|_of_run)?",
        "`<table>_values` on SQLite",
        "a text with NUL, or an instant that no calendar has",
    ),
    (r"<table>\.<column> generated", "", "a value for a column that the database computes"),
    (r"<table> STRICT", "`<table> STRICT` on SQLite", "a value of another type"),
    (r"<table> WITHOUT ROWID", "`<table> WITHOUT ROWID` on SQLite", "a row replaced by its rowid"),
    (r"<table>_pkey", "", "a second row with the same primary key"),
    (
        r"<table>_no_replace",
        "`<table>_no_replace` on SQLite",
        "a row that takes the key of a stored one, as INSERT OR REPLACE would delete that one",
    ),
    (
        r"<table>_no_nested_update",
        "`<table>_no_nested_update` on SQLite",
        "an update of a row that a TEMP trigger has changed since the statement read it",
    ),
    (r"<table>_no_update", "", "an update of a record"),
    (r"<table>_no_delete", "", "a deletion"),
    (r"<table>_no_truncate", "", "TRUNCATE"),
    (r"<table>_needs_head", "", "a record that its head does not show"),
    (r"<table>_previous", "", "a number after a gap"),
    (
        r"<table>_one_step",
        "",
        "an update of a head other than one step: same id and creation, next seq, later time",
    ),
    (
        r"<head>_times",
        "`<table>_times`",
        "a head whose first change is not at its creation, or whose later change is not after it",
    ),
    (r"<table>_history", "", "a head without its change, at COMMIT"),
    (
        r"history_needs_<head>",
        "`history_needs_<table>` of a table of heads",
        "a change that its head does not show",
    ),
    (
        r"history_needs_<table>|<table>_in_change",
        "`history_needs_<table>` of a table of records, `<table>_in_change`",
        "a change with more or fewer rows in the table than it counts",
    ),
    (r"<table>_head", "", "rows of a change whose head does not exist"),
    (r"history_declares_data_of_<table>", "", "a change whose data have an undeclared key"),
    (r"<table>_fixed", "", "an update of a column that is set once, at creation"),
    (r"<table>_initial_fields", "", "a new head with a value that only a later action sets"),
    (
        r"<table>_keeps_fields|history_keeps_fields_of_<table>",
        "`<table>_keeps_fields`, `history_keeps_fields_of_<table>`",
        "another value of a field that the action [does not change](lifecycles.md)",
    ),
    (r"<table>_latest_times", "", "an instant that is too far in the future"),
    (r"tasks_needs_<table>", "", "a task of an aggregate that does not exist"),
)
OTHERS_LEAD = """
## Guards of one table

Each refuses what follows its name, and everything of the same kind.
"""
PRIVILEGES = """
## Privileges

`tests/guards/measured.md` lists each privilege that the application role of PostgreSQL lacks, and
the guard that would refuse the same write if it had the privilege.
"""
UNDETECTED_LEAD = """
## What no guard can detect

The databases cannot compute a digest, and they have no trusted clock. These writes are well-formed
and accepted, and `verify` reports each:
"""
DATABASE_ONLY = """
## What only the database knows

- `history.txid` on PostgreSQL is the number of the transaction that wrote the row. No caller
  supplies it, and nothing but the look-up of a lost COMMIT uses it. `verify` does not read it.
- `history.position` has gaps on PostgreSQL where a transaction rolled back; on SQLite positions
  are 1 to n. `verify` checks the order of two changes of one entity; seals contain the order of
  different entities' changes.
- `tasks` are in no digest: they state what is still to be done. `verify` compares them with their
  attempts, each of which has a digest. An owner who changes a task so that its attempts still fit
  causes it to be performed again or not at all, but history stays the same.
- `rate_buckets` are in no digest: they state how many tasks may be claimed now. An owner who
  changes one delays tasks by one refill at most, or lets as many be claimed as the bucket holds.
- `hung_threads` are in no digest: they state which threads tasks occupy now, for people. Nothing
  is decided by them.
- `subscriber_cursors` are in no digest: they state how far a subscriber has followed the feed. An
  owner who moves one back lets changes be handled again, which has no second effect; one who moves
  it ahead leaves changes without their reactions, which reconciliation finds. `verify` reports one
  behind the end of the feed, which would leave all later changes without theirs.
- `verify` computes generated columns again (`previous_seq`, `previous_version`,
  `previous_number`, `lifecycle`, a key's `version`). PostgreSQL lets no role write them; in a
  SQLite file they can be changed like any byte.
"""


def guards_page() -> str:
    """Return the page with what each guard refuses.

    Raises:
        LookupError: A guard has no measured attack and no sentence; measure it first.
    """
    families = [f"- {_shown(family)}: {family[2]}\n" for family in FAMILIES]

    return page(
        "Guards",
        LEAD.lstrip(),
        FAMILIES_LEAD.lstrip(),
        "".join(families),
        OTHERS_LEAD.lstrip(),
        *_table_sections(),
        PRIVILEGES.lstrip(),
        UNDETECTED_LEAD.lstrip(),
        f"{_undetected()}\n",
        DATABASE_ONLY.lstrip(),
    )


def _shown(family: tuple[str, str, str]) -> str:
    return family[1] or f"`{family[0]}`".replace("\\", "")


def _table_sections() -> Iterator[str]:
    """Yield for each table the guards that are in no family."""
    refusals = other_refusals()
    for table in CATALOG.tables:
        own = {guard: text for guard, text in refusals.items() if _owner(guard) == table.name}
        if own:
            yield f"### {table.name}\n"
            yield "".join(f"- `{guard}`: {text}\n" for guard, text in sorted(own.items()))


def other_refusals() -> Mapping[str, str]:
    """Map each guard that is in no family to the attack that it refuses, or to why none reaches it.

    Raises:
        LookupError: A guard is not measured, or is of no table.
    """
    attacks = {
        **{guard: f"reached by no attack: {why}" for guard, why in _unreached().items()},
        **measured_attacks(),
    }
    refusals: dict[str, str] = {}
    for guard in sorted(guard_names()):
        name = base_name(guard)
        if is_in_family(name) or name in refusals:
            continue
        attack = attacks.get(name) or attacks.get(guard)
        if attack is None or not _owner(name):
            raise LookupError(f"{guard} is not measured: run `python -m tests.guards.table`")
        refusals[name] = attack

    return refusals


def guard_names() -> set[str]:
    """Return the name of each guard: of the declared triggers, and of all that were measured."""
    names = {*measured_attacks(), *_unreached()}
    for dialect in DIALECTS:
        names |= {guard.name for guard in CATALOG.guards(dialect)}

    return names


def base_name(guard: str) -> str:
    """Return the name of the guard that this one repeats on SQLite, or its own."""
    for suffix in REPEATS:
        guard = guard.removesuffix(suffix)

    return guard


def is_in_family(name: str) -> bool:
    """Return whether a guard is one that many tables have."""
    return _family_pattern().fullmatch(name) is not None


@cache
def _family_pattern() -> re.Pattern[str]:
    tables = [table.name for table in CATALOG.tables]
    columns = {column.name for table in CATALOG.tables for column in table.columns}
    names = {
        "<table>": tables,
        "<head>": [table.name for table in CATALOG.heads],
        "<column>": columns,
        "<domain>": [domain.name for domain in CATALOG.domains],
    }
    pattern = "|".join(f"(?:{family[0]})" for family in FAMILIES)
    for placeholder, values in names.items():
        pattern = pattern.replace(placeholder, f"(?:{'|'.join(sorted(values))})")

    return re.compile(pattern)


def _owner(guard: str) -> str:
    """Return the table of a guard: the longest name that it begins with."""
    owners = [table.name for table in CATALOG.tables if guard.startswith(f"{table.name}_")]
    return max(owners, key=len, default="")


@cache
def measured_attacks() -> Mapping[str, str]:
    """Map each measured guard to the attack that it refuses, on PostgreSQL where it is there."""
    attacks: dict[str, str] = {}
    for heading in HEADINGS:
        for line in _section(heading).splitlines():
            row = ROW.fullmatch(line)
            if row is not None:
                attacks.setdefault(row["guard"], row["attack"])

    return attacks


def _unreached() -> dict[str, str]:
    """Map each guard that no attack reaches to the reason."""
    rows = [UNREACHED_ROW.fullmatch(line) for line in _section(UNREACHED).splitlines()]
    return {row["guard"]: row["why"] for row in rows if row is not None}


def _undetected() -> str:
    """Return the list of what only `verify` detects."""
    lines = _section(UNDETECTED).splitlines()
    return "\n".join(line for line in lines if line.startswith("- "))


def _section(heading: str) -> str:
    """Return the text from a heading of the measurement to the next one."""
    _, found, rest = MEASURED.read_text(encoding="utf-8").partition(f"\n{heading}\n")
    if not found:
        raise LookupError(f"{MEASURED} has no {heading}")
    return re.split(r"\n#+ ", rest, maxsplit=1)[0]
