"""The forms of campaigns and codes, in the words of who gives them; each says what the API's body would say."""
