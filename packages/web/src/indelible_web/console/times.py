"""Times on the pages of the console: relative ones, with the exact time when hovered."""

from datetime import datetime, timedelta
from typing import Final

import humanize
from markupsafe import Markup

from indelible.kernel import instant_text

UNITS: Final = {"days": timedelta(days=1), "h": timedelta(hours=1), "min": timedelta(minutes=1)}


def exact_text(time: datetime) -> str:
    """Return an instant for people, without its zone: `7 Nov 2026, 09:30:00`."""
    return f"{time.day} {time:%b %Y, %H:%M:%S}"


def instant(time: datetime) -> Markup:
    """Return an instant for people and for machines."""
    return Markup('<time datetime="{}">{}</time>').format(instant_text(time), exact_text(time))


def relative(time: datetime, now: datetime) -> Markup:
    """Return the distance of an instant from now: `5 minutes ago`; the exact time is its title.

    A keyboard and a touch screen do not reach a title, so that the page of one object shows the
    exact time with `instant`, and only lists show it as a title.
    """
    text = humanize.naturaltime(now - time)
    exact = f"{exact_text(time)} UTC"

    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        instant_text(time), exact, text
    )


def duration(length: timedelta) -> str:
    """Return a duration in the largest unit of which it has two: `90 min`, `36 h`."""
    for unit, unit_length in UNITS.items():
        if length >= 2 * unit_length:
            return f"{length // unit_length} {unit}"

    return f"{max(0, length // timedelta(seconds=1))} s"
