"""A design made into the HTML of a mail: once, when it is saved. Its Liquid stays for each customer's rendering."""

import re

import mrml
from django.contrib.staticfiles.storage import staticfiles_storage

from designs import checking, marks, tags
from designs.checking import DesignError

LONGEST_HTML = 250_000

_SELF_CLOSED = re.compile(r"<(mj-[a-z-]+)((?:\s[^<>]*)?)/>")
_HEAD = re.compile(r"<mj-head\s*>")
_ROOT = re.compile(r"<mjml(\s[^<>]*)?>")
_OWN_ADDRESS = re.compile(r"""(\s(?:src|href|background)=["']|\burl\(["']?)/(?!/)""")
_CODE = re.compile(r"<\s*(script|iframe|object|embed|form|base|link)\b", re.IGNORECASE)

# Where our own pictures are: said by whoever renders, so that a saved design follows this site to another address.
OWN_SITE = "{{ public_url }}"
# Read by mail programs that show dark letters themselves; the classes are those of the blocks and of the gallery.
DARK = """<mj-style>
@media (prefers-color-scheme: dark) {
  body, .mail-page { background-color: #0b1220 !important; }
  .mail-panel, .mail-panel > table { background: #182235 !important; background-color: #182235 !important; }
  .mail-code > table, .mail-code > table > tbody > tr > td { background-color: #0f1a2c !important; }
  .mail-ink div, .mail-ink a { color: #e6edf7 !important; }
  .mail-quiet div, .mail-quiet a { color: #9fb0c8 !important; }
  .mail-panel img { color: #e6edf7 !important; }
}
</mj-style>"""
_METAS = '<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">'


def tidy(mjml: str) -> str:
    """Return the design as it is kept: without comments, and with every element closed by a tag of its own.

    An editor in a browser reads a self-closed element as one that is still open and lets it swallow what follows.
    """
    checking.check_size(mjml)
    return _SELF_CLOSED.sub(
        lambda found: f"<{found[1]}{found[2].rstrip()}></{found[1]}>", tags.without_comments(mjml)
    ).strip()


def compile_design(mjml: str) -> str:
    """Return the HTML of a tidied design with its Liquid in place; raise DesignError, a sentence for its author."""
    masked, restore = marks.mask(mjml, is_escaped=True)
    checking.check(masked)
    try:
        html = mrml.to_html(_with_dark(masked), None, _options()).content
    except OSError as error:
        raise DesignError(f"The design cannot be read: {error}.") from error
    # The inliner knows the declaration only as HTML writes it in capitals.
    html = html.replace("<!doctype html>", "<!DOCTYPE html>", 1)
    if _CODE.search(html):
        raise DesignError("The design would put code into the message.")
    whole = _OWN_ADDRESS.sub(rf"\g<1>{OWN_SITE}/", html.replace("</head>", f"{_METAS}</head>", 1))
    if len(restored := restore(whole)) > LONGEST_HTML:
        raise DesignError(f"The message would be longer than {LONGEST_HTML:,} characters.")
    return restored


def _with_dark(mjml: str) -> str:
    if _HEAD.search(mjml):
        return _HEAD.sub(lambda found: found[0] + DARK, mjml, count=1)
    return _ROOT.sub(lambda found: f"{found[0]}<mj-head>{DARK}</mj-head>", mjml, count=1)


def _options() -> mrml.RenderOptions:
    """No font is loaded from anywhere, and the signs of social networks are pictures of our own."""
    return mrml.RenderOptions(fonts={}, social_icon_origin=staticfiles_storage.url("designs/social/"))
