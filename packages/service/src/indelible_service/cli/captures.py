"""Evaluate captures on a folder of texts."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click
from attrs import asdict

from indelible_service.cli.output import Command, print_table, wants_json

if TYPE_CHECKING:
    from indelible_service.evaluation.captures import Evaluation, Trial

SHARE_DIGITS: Final = 4
MAX_CONFUSED: Final = 10  # topics in the table, the worst first


@click.group()
def captures() -> None:
    """Evaluate captures."""


@captures.command(cls=Command)
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option(
    "--rounds",
    type=click.IntRange(1, 20),
    default=3,
    show_default=True,
    help="The number of rounds, each with other texts held out.",
)
def evaluate(folder: Path, rounds: int) -> None:
    """Measure how many texts of FOLDER would be assigned to their own topic.

    Each folder below FOLDER is a topic of .md or .txt files. Some texts are held out; the others
    are the seeds of a topic's subspace, or are captured without a name. Nothing is stored. The
    report compares frozen seeds with the shipped algorithms, for several margins and numbers of
    seed texts, and with the centroids of texts whose topics are known. It says, too, what the
    words of these texts reach without an embedder (TF-IDF and the nearest mean of each topic).
    """
    from indelible_service.contexts.captures import CaptureSettings, build_required_embedder
    from indelible_service.demos.texts import texts_in
    from indelible_service.evaluation.captures import evaluate as evaluate_texts
    from indelible_service.instance.record import command_settings

    embedder = build_required_embedder(command_settings().section(CaptureSettings))

    evaluation = evaluate_texts(embedder, texts_in(folder), rounds=rounds)
    if wants_json():
        document = asdict(evaluation, value_serializer=_rounded)
        click.echo(json.dumps(document, ensure_ascii=False))
        return

    click.echo(_summary(evaluation))
    _print_tables(evaluation)


def _rounded(_: object, __: object, value: object) -> object:
    """Return a value for JSON, a share with four digits."""
    return round(value, SHARE_DIGITS) if isinstance(value, float) else value


def _summary(evaluation: "Evaluation") -> str:
    best = evaluation.recommended
    lines = [
        f"{evaluation.texts} texts of {evaluation.topics} topics.",
        f"Possible with centroids of known topics: {_percent(evaluation.possible_accuracy)}.",
        f"Words alone, without an embedder: {_percent(evaluation.lexical_accuracy)}.",
        f"Recommended: {_way(best)}, {best.seed_texts} seed texts for each topic.",
        f"Held-out texts assigned to their own topic: {_percent(best.accuracy)}.",
    ]
    if evaluation.unusable_texts:
        lines.append(f"Texts without an embedding: {evaluation.unusable_texts}.")

    return "\n".join(lines)


def _print_tables(evaluation: "Evaluation") -> None:
    columns = ("seed texts", "way", "margin", "accuracy", "captures that moved", "of these right")
    print_table(columns, [_trial_row(trial) for trial in evaluation.trials])

    rows: list[Sequence[object]] = []
    for row in evaluation.confusion[:MAX_CONFUSED]:
        mistaken = f"{row.mistaken_for} ({row.mistaken})" if row.mistaken else ""
        rows.append((row.topic, row.texts, _percent(row.accuracy), mistaken))
    print_table(("topic", "held-out texts", "accuracy", "most often taken for"), rows)


def _trial_row(trial: "Trial") -> Sequence[object]:
    if trial.margin is None:
        return trial.seed_texts, trial.way, "", _percent(trial.accuracy), "", ""

    return (
        trial.seed_texts,
        trial.way,
        trial.margin,
        _percent(trial.accuracy),
        _percent(trial.updates),
        _percent(trial.right_updates),
    )


def _way(trial: "Trial") -> str:
    if trial.margin is None:
        return trial.way

    return f"the algorithm {trial.way} with a margin of {trial.margin}"


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"
