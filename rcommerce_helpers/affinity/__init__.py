"""Who would be glad of what next: scores with reasons, beside their simplest rivals."""
