"""Settings in SQL."""

from indelible.kernel.settings import SETTING, Setting
from indelible_sql.kernel.mappings import HeadMapping
from indelible_sql.schema.columns import NONBLANK_TEXT, required
from indelible_sql.schema.tables import head

SETTINGS = head("settings", SETTING, required("value", NONBLANK_TEXT))
SETTING_HEADS = HeadMapping(table=SETTINGS, entity=Setting)
