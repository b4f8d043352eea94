"""Words to begin with: whole messages for the usual stories, so that nobody starts at an empty page.

Plain data; it knows neither Django nor our tables.
"""

from dataclasses import dataclass

FALLBACK_NAME = '{{ customer.name | default: "there" }}'


@dataclass(frozen=True)
class Starter:
    key: str
    label: str
    about: str
    subject: str
    preheader: str
    html: str
    has_code: bool = True


def _letter(heading: str, lead: str, button: str, closing: str, *, gift: str) -> str:
    """Return a letter of one column: it reads the same on a phone, in a browser and with its images off."""
    return LETTER.format(heading=heading, lead=lead, gift=gift, button=button, closing=closing)


CODE_BLOCK = """
    <p style="margin: 24px 0; padding: 20px; border: 2px dashed #0f766e; border-radius: 8px; text-align: center;">
      <span style="display: block; color: #475569; font-size: 14px;">{{ voucher.discount }} with this code</span>
      <strong style="font-family: monospace; font-size: 26px; letter-spacing: 2px;">{{ voucher.code }}</strong>
    </p>"""

PROMOTION_BLOCK = """
    <p style="margin: 24px 0; padding: 20px; background: #f0fdfa; border-radius: 8px; text-align: center;">
      <strong style="display: block; font-size: 26px;">{{ promotion_tier.discount }}</strong>
      {{ promotion_tier.banner | default: promotion_tier.name }}
      {% if promotion_tier.expires_at %}<br>Until {{ promotion_tier.expires_at }}{% endif %}
    </p>"""

LETTER = """<style>
  .page {{ background: #f1f5f9; padding: 24px 12px; font-family: Arial, Helvetica, sans-serif; color: #0f172a; }}
  .letter {{ max-width: 560px; margin: 0 auto; background: #ffffff; border-radius: 12px; padding: 32px; }}
  .letter p {{ font-size: 16px; line-height: 1.6; }}
  .button {{ display: inline-block; background: #0f766e; color: #ffffff; padding: 14px 28px; border-radius: 8px; }}
</style>
<div class="page">
  <div class="letter">
    <h1 style="margin-top: 0; font-size: 26px;">{heading}</h1>
    <p>Hi {{{{ customer.name | default: "there" }}}},</p>
    <p>{lead}</p>{gift}
    <p><a class="button" href="{{{{ brand.website }}}}" style="text-decoration: none;">{button}</a></p>
    <p>{closing}<br>{{{{ brand.name | default: "Your shop" }}}}</p>
  </div>
</div>
"""

STARTERS = (
    Starter(
        key="cart-rescue",
        label="Cart rescue, with a code",
        about="You left something behind: here is a discount to come back for.",
        subject="{{ voucher.discount }} for the things in your cart",
        preheader="Your code is inside. Your cart is as you left it.",
        html=_letter(
            "You left something behind",
            "the things you chose are still in your cart. Take them home for less:",
            "Back to my cart",
            "See you soon",
            gift=CODE_BLOCK,
        ),
    ),
    Starter(
        key="cart-reminder",
        label="Cart reminder, without a code",
        about="A friendly nudge that gives nothing away.",
        subject="Your cart is waiting for you",
        preheader="We kept everything as you left it.",
        html=_letter(
            "Still thinking it over?",
            "we kept your cart as you left it. If you have a question, answer this message and we will help.",
            "Back to my cart",
            "Yours",
            gift="",
        ),
        has_code=False,
    ),
    Starter(
        key="thank-you",
        label="Thank you, with a code",
        about="A welcome, a first purchase, a good review: say thanks with a code.",
        subject="A thank you for you: {{ voucher.discount }}",
        preheader="With our compliments.",
        html=_letter(
            "Thank you",
            "it is good to have you with us. Here is a little something for your next order:",
            "Use my code",
            "Warmly",
            gift=CODE_BLOCK,
        ),
    ),
    Starter(
        key="promotion",
        label="A promotion, without a code",
        about="What everybody whose cart fits gets by itself: say what, and until when.",
        subject="{{ promotion_tier.discount }} for you",
        preheader="It comes off by itself, without a code.",
        html=_letter(
            "Something for your next order",
            "you need no code for this, it comes off your cart by itself:",
            "To the shop",
            "See you soon",
            gift=PROMOTION_BLOCK,
        ),
        has_code=False,
    ),
)


def starter(key: str) -> Starter | None:
    """Return the starter of this key, or None for one that does not exist."""
    return next((one for one in STARTERS if one.key == key), None)
