"""The settings of a process, and how the environment and `.env` give them."""
