"""The settings of the front desk, whose database the environment names."""

import os

from sqlalchemy import make_url


def database(url: str) -> dict[str, object]:
    """Return Django's settings for the database at an address."""
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": address.database,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "init_command": "PRAGMA journal_mode = WAL",
            },
        }
    return {
        "ENGINE": "django.db.backends.postgresql",
        "HOST": address.host,
        "PORT": address.port,
        "NAME": address.database,
        "USER": address.username,
        "PASSWORD": address.password,
    }


DATABASE_URL = os.environ.get("DATABASE_URL", "sqlite:///frontdesk.db")
DATABASES = {
    "default": database(DATABASE_URL),
    "owner": database(os.environ.get("INDELIBLE_OWNER_URL", DATABASE_URL)),
}
SECRET_KEY = os.environ.get("SECRET_KEY", "for development only")
ALLOWED_HOSTS = ("127.0.0.1", "localhost")
USE_TZ = True
ROOT_URLCONF = "tests.examples.frontdesk.urls"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = (
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "tests.examples.frontdesk",
)
MIDDLEWARE = (
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "tests.examples.frontdesk.desk.Problems",
)
TEMPLATES = (
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": (
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            )
        },
    },
)
LOGIN_URL = "/admin/login/"
