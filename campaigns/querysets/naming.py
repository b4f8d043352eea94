"""What can be a name at all."""

# No text of the database can hold it, so nothing is named so, and asking would be an error.
NOBODYS = "\0"
