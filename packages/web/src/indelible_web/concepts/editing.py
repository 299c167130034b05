"""Writing: a new concept, an edit, and two edits that met, which nobody but a person brings together."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from attrs import evolve, field, fields, frozen
from flask import redirect, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from indelible import concepts
from indelible.concepts import ConceptContent, ConceptView, FieldMerge
from indelible.concepts.rules.diff import FieldDiff, Value
from indelible.kernel import IdempotencyKeyReused, IndelibleError, Stale
from indelible.kernel.values import COUNT, bounded_int
from indelible_web.concepts.errors import MergeUndecided
from indelible_web.concepts.routes import WRITE, ConceptQuery
from indelible_web.console.context import ConsoleContext, form_text
from indelible_web.console.layout import parse_fields, render_page
from indelible_web.console.page import ConsolePage

NAMES: Final = tuple(attribute.name for attribute in fields(ConceptContent))
NOTHING: Final = ConceptContent(name="")
SPARE: Final = 2  # empty boxes at the end of each list
CHOICE: Final = "choice."
YOURS, THEIRS = "yours", "theirs"

Typed = Mapping[str, Sequence[str]]


@frozen(kw_only=True)
class EditForm(ConceptQuery):
    """Which concept is edited, and in which state its editor saw it."""

    expected_seq: int = field(validator=bounded_int, metadata=COUNT)


def create_form(console: ConsoleContext) -> Response:
    """An empty form, or, to correct what is published, one that begins with what that says."""
    corrects = request.args.get("corrects", "")
    found = console.app_context.store.read(concepts.get_concept, corrects) if corrects else None
    content = found.version.content if found else NOTHING
    return _form(
        console, _texts(content), None, corrects=corrects, note="" if corrects else "first version"
    )


def create(console: ConsoleContext) -> Response:
    """Begin a concept; a refusal is shown at the form, which keeps what was typed."""
    typed, corrects = _typed(request.form), request.form.get("corrects", "")
    if "more" in request.form:
        return _form(console, typed, None, corrects=corrects)
    try:
        note = form_text("change_note")
        context = console.operation(reason=note, response_type=concepts.ConceptSaved)
        context.caller.require_scope(WRITE)
        command = concepts.CreateConcept(
            content=_content(typed, NOTHING), change_note=note, corrects=corrects or None
        )
        saved = context.run(concepts.create_concept, command)
    except IndelibleError as error:
        return _form(console, typed, None, error, corrects=corrects)
    return redirect(url_for("console.shown", concept_id=saved.concept.id, done="create"), 303)


def edit_form(console: ConsoleContext, concept_id: str) -> Response:
    """The concept's content, to be changed."""
    found = console.app_context.store.read(concepts.get_concept, concept_id)
    return _form(console, _texts(found.version.content), found)


def edit(console: ConsoleContext, concept_id: str) -> Response:
    """Give a concept its next version; where another was first, show both edits beside what they began with."""
    wanted, typed = (
        parse_fields(EditForm, request.form, concept_id=concept_id),
        _typed(request.form),
    )
    seen = _seen(console, wanted)
    if "more" in request.form:
        return _form(console, typed, seen)
    base = _seen(console, evolve(wanted, expected_seq=merging)) if (merging := _merging()) else seen
    try:
        typed = _chosen(typed, base.version.content, seen.version.content) if merging else typed
        _save(console, wanted, _content(typed, seen.version.content))
    except Stale as error:
        return _merge(
            console,
            seen,
            console.app_context.store.read(concepts.get_concept, concept_id),
            typed,
            error,
        )
    except MergeUndecided as error:
        return _merge(console, base, seen, typed, error)
    except IndelibleError as error:
        # Of a merge the form is for the state that it began with: to save it leads to the merge again.
        return _form(console, typed, base, error)
    return redirect(url_for("console.shown", concept_id=concept_id, done="edit"), 303)


def _save(console: ConsoleContext, wanted: EditForm, content: ConceptContent) -> None:
    note = form_text("change_note")
    context = console.operation(reason=note, response_type=concepts.ConceptSaved)
    context.caller.require_scope(WRITE)
    command = concepts.EditConcept(
        concept_id=wanted.concept_id,
        expected_seq=wanted.expected_seq,
        content=content,
        change_note=note,
    )
    context.run(concepts.edit_concept, command)


