"""The one clock, under the name by which everything above events knows it."""

from access.clock import database_now as database_now
