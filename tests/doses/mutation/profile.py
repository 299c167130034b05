"""Set Hypothesis for mutants: the same examples each time, and no deadline, as they run slowly."""

from hypothesis import HealthCheck, settings

settings.register_profile(
    "mutation",
    deadline=None,
    derandomize=True,
    max_examples=30,
    database=None,
    suppress_health_check=list(HealthCheck),
)
settings.load_profile("mutation")