def _seen(console: ConsoleContext, wanted: EditForm) -> ConceptView:
    """The concept as its editor saw it."""
    return console.app_context.store.read(
        concepts.concept_as_of, wanted.concept_id, seq=wanted.expected_seq
    )


def _merge(
    console: ConsoleContext,
    base: ConceptView,
    now: ConceptView,
    typed: Typed,
    error: IndelibleError,
) -> Response:
    yours = _content(typed, base.version.content)
    merged = concepts.three_way(base.version.content, now.version.content, yours)
    return render_page(
        "concepts/merge",
        error=error,
        base=base,
        now=now,
        rows=[(each, _against(each, each.theirs), _against(each, each.yours)) for each in merged],
        boxes=_texts(yours),
        choices={name: request.form.get(CHOICE + name, "") for name in NAMES},
        note=request.form.get("change_note", ""),
        once=console.app_context.ids.new(),
    )


def _against(merged: FieldMerge, value: Value) -> FieldDiff | None:
    """What one side changed of a field."""
    sides: list[dict[str, Any]] = [
        {"name": "", merged.field: each} for each in (merged.base, value)
    ]
    old, new = (ConceptContent(**each) for each in sides)
    return next(iter(concepts.diff_content(old, new).fields), None)


def _form(
    console: ConsoleContext,
    typed: Typed,
    seen: ConceptView | None,
    error: IndelibleError | None = None,
    *,
    corrects: str = "",
    note: str = "",
) -> Response:
    once = "" if isinstance(error, IdempotencyKeyReused) else request.form.get("once", "")
    return render_page(
        "concepts/edit",
        error=error,
        seen=seen,
        typed={
            name: (*texts, *[""] * SPARE) if _is_list(name) else texts
            for name, texts in typed.items()
        },
        once=once or console.app_context.ids.new(),
        note=request.form.get("change_note", note),
        corrects=corrects,
    )


def _is_list(name: str) -> bool:
    return isinstance(getattr(NOTHING, name), tuple)


def _texts(content: ConceptContent) -> Typed:
    """The content as a form has it."""
    values: dict[str, Value] = {name: getattr(content, name) for name in NAMES}
    return {
        name: value if isinstance(value, tuple) else (value or "",)
        for name, value in values.items()
    }


def _typed(form: MultiDict[str, str]) -> Typed:
    """What was typed; an empty box of a list is no item."""
    texts = {name: [text.replace("\r\n", "\n") for text in form.getlist(name)] for name in NAMES}
    return {
        name: [text for text in found if text] if _is_list(name) else found[:1] or [""]
        for name, found in texts.items()
    }


def _merging() -> int:
    """The seq that a merge begins with, 0 where none is sent."""
    text = request.form.get("base_seq", "")
    return (
        parse_fields(EditForm, {"expected_seq": text}, concept_id="-").expected_seq if text else 0
    )


def _chosen(typed: Typed, base: ConceptContent, theirs: ConceptContent) -> Typed:
    """What was decided, field by field; MergeUndecided, where something was not."""
    merged = concepts.three_way(base, theirs, _content(typed, base))
    choices = {
        each.field: request.form.get(CHOICE + each.field) for each in merged if each.needs_choice
    }
    if undecided := tuple(
        name for name, choice in choices.items() if choice not in {YOURS, THEIRS}
    ):
        raise MergeUndecided(undecided)
    kept = _texts(theirs)
    return {
        name: kept[name] if choices.get(name) == THEIRS else texts for name, texts in typed.items()
    }


def _content(typed: Typed, before: ConceptContent) -> ConceptContent:
    """What was typed as content; a text that was left alone is the text of before, whatever ended its lines."""
    values: dict[str, Any] = {}
    for name, texts in typed.items():
        kept = {text.replace("\r\n", "\n"): text for text in _texts(before)[name]}
        found = tuple(kept.get(text, text) for text in texts)
        values[name] = found if _is_list(name) else found[0]
    if not values["scope_boundaries"]:
        values["scope_boundaries"] = "" if before.scope_boundaries == "" else None
    return ConceptContent(**values)


PAGES: Final = (
    ConsolePage(rule="/new", view=create_form),
    ConsolePage(rule="/new", view=create, method="POST"),
    ConsolePage(rule="/concepts/<concept_id>/edit", view=edit_form),
    ConsolePage(rule="/concepts/<concept_id>/edit", view=edit, method="POST"),
)
