"""Records to customers: who is who, what is permitted, and one timeline per customer."""
