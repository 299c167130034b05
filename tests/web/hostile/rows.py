"""All hostile requests, and all that need preparation."""

from typing import Final

from tests.web.hostile.access import access_scenarios
from tests.web.hostile.bodies import BODY_REQUESTS
from tests.web.hostile.captures import CAPTURE_REQUESTS
from tests.web.hostile.contests import CONTEST_REQUESTS
from tests.web.hostile.projects import PROJECT_REQUESTS
from tests.web.hostile.tokens import TOKEN_REQUESTS
from tests.web.hostile.values import VALUE_REQUESTS

REQUESTS: Final = [
    *BODY_REQUESTS,
    *VALUE_REQUESTS,
    *CAPTURE_REQUESTS,
    *TOKEN_REQUESTS,
    *PROJECT_REQUESTS,
    *CONTEST_REQUESTS,
]
SCENARIOS: Final = list(access_scenarios())
