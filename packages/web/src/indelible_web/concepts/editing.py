"""The console's forms of concepts: create, edit, and merge two concurrent edits."""

from collections.abc import Mapping
from typing import Any, Final

from attrs import frozen
from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from indelible import concepts
from indelible.concepts import ConceptContent, ConceptView, FieldMerge
from indelible.concepts.rules.diff.content import FieldDiff
from indelible.concepts.rules.diff.operations import Value
from indelible.kernel import IdempotencyKeyConflict, IndelibleError, Stale
from indelible.kernel.kinds import Count, kinds
from indelible_web.concepts.errors import MergeUndecided
from indelible_web.concepts.forms import (
    EMPTY_CONTENT,
    FIELD_NAMES,
    FormTexts,
    content_of,
    texts_of,
    texts_of_form,
    with_empty_boxes,
)
from indelible_web.concepts.routes import WRITE, ConceptQuery
from indelible_web.console.context import ONCE_FIELD, ConsoleContext, form_text
from indelible_web.console.layout import parse_fields, render_page
from indelible_web.console.page import ConsolePage

CHOICE_PREFIX: Final = "choice."
YOURS: Final = "yours"
THEIRS: Final = "theirs"
MORE_BOXES: Final = "more"
UNNAMED: Final = "unnamed"
DEFAULT_NOTE: Final = "first version"


@frozen(kw_only=True, field_transformer=kinds)
class EditForm(ConceptQuery):
    """A concept, and the seq at which its editor read it."""

    expected_seq: Count


def create_form(console: ConsoleContext) -> Response:
    """Show an empty form, or one with the content of the concept that is corrected."""
    corrects = request.args.get("corrects", "")
    if not corrects:
        return _edit_page(console, texts_of(EMPTY_CONTENT), None, note=DEFAULT_NOTE)

    corrected = console.app_context.store.read(concepts.get_concept, corrects)
    texts = texts_of(corrected.version.content)
    return _edit_page(console, texts, None, corrects=corrects)


def create(console: ConsoleContext) -> Response:
    """Create a concept; after an error the form keeps its texts.

    A concept without a name is created when a second button confirms it.
    """
    texts = texts_of_form(request.form)
    corrects = request.form.get("corrects", "")
    if MORE_BOXES in request.form:
        return _edit_page(console, texts, None, corrects=corrects)

    is_unnamed = not texts["name"][0].strip()
    if is_unnamed and UNNAMED not in request.form:
        return _edit_page(console, texts, None, corrects=corrects, asks_for_name=True)

    try:
        saved = _create(console, texts, corrects)
    except IndelibleError as error:
        return _edit_page(console, texts, None, error, corrects=corrects)

    console.notices.leave("Created.")
    return redirect(url_for("console.show_concept", concept_id=saved.concept.id), 303)


def edit_form(console: ConsoleContext, concept_id: str) -> Response:
    """Show the form with the concept's content."""
    view = console.app_context.store.read(concepts.get_concept, concept_id)

    return _edit_page(console, texts_of(view.version.content), view)


def edit(console: ConsoleContext, concept_id: str) -> Response:
    """Save the concept's next version.

    If another edit was saved first, a page shows both edits and their common base, and its form
    comes back with a choice for each field.
    """
    form = parse_fields(EditForm, request.form, concept_id=concept_id)
    texts = texts_of_form(request.form)
    current = _view_at(console, form)
    if MORE_BOXES in request.form:
        return _edit_page(console, texts, current)

    base = _merge_base(console, form)
    try:
        if base is not None:
            texts = _apply_choices(texts, base.version.content, current.version.content)
        saved = _save(console, form, content_of(texts, current.version.content))
    except Stale as error:
        newest = console.app_context.store.read(concepts.get_concept, concept_id)
        return _merge_page(console, current, newest, texts, error)
    except MergeUndecided as error:
        return _merge_page(console, base or current, current, texts, error)
    except IndelibleError as error:
        # After a merge the form is for the base, so that saving it leads to the merge again.
        return _edit_page(console, texts, base or current, error)

    console.notices.leave(f"Edited. This is version {saved.version.version_number} now.")
    return redirect(url_for("console.show_concept", concept_id=concept_id), 303)


def _create(console: ConsoleContext, texts: FormTexts, corrects: str) -> concepts.ConceptSaved:
    note = form_text("change_note")
    context = console.operation(scope=WRITE, reason=note, response_type=concepts.ConceptSaved)
    command = concepts.CreateConcept(
        content=content_of(texts, EMPTY_CONTENT), change_note=note, corrects=corrects or None
    )

    return context.run(concepts.create_concept, command)


