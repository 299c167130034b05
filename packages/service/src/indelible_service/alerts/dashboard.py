"""A dashboard for Grafana: a row for each context, whose panels show its metrics."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from indelible_service.alerts.panels import ROWS, Panel

SCHEMA_VERSION: Final = 39  # of Grafana 11; newer releases convert it
PANELS_PER_LINE: Final = 3
WIDTH: Final = 24 // PANELS_PER_LINE
HEIGHT: Final = 7
DATASOURCE: Final = {"type": "prometheus", "uid": "${datasource}"}
CHOICE_OF_DATASOURCE: Final = {
    "name": "datasource",
    "label": "Data source",
    "type": "datasource",
    "query": "prometheus",
}


def dashboard(contexts: Collection[str]) -> dict[str, Any]:
    """Return the dashboard of these contexts as Grafana imports it."""
    return {
        "title": "indelible",
        "uid": "indelible",
        "tags": ["indelible"],
        "schemaVersion": SCHEMA_VERSION,
        "editable": True,
        "refresh": "30s",
        "time": {"from": "now-6h", "to": "now"},
        "templating": {"list": [CHOICE_OF_DATASOURCE]},
        "panels": list(_numbered_panels(contexts)),
    }


def _numbered_panels(contexts: Collection[str]) -> Iterator[dict[str, Any]]:
    number, top = 0, 0
    for title, context, panels in ROWS:
        if context is not None and context not in contexts:
            continue

        number += 1
        line = {"x": 0, "y": top, "w": 24, "h": 1}
        yield {"id": number, "type": "row", "title": title, "gridPos": line, "panels": []}
        top += 1
        for index, panel in enumerate(panels):
            number += 1
            row, column = divmod(index, PANELS_PER_LINE)
            area = {"x": column * WIDTH, "y": top + row * HEIGHT, "w": WIDTH, "h": HEIGHT}
            yield {"id": number, "gridPos": area, **_panel(panel)}
        top += -(-len(panels) // PANELS_PER_LINE) * HEIGHT


def _panel(panel: Panel) -> Mapping[str, Any]:
    targets: list[dict[str, Any]] = []
    for number, query in enumerate(panel.queries):
        target = {"refId": chr(ord("A") + number), "datasource": DATASOURCE, "expr": query.text}
        targets.append({**target, "legendFormat": query.legend})
    defaults: dict[str, Any] = {"unit": panel.unit}
    if not panel.is_signed:
        defaults["min"] = 0
    return {
        "type": "timeseries",
        "title": panel.title,
        "datasource": DATASOURCE,
        "fieldConfig": {"defaults": defaults, "overrides": []},
        "options": {"legend": {"displayMode": "list", "placement": "bottom", "showLegend": True}},
        "targets": targets,
    }
