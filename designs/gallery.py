"""Six whole messages to begin from, one for each usual story, and an almost empty one. Plain data."""

from dataclasses import dataclass

from designs import pieces
from designs.pieces import SERIF, Palette, column, section

ART = "/static/designs/art/{}.png"
HELLO = "Hi {{ customer.first_name | default: 'there' }},"


@dataclass(frozen=True)
class GalleryDesign:
    """One message: its words for the inbox, and its design."""

    key: str
    label: str
    about: str
    subject: str
    preheader: str
    mjml: str
    has_code: bool = True


def design(key: str) -> GalleryDesign | None:
    """Return the design of this key, or None for one that does not exist."""
    return next((one for one in GALLERY if one.key == key), None)


def _message(art: str, alt: str, palette: Palette, *rows: str) -> str:
    """Return a message of one column under its picture, on a card with the shop's name above and its address below."""
    brand = section(
        column(pieces.small("<b>{{ brand.name }}</b>", palette, size="15px")), padding="20px 16px 8px", color=""
    )
    corners = "14px 14px 0px 0px"
    picture = section(column(pieces.image(ART.format(art), alt, rounded=corners)), padding="0px", rounded=corners)
    end = section(column(pieces.spacer("10px")), padding="0px", rounded="0px 0px 14px 14px")
    return pieces.page("".join((brand, picture, *rows, end, pieces.footer(palette))), palette)


def _letter(title: str, *paragraphs: str, palette: Palette) -> str:
    inside = [pieces.heading(title, palette), *(pieces.words(one, palette) for one in paragraphs)]
    return section(column(*inside), padding="18px 16px 4px")


def _button(label: str, palette: Palette) -> str:
    return section(column(pieces.button(label, palette=palette)), padding="4px 16px")


def _steps(palette: Palette, *steps: tuple[str, str]) -> str:
    columns = [
        column(pieces.heading(title, palette, size="17px"), pieces.small(words, palette)) for title, words in steps
    ]
    return section(*columns, padding="10px 8px")


CART = Palette(page="#e8f1f2", accent="#0f766e", tint="#f0fdfa")
WELCOME = Palette(page="#eef0fb", accent="#4f46e5", tint="#f5f5ff")
FIRST = Palette(page="#fdf1e7", accent="#c2410c", tint="#fff7ed", ink="#2a1a10", quiet="#7a5b47")
BACK = Palette(page="#f6eef5", accent="#9d2b7a", tint="#fdf4fb", ink="#2b1326", quiet="#775a70", heading=SERIF)
BIRTHDAY = Palette(page="#fff4e0", accent="#be185d", tint="#fff1f6", ink="#33121f", quiet="#7c5565", heading=SERIF)
REWARD = Palette(page="#eaf2e6", accent="#3f6f1f", tint="#f6fbf1", ink="#16240e", quiet="#56684b")

GALLERY = (
    GalleryDesign(
        key="abandoned-cart",
        label="Abandoned cart",
        about="The things she chose are waiting, and for a little while they cost less.",
        subject="{{ customer.first_name | default: 'Hello' }}, your cart is still here",
        preheader="Take it home with {{ voucher.discount }}.",
        mjml=_message(
            "cart", "A full shopping cart", CART,
            _letter(
                "You left something behind", HELLO,
                "we kept your cart exactly as you left it. Come back today and let us take something off the price:",
                palette=CART,
            ),
            pieces.coupon(CART),
            _button("Back to my cart", CART),
            section(column(
                pieces.small("Not sure yet? Answer this message and a real person will help you choose.", CART),
            )),
        ),
    ),
    GalleryDesign(
        key="welcome",
        label="Welcome",
        about="Say hello, tell what you stand for, and give a reason to look around.",
        subject="Welcome to {{ brand.name }}",
        preheader="A small gift is waiting inside.",
        mjml=_message(
            "welcome", "An open door with the sun behind it", WELCOME,
            _letter(
                "Come on in", HELLO,
                "it is good to have you here. To make the first visit count, this one is on us:",
                palette=WELCOME,
            ),
            pieces.coupon(WELCOME),
            _button("Look around", WELCOME),
            _steps(
                WELCOME,
                ("Chosen with care", "We sell only what we would give to a friend."),
                ("Sent quickly", "Most orders leave us the same day."),
                ("Easily returned", "Changed your mind? Send it back."),
            ),
        ),
    ),
    GalleryDesign(
        key="first-purchase",
        label="First purchase",
        about="Thank her for the first order and invite her to the second.",
        subject="Thank you for your first order",
        preheader="Here is {{ voucher.discount }} for the next one.",
        mjml=_message(
            "parcel", "A parcel tied with a ribbon", FIRST,
            _letter(
                "Your first of many, we hope", HELLO,
                "thank you for choosing us. While your parcel is on its way, here is something for the next time:",
                palette=FIRST,
            ),
            pieces.coupon(FIRST),
            _button("Find something new", FIRST),
        ),
    ),
    GalleryDesign(
        key="win-back",
        label="Win back",
        about="She has not been here for a while: be brief, be warm, be generous.",
        subject="It has been a while, {{ customer.first_name | default: 'friend' }}",
        preheader="We would love to see you again.",
        mjml=_message(
            "window", "A lit window at dusk", BACK,
            _letter(
                "We left the light on", HELLO,
                "much has changed since you were here. One thing has not: you are welcome. This is for your return.",
                palette=BACK,
            ),
            pieces.coupon(BACK, label="Keep my code"),
            _button("See what is new", BACK),
        ),
    ),
    GalleryDesign(
        key="birthday",
        label="Birthday",
        about="A present on the day itself, to use online or to show at the till.",
        subject="Happy birthday, {{ customer.first_name | default: 'dear customer' }}!",
        preheader="Your present is inside.",
        mjml=_message(
            "cake", "A birthday cake with candles", BIRTHDAY,
            _letter(
                "Happy birthday!", HELLO,
                "today is yours. We wrapped up {{ voucher.discount }}: use it online, or show the picture in the shop.",
                palette=BIRTHDAY,
            ),
            pieces.coupon(BIRTHDAY, picture="qr", label="Open my present"),
            _button("Treat yourself", BIRTHDAY),
        ),
    ),
    GalleryDesign(
        key="reward",
        label="Reward",
        about="Somebody did something for you, a review or a recommendation: give something back.",
        subject="You earned this: {{ voucher.discount }}",
        preheader="A thank-you from all of us.",
        mjml=_message(
            "medal", "A medal on a ribbon", REWARD,
            _letter(
                "You earned this", HELLO,
                "you took the time, and it helped others. This is our way of saying thank you:",
                palette=REWARD,
            ),
            pieces.coupon(REWARD, picture="barcode"),
            _button("Use my reward", REWARD),
        ),
    ),
    GalleryDesign(
        key="blank",
        label="Blank page",
        about="A heading, a text and the footer that the law wants.",
        subject="",
        preheader="",
        has_code=False,
        mjml=pieces.page(
            section(column(
                pieces.heading("{{ brand.name }}", size="24px"), pieces.words(HELLO, align="left"),
            ), padding="24px 16px")
            + pieces.footer(),
        ),
    ),
)  # fmt: skip
