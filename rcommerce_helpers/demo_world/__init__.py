"""The generated shop whose truth is known. Imported by the command line, tests and exercises only."""
