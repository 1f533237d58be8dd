"""Plans that keep their promises: offers, claims, assignment, and the honest value of a policy."""
