"""What a design may be made of: the elements of MJML we know, where each may stand, and the HTML its words may use."""

_CONTENT_HOLDERS = frozenset({"mj-column", "mj-hero"})

# Each element, and the elements it may stand in.
PARENTS: dict[str, frozenset[str]] = {
    "mjml": frozenset({""}),
    "mj-head": frozenset({"mjml"}),
    "mj-body": frozenset({"mjml"}),
    "mj-title": frozenset({"mj-head"}),
    "mj-style": frozenset({"mj-head"}),
    "mj-attributes": frozenset({"mj-head"}),
    "mj-breakpoint": frozenset({"mj-head"}),
    "mj-wrapper": frozenset({"mj-body"}),
    "mj-section": frozenset({"mj-body", "mj-wrapper"}),
    "mj-hero": frozenset({"mj-body", "mj-wrapper"}),
    "mj-group": frozenset({"mj-section"}),
    "mj-column": frozenset({"mj-section", "mj-group"}),
    "mj-text": _CONTENT_HOLDERS,
    "mj-button": _CONTENT_HOLDERS,
    "mj-image": _CONTENT_HOLDERS,
    "mj-divider": _CONTENT_HOLDERS,
    "mj-spacer": _CONTENT_HOLDERS,
    "mj-table": _CONTENT_HOLDERS,
    "mj-social": _CONTENT_HOLDERS,
    "mj-navbar": _CONTENT_HOLDERS,
    "mj-social-element": frozenset({"mj-social"}),
    "mj-navbar-link": frozenset({"mj-navbar"}),
}

# Those whose inside is words with HTML, or CSS, and not further elements.
WORDED = frozenset({
    "mj-text", "mj-button", "mj-table", "mj-social-element", "mj-navbar-link", "mj-title", "mj-style",
})  # fmt: skip

# Why an element that MJML has is not taken.
REFUSED = {
    "mj-include": "it would read another file",
    "mj-raw": "it would put anything into the message unchecked; use a text or a table",
    "mj-font": "it would load a font from elsewhere when the message is read",
    "mj-preview": "the preview line has a field of its own",
    "mj-html-attributes": "it is not supported",
    "mj-accordion": "most mail programs cannot fold it",
    "mj-carousel": "most mail programs cannot turn it",
}

HTML = frozenset({
    "a", "b", "blockquote", "br", "center", "code", "del", "div", "em", "font", "h1", "h2", "h3", "h4", "h5", "h6",
    "hr", "i", "img", "ins", "li", "ol", "p", "pre", "s", "small", "span", "strike", "strong", "sub", "sup", "table",
    "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul",
})  # fmt: skip
VOID = frozenset({"br", "hr", "img"})
# Attributes that lead somewhere.
LINKS = frozenset({"href", "src", "background", "background-url", "action", "formaction", "xlink:href", "poster"})
SCHEMES = frozenset({"http", "https", "mailto", "tel", "cid"})
