"""The pieces that blocks and gallery are built of: one function for each element, returning its MJML.

Every look is written on the element itself, for an editor draws each one alone. The classes named ``mail-`` are what
the dark letter changes.
"""

from dataclasses import dataclass

SANS = "Helvetica, Arial, sans-serif"
SERIF = "Georgia, 'Times New Roman', serif"
MONO = "Menlo, Consolas, 'Courier New', monospace"


@dataclass(frozen=True)
class Palette:
    """The colors of one design."""

    page: str = "#eef2f6"
    accent: str = "#0f766e"
    tint: str = "#f0fdfa"
    ink: str = "#0f172a"
    quiet: str = "#5b6b80"
    heading: str = SANS


PLAIN = Palette()


def page(body: str, palette: Palette = PLAIN) -> str:
    """Return a whole design."""
    inside = f'<mj-body width="600px" background-color="{palette.page}" css-class="mail-page">{body}</mj-body>'
    return f'<mjml lang="en">{inside}</mjml>'


def section(*columns: str, padding: str = "8px 16px", color: str = "#ffffff", rounded: str = "") -> str:
    """Return a row of columns on a panel of this color; without a color it lies on the page itself."""
    look = f' background-color="{color}" css-class="mail-panel"' if color else ""
    corners = f' border-radius="{rounded}"' if rounded else ""
    return f'<mj-section padding="{padding}"{look}{corners}>{"".join(columns)}</mj-section>'


def column(*content: str, attributes: str = "") -> str:
    return f"<mj-column{' ' if attributes else ''}{attributes}>{''.join(content)}</mj-column>"


def heading(words: str, palette: Palette = PLAIN, *, size: str = "30px", align: str = "center") -> str:
    return (
        f'<mj-text css-class="mail-ink" align="{align}" color="{palette.ink}" font-family="{palette.heading}" '
        f'font-size="{size}" font-weight="700" line-height="1.25" padding="12px 24px 6px">{words}</mj-text>'
    )


def words(text: str, palette: Palette = PLAIN, *, align: str = "center") -> str:
    return (
        f'<mj-text css-class="mail-ink" align="{align}" color="{palette.ink}" font-family="{SANS}" '
        f'font-size="16px" line-height="1.6" padding="6px 24px">{text}</mj-text>'
    )


def small(text: str, palette: Palette = PLAIN, *, align: str = "center", size: str = "13px") -> str:
    return (
        f'<mj-text css-class="mail-quiet" align="{align}" color="{palette.quiet}" font-family="{SANS}" '
        f'font-size="{size}" line-height="1.6" padding="4px 24px">{text}</mj-text>'
    )


def button(label: str, href: str = "{{ brand.website }}", palette: Palette = PLAIN) -> str:
    return (
        f'<mj-button href="{href}" background-color="{palette.accent}" color="#ffffff" font-family="{SANS}" '
        f'font-size="16px" font-weight="700" border-radius="8px" inner-padding="14px 30px" '
        f'padding="14px 24px 18px">{label}</mj-button>'
    )


def image(src: str, alt: str, *, width: str = "", padding: str = "0px", rounded: str = "", href: str = "") -> str:
    size = (f' width="{width}"' if width else "") + (f' border-radius="{rounded}"' if rounded else "")
    target = f' href="{href}"' if href else ""
    return f'<mj-image src="{src}" alt="{alt}" padding="{padding}"{size}{target}></mj-image>'


def divider() -> str:
    return '<mj-divider border-width="1px" border-color="#d8e0ea" padding="12px 24px"></mj-divider>'


def spacer(height: str = "20px") -> str:
    return f'<mj-spacer height="{height}"></mj-spacer>'


def coupon(palette: Palette = PLAIN, *, picture: str = "", label: str = "Copy the code") -> str:
    """Return the code with its value, its end, a way to copy it, and on request its picture: "qr" or "barcode"."""
    look = (
        f'css-class="mail-code" background-color="{palette.tint}" border="2px dashed {palette.accent}" '
        'border-radius="12px" padding="14px 4px"'
    )
    code = (
        f'<mj-text css-class="mail-ink" align="center" color="{palette.ink}" font-family="{MONO}" font-size="24px" '
        'font-weight="700" letter-spacing="1px" line-height="1.3" padding="4px 12px 8px">{{ voucher.code }}</mj-text>'
    )
    shown = {
        "qr": image("{{ voucher.qr_url }}", "QR code of your code", width="150px", padding="6px"),
        "barcode": image("{{ voucher.barcode_url }}", "Barcode of your code", width="260px", padding="6px"),
    }
    inside = (
        small("{{ voucher.discount }} with this code", palette, size="14px"),
        code,
        shown.get(picture, ""),
        button(label, "{{ voucher.copy_url }}", palette),
        small("Valid until {{ voucher.expires_at | default: 'further notice' }}", palette),
    )
    return section(column(*inside, attributes=look), padding="12px 40px")


def social(*names: str) -> str:
    entries = "".join(f'<mj-social-element name="{name}" alt="{alt}" href=""></mj-social-element>' for name, alt in (
        (one, SOCIAL[one]) for one in names
    ))  # fmt: skip
    look = 'mode="horizontal" icon-size="28px" border-radius="14px" padding="8px 24px"'
    return f"<mj-social {look}>{entries}</mj-social>"


SOCIAL = {
    "facebook-noshare": "Facebook",
    "instagram": "Instagram",
    "x-noshare": "X",
    "youtube": "YouTube",
    "linkedin-noshare": "LinkedIn",
    "pinterest-noshare": "Pinterest",
    "web": "Website",
}


def unsubscribe(palette: Palette = PLAIN) -> str:
    link = _link("unsubscribe_url", "Unsubscribe", palette)
    return small(f"Not interested any more? {link}", palette, size="12px")


def footer(palette: Palette = PLAIN) -> str:
    """Return who writes and from where, as the law wants it, with the way out and the way to choose."""
    leave = _link("unsubscribe_url", "Unsubscribe", palette)
    choose = _link("preferences_url", "Manage preferences", palette)
    privacy = _link("brand.privacy_policy", "Privacy", palette)
    lines = (
        f"{{{{ brand.name }}}}<br>{{{{ brand.postal_address }}}}<br>{leave} · {choose}"
        f"{{% if brand.privacy_policy != '' %}} · {privacy}{{% endif %}}"
    )
    return section(column(small(lines, palette, size="12px")), padding="16px 16px 32px", color="")


def _link(field: str, label: str, palette: Palette) -> str:
    return f'<a href="{{{{ {field} }}}}" style="color: {palette.quiet}">{label}</a>'
