"""The processes of an installation: workers, a scheduler, and all of them under a supervisor."""
