"""Hides secrets in Django's debug pages and error reports."""

import re

from django.views.debug import SafeExceptionReporterFilter


class SettingsFilter(SafeExceptionReporterFilter):
    """Also hides settings that are URLs, because they may contain a password."""

    hidden_settings = re.compile(
        f"{SafeExceptionReporterFilter.hidden_settings.pattern}|URI|URL|HOST$|LOCATION",
        re.IGNORECASE,
    )
