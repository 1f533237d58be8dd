"""Behaviour that is real: segments, cohorts, journeys and findings with n, interval and verdict."""
