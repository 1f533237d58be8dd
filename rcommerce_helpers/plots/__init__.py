"""Pictures: one file per stage, result and language in, plotly Figure out; nothing is computed here."""
