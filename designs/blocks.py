"""What can be dragged into a message, each with its sign and the MJML that is dropped. Plain data."""

from dataclasses import asdict, dataclass

from designs import pieces
from designs.pieces import column, section


@dataclass(frozen=True)
class Block:
    """One block: ``icon`` is a name of the vendored icon font, ``content`` what lands where it is dropped."""

    key: str
    label: str
    group: str
    icon: str
    content: str


def blocks() -> list[dict[str, str]]:
    return [asdict(block) for block in BLOCKS]


_LAYOUT, _CONTENT, _OURS = "Layout", "Content", "Promotion"
PICTURE = "/static/designs/picture.png"

BLOCKS = (
    Block("coupon", "Coupon", _OURS, "ticket", pieces.coupon()),
    Block("coupon-qr", "Coupon with QR code", _OURS, "qrcode", pieces.coupon(picture="qr")),
    Block("coupon-barcode", "Coupon with barcode", _OURS, "barcode", pieces.coupon(picture="barcode")),
    Block(
        "brand-header", "Brand header", _OURS, "shopping-bag",
        section(column(pieces.heading("{{ brand.name }}", size="22px")), padding="20px 16px"),
    ),
    Block(
        "brand-logo", "Logo", _OURS, "star",
        pieces.image("{{ brand.logo_url }}", "{{ brand.name }}", width="140px", padding="12px"),
    ),
    Block("unsubscribe", "Unsubscribe", _OURS, "sign-out", pieces.unsubscribe()),
    Block("brand-footer", "Brand footer", _OURS, "building-o", pieces.footer()),
    Block("text", "Text", _CONTENT, "font", pieces.words("Write something kind.", align="left")),
    Block("heading", "Heading", _CONTENT, "header", pieces.heading("A heading")),
    Block("image", "Image", _CONTENT, "picture-o", pieces.image(PICTURE, "", padding="10px 24px")),
    Block("button", "Button", _CONTENT, "hand-pointer-o", pieces.button("Go to the shop")),
    Block("divider", "Divider", _CONTENT, "minus", pieces.divider()),
    Block("spacer", "Space", _CONTENT, "arrows-v", pieces.spacer()),
    Block(
        "social", "Social", _CONTENT, "share-alt",
        pieces.social("facebook-noshare", "instagram", "x-noshare", "youtube"),
    ),
    Block("columns-1", "1 column", _LAYOUT, "square-o", section(column())),
    Block("columns-2", "2 columns", _LAYOUT, "columns", section(column(), column())),
    Block("columns-3", "3 columns", _LAYOUT, "th", section(column(), column(), column())),
    Block(
        "text-image", "Text and image", _LAYOUT, "newspaper-o",
        section(
            column(pieces.image(PICTURE, "", padding="10px")),
            column(pieces.heading("A heading", size="20px", align="left"), pieces.words("And words.", align="left")),
        ),
    ),
    Block(
        "footer", "Footer", _LAYOUT, "window-minimize",
        section(column(pieces.divider(), pieces.small("You receive this because you are our customer.")), color=""),
    ),
)  # fmt: skip
