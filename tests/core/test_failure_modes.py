"""The table of failure modes is complete: names are unique, and a mode has alerts or a reason."""

import re

from indelible.failure_modes import FAILURE_MODES

NAME = re.compile(r"[0-9]{2}(-[a-z]+)+")
ALERT = re.compile(r"([A-Z][a-z]+){2,}")


def test_the_modes_are_numbered_from_one_without_a_gap() -> None:
    assert [mode.number for mode in FAILURE_MODES] == list(range(1, len(FAILURE_MODES) + 1))
    assert len(FAILURE_MODES) >= 40


def test_the_names_are_unique() -> None:
    names = [mode.name for mode in FAILURE_MODES]
    titles = [mode.title for mode in FAILURE_MODES]

    assert len({mode.slug for mode in FAILURE_MODES}) == len(names)
    assert len(set(titles)) == len(titles)
    for mode in FAILURE_MODES:
        assert NAME.fullmatch(mode.name), mode.name
        assert mode.page == f"docs/runbooks/{mode.name}.md"


def test_a_mode_has_alerts_or_the_reason_why_not() -> None:
    for mode in FAILURE_MODES:
        assert bool(mode.alerts) != bool(mode.without_alert), mode.name


def test_an_alert_leads_to_one_runbook() -> None:
    alerts = [alert for mode in FAILURE_MODES for alert in mode.alerts]

    assert len(set(alerts)) == len(alerts)
    for alert in alerts:
        assert ALERT.fullmatch(alert), alert
