"""Runs: the notebooks executed through papermill into one folder that tells the truth about itself."""
