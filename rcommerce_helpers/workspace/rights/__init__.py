"""What a person may ask of a project: to see all that is held of them, and to be forgotten."""
