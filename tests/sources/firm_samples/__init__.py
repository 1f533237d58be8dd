"""Exports of our own making in the form that known systems document, each with the truth that must come of it."""

from __future__ import annotations

from collections.abc import Callable

from .desk import DESK
from .firm import Sample
from .lists import LISTS
from .shops import SHOPS
from .web import WEB

SAMPLES: dict[str, Callable[[], Sample]] = {**SHOPS, **LISTS, **DESK, **WEB}
