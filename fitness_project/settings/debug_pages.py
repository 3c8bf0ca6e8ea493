"""What Django's debug pages, and reports by mail, don't show."""

import re

from django.views.debug import SafeExceptionReporterFilter


class SettingsFilter(SafeExceptionReporterFilter):
    """Hides settings that are URLs too: they may have a password in them."""

    hidden_settings = re.compile(
        f"{SafeExceptionReporterFilter.hidden_settings.pattern}|URI|URL|HOST$|LOCATION",
        re.IGNORECASE,
    )
