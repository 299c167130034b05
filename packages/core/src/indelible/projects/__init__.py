"""Projects: long-lived intents that own a Git repository, and jobs that build them."""