def _save(
    console: ConsoleContext, form: EditForm, content: ConceptContent
) -> concepts.ConceptSaved:
    note = form_text("change_note")
    context = console.operation(scope=WRITE, reason=note, response_type=concepts.ConceptSaved)
    command = concepts.EditConcept(
        concept_id=form.concept_id,
        expected_seq=form.expected_seq,
        content=content,
        change_note=note,
    )

    return context.run(concepts.edit_concept, command)


def _view_at(console: ConsoleContext, form: EditForm) -> ConceptView:
    """Return the concept as its editor read it."""
    return console.app_context.store.read(
        concepts.concept_as_of, form.concept_id, seq=form.expected_seq
    )


def _merge_base(console: ConsoleContext, form: EditForm) -> ConceptView | None:
    """Return the common base of a merge, None if the form is not a merge's."""
    base_seq = request.form.get("base_seq", "")
    if not base_seq:
        return None

    base_form = parse_fields(EditForm, {"expected_seq": base_seq}, concept_id=form.concept_id)
    return _view_at(console, base_form)


def _apply_choices(texts: FormTexts, base: ConceptContent, theirs: ConceptContent) -> FormTexts:
    """Return the texts with those of the other edit where the editor chose them.

    Raises: MergeUndecided.
    """
    choices: dict[str, str | None] = {}
    for merge in concepts.three_way(base, theirs, content_of(texts, base)):
        if merge.needs_choice:
            choices[merge.field] = request.form.get(CHOICE_PREFIX + merge.field)

    undecided = [name for name, choice in choices.items() if choice not in {YOURS, THEIRS}]
    if undecided:
        raise MergeUndecided(tuple(undecided))

    result = dict(texts)
    their_texts = texts_of(theirs)
    for name, choice in choices.items():
        if choice == THEIRS:
            result[name] = their_texts[name]

    return result


def _merge_page(
    console: ConsoleContext,
    base: ConceptView,
    newest: ConceptView,
    texts: FormTexts,
    error: IndelibleError,
) -> Response:
    yours = content_of(texts, base.version.content)
    rows: list[tuple[FieldMerge, FieldDiff | None, FieldDiff | None]] = []
    for merge in concepts.three_way(base.version.content, newest.version.content, yours):
        their_diff = _diff_to_base(merge, merge.theirs)
        your_diff = _diff_to_base(merge, merge.yours)
        rows.append((merge, their_diff, your_diff))

    choices: dict[str, str] = {}
    for name in FIELD_NAMES:
        choices[name] = request.form.get(CHOICE_PREFIX + name, "")

    return render_page(
        "concepts/merge",
        error=error,
        base=base,
        newest=newest,
        rows=rows,
        texts=texts_of(yours),
        choices=choices,
        note=request.form.get("change_note", ""),
        once=console.app_context.ids.new(),
    )


def _diff_to_base(merge: FieldMerge, value: Value) -> FieldDiff | None:
    """Return the change of one field by one side, None if it left the field alone."""
    old = _content_with(merge.field, merge.base)
    new = _content_with(merge.field, value)
    diffs = concepts.diff_content(old, new).fields

    return diffs[0] if diffs else None


def _content_with(name: str, value: Value) -> ConceptContent:
    values: Mapping[str, Any] = {"name": "", name: value}
    return ConceptContent(**values)


def _edit_page(
    console: ConsoleContext,
    texts: FormTexts,
    view: ConceptView | None,
    error: IndelibleError | None = None,
    *,
    corrects: str = "",
    note: str = "",
    asks_for_name: bool = False,
) -> Response:
    """Return the form; a form that is shown again keeps its idempotency key and its note."""
    once = request.form.get(ONCE_FIELD, "")
    if not once or isinstance(error, IdempotencyKeyConflict):
        once = console.app_context.ids.new()

    return render_page(
        "concepts/edit",
        error=error,
        view=view,
        texts=with_empty_boxes(texts),
        once=once,
        note=request.form.get("change_note", note),
        corrects=corrects,
        asks_for_name=asks_for_name,
    )


PAGES: Final = (
    ConsolePage(rule="/new", view=create_form),
    ConsolePage(rule="/new", view=create, method="POST"),
    ConsolePage(rule="/concepts/<concept_id>/edit", view=edit_form),
    ConsolePage(rule="/concepts/<concept_id>/edit", view=edit, method="POST"),
)
