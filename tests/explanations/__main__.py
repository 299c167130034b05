"""Write the files of ten planted failures: `python -m tests.explanations FOLDER --seed N`.

Each is a folder with a number, whose order follows from the seed, so that no name tells what was
planted. `questions.md` has what somebody asks about each. `--answers FILE` writes what was planted.
"""

import sys
from argparse import ArgumentParser
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from tests.explanations.ten import FAILURES


def main() -> None:
    """Write the folders."""
    parser = ArgumentParser(prog="python -m tests.explanations", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--answers", type=Path)
    options = parser.parse_args()
    chance = Random(options.seed)  # noqa: S311 - no secret
    order = chance.sample(FAILURES, len(FAILURES))

    questions: list[str] = []
    answers: list[str] = []
    for number, failure in enumerate(order, start=1):
        folder = options.folder / f"{number:02}"
        folder.mkdir(parents=True)
        with TemporaryDirectory(prefix="indelible-") as scratch:
            planted = failure.write(Path(scratch), folder)
        questions.append(f"- {folder.name}: {failure.question}\n")
        answers.append(f"- {folder.name}: {failure.name}, {planted.since}, {planted.names}\n")
        sys.stdout.write(f"{folder}\n")
    (options.folder / "questions.md").write_text("".join(questions), encoding="utf-8")
    if options.answers:
        options.answers.write_text("".join(answers), encoding="utf-8")


main()
