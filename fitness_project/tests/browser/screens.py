"""The screens of users. A test without any of these marks has a wide, light one."""

from typing import Any

import pytest

WIDE = 1280
PHONE = 390
# Unlike a narrow window, a phone shows a page without a viewport 980 pixels wide.
WIDTHS: dict[int, dict[str, Any]] = {
    WIDE: {"viewport": {"width": WIDE, "height": 800}},
    PHONE: {"viewport": {"width": PHONE, "height": 844}, "is_mobile": True, "has_touch": True},
}

on_every_screen = pytest.mark.parametrize("width", WIDTHS, indirect=True)
on_a_phone = pytest.mark.parametrize("width", [PHONE], indirect=True)
in_light_and_dark = pytest.mark.parametrize("color_scheme", ["light", "dark"], indirect=True)
