"""Django's settings. The database comes from `DATABASE_URL`; each alias is one role in it."""

import os

from abono.base.store.address import database_settings

SECRET_KEY = os.environ.get("ABONO_SECRET_KEY", "")
DEBUG = False
ALLOWED_HOSTS: list[str] = []
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
USE_I18N = False
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.postgres",
    "abono.base.facts",
    "abono.domain.sellers",
    "abono.domain.customers",
    "abono.domain.catalogue",
    "abono.domain.subscriptions",
    "abono.domain.invoicing",
    "abono.domain.ledger",
    "abono.domain.payments",
    "abono.domain.collections",
    "abono.domain.notices",
    "abono.runs",
    "abono.migration",
]

_URL = os.environ.get("DATABASE_URL", "")

DATABASES = {
    "default": database_settings(_URL, role="abono_engine"),
    "owner": database_settings(_URL, role="abono_owner"),
}
