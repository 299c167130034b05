"""The changes of an aggregate as its page shows them: each with the words that it changed."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from attrs import frozen

from indelible.concepts.rules.diff.content import FieldDiff, diff_field
from indelible.concepts.rules.diff.operations import DiffOp, FieldKind, OpKind, Value
from indelible.concepts.rules.diff.shortest_edit import ComparisonBudget
from indelible.kernel import Change, canonical_json, instant_text
from indelible.kernel.appends import appended_types
from indelible_web.console.layout import field_label
from indelible_web.console.times import exact_text
from indelible_web.own_pages.controls import SHORT, Control, FieldControl
from indelible_web.own_pages.subject import Subject

# The controls of values whose words are not compared.
WHOLE: Final = tuple(one for one in SHORT if one is not Control.LINE)
MAX_OPEN_CHARACTERS: Final = 1_000  # of the texts of a change that is shown without a click


@frozen(kw_only=True)
class FieldChange:
    """A field that a change has changed."""

    label: str
    diff: FieldDiff


@frozen(kw_only=True)
class TimelineEntry:
    """A change, the fields that it changed, and the page of the aggregate as it left it."""

    change: Change
    fields: tuple[FieldChange, ...]
    is_open: bool
    past_url: str


def timeline_of(
    subject: Subject, changes: Sequence[Change], before: Mapping[str, Any]
) -> tuple[TimelineEntry, ...]:
    """Return changes, the newest first; `before` holds the data before the first of them.

    All comparisons of words share the budget of one, so that a page ends in a bounded time.
    """
    budget = ComparisonBudget()
    entries: list[TimelineEntry] = []
    for change in changes:
        diffs = tuple(changed_fields(subject, before, change.data, budget))
        size = sum(size_of(one.diff) for one in diffs)
        entry = TimelineEntry(
            change=change,
            fields=diffs,
            is_open=size <= MAX_OPEN_CHARACTERS,
            past_url=subject.url("past", change.entity_id, at=instant_text(change.at)),
        )
        entries.append(entry)
        before = change.data

    return tuple(reversed(entries))


def changed_fields(
    subject: Subject, before: Mapping[str, Any], after: Mapping[str, Any], budget: ComparisonBudget
) -> list[FieldChange]:
    """Return the fields that differ; those that are no longer declared come last.

    Of appended rows a change holds only their digest; the tables of rows name its seq.
    """
    declared = {one.name: one for one in subject.fields}
    names = [name for name in declared if name in before or name in after]
    digests = {record.record_name for record in appended_types(subject.entity.bulk_records)}
    names += sorted({*before, *after} - {*names, *digests})
    changed: list[FieldChange] = []
    for name in names:
        old, new = before.get(name), after.get(name)
        if old == new:
            continue
        control = declared.get(name)
        diff = _diff_of(name, _text_of(old, control), _text_of(new, control), control, budget)
        changed.append(FieldChange(label=field_label(name), diff=diff))

    return changed


def _diff_of(
    name: str, old: Value, new: Value, control: FieldControl | None, budget: ComparisonBudget
) -> FieldDiff:
    """Return the difference by words; a value that is no text is replaced as a whole."""
    is_whole = control is not None and control.control in WHOLE
    if is_whole and isinstance(old, str) and isinstance(new, str):
        replaced = (DiffOp(kind=OpKind.REPLACE, old=old, new=new),)
        return FieldDiff(field=name, kind=FieldKind.TEXT, ops=replaced, similarity_percent=0)
    return diff_field(name, old, new, budget)


def _text_of(value: Any, control: FieldControl | None) -> Value:  # noqa: ANN401 - a JSON value
    """Return a value of a change's data as a text, or a list of texts."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if control is not None and control.control is Control.TEXTS:
        return tuple(value)
    if control is not None and control.control is Control.TIME:
        return f"{exact_text(datetime.fromisoformat(value))} UTC"
    if isinstance(value, str | int):
        return str(value)
    return canonical_json(value)


def size_of(diff: FieldDiff) -> int:
    """Return the number of characters of a difference."""
    return sum(len(op.old or "") + len(op.new or "") for op in diff.ops)
