"""Presets: how exports of known systems are read and mapped, one toml file for each, found by their headers."""

from rcommerce_helpers.sources.presets.filling import filled
from rcommerce_helpers.sources.presets.form import Match, Preset, PresetFile, all_presets, matches, plain_name

__all__ = ["Match", "Preset", "PresetFile", "all_presets", "filled", "matches", "plain_name"]
