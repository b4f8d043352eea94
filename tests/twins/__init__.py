"""Providers' twins: small local servers that answer as each provider's published API reference says.

A twin knows what it accepted; the tests compare that with what the product says. It validates what the provider
validates and refuses in the provider's own words; it can be told to misbehave before or after accepting.
"""
