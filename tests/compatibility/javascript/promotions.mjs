// To be told.
