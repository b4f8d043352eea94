"""A campaign's codes written to Mailchimp, each contact once."""
