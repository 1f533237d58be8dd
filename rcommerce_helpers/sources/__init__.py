"""Landing: whatever a firm exports becomes canonical tables, with nothing guessed and nothing lost."""
