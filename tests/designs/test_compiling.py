"""A design becomes the HTML of a mail, or is refused with a sentence; nothing in between."""

import pytest
from django.contrib.staticfiles import finders

from designs import blocks, compiling, gallery, pieces
from designs.checking import DesignError


def compiled(content: str) -> str:
    """Compile words within one column."""
    return compile_whole(pieces.page(pieces.section(pieces.column(content))))


def compile_whole(mjml: str) -> str:
    return compiling.compile_design(compiling.tidy(mjml))


@pytest.mark.parametrize("design", gallery.GALLERY, ids=lambda one: one.key)
def test_every_design_of_the_gallery_compiles_and_names_the_way_out(design: gallery.GalleryDesign) -> None:
    html = compile_whole(design.mjml)
    assert "{{ unsubscribe_url }}" in html
    assert 'href="{{ preferences_url }}"' in html
    assert "{{ brand.postal_address }}" in html
    assert ("{{ voucher.code }}" in html) is design.has_code


@pytest.mark.parametrize("block", blocks.BLOCKS, ids=lambda one: one.key)
def test_every_block_compiles_where_it_is_dropped(block: blocks.Block) -> None:
    row = block.content if block.content.startswith("<mj-section") else pieces.section(pieces.column(block.content))
    assert compile_whole(pieces.page(row))


def test_every_picture_of_gallery_and_blocks_is_ours() -> None:
    sources = "".join([*(one.mjml for one in gallery.GALLERY), *(one.content for one in blocks.BLOCKS)])
    named = {part.split('"')[0] for part in sources.split('src="')[1:]}
    ours = {name for name in named if not name.startswith("{{")}
    assert ours
    assert [name for name in ours if not finders.find(name.removeprefix("/static/"))] == []


def test_nothing_is_loaded_from_anybody_else() -> None:
    html = compiled(pieces.words("Hello") + pieces.social(*pieces.SOCIAL))
    assert "fonts.googleapis.com" not in html
    assert "mailjet" not in html
    assert html.count('src="{{ public_url }}/static/designs/social/') == len(pieces.SOCIAL)


def test_liquid_comes_through_words_and_addresses_as_it_was_meant() -> None:
    html = compiled(
        '<mj-text>Hi {{ customer.name | default: &quot;you&quot; }}{% if 2 &gt; 1 %}!{% endif %}</mj-text>'
        "<mj-button href=\"{{ brand.website | append: '/a' }}\">Go</mj-button>"
    )  # fmt: skip
    assert 'Hi {{ customer.name | default: "you" }}{% if 2 > 1 %}!{% endif %}' in html
    assert "href=\"{{ brand.website | append: '/a' }}\"" in html


def test_our_own_pictures_wait_for_the_address_that_the_site_will_have() -> None:
    own = "/images/" + "a" * 64 + ".png"
    panel = f'<mj-section background-url="{own}"><mj-column>{pieces.image(own, "A tree")}</mj-column></mj-section>'
    html = compile_whole(pieces.page(panel))
    assert f'src="{{{{ public_url }}}}{own}"' in html
    assert f"url('{{{{ public_url }}}}{own}')" in html
    assert f'"{own}' not in html


def test_a_self_closed_element_does_not_swallow_what_follows() -> None:
    tidied = compiling.tidy(pieces.page(pieces.section(pieces.column('<mj-divider border-width="1px" /><mj-spacer/>'))))
    assert '<mj-divider border-width="1px"></mj-divider><mj-spacer></mj-spacer>' in tidied


def test_the_dark_letter_has_rules_of_its_own() -> None:
    assert "prefers-color-scheme: dark" in compiled(pieces.words("Hello"))


@pytest.mark.parametrize(
    ("content", "told"),
    [
        pytest.param("<mj-foo>a</mj-foo>", "<mj-foo> is not known", id="an unknown element"),
        pytest.param('<mj-include path="/etc/passwd"></mj-include>', "read another file", id="a file"),
        pytest.param("<mj-raw><b>a</b></mj-raw>", "<mj-raw> is not taken", id="anything raw"),
        pytest.param("<mj-text><script>alert(1)</script></mj-text>", "<script> is not known", id="a script"),
        pytest.param("<mj-text><iframe src='x'></iframe></mj-text>", "<iframe> is not known", id="a frame"),
        pytest.param("<mj-text><form><input></form></mj-text>", "<form> is not known", id="a form"),
        pytest.param("<mj-text><svg onload='x'></svg></mj-text>", "<svg> is not known", id="a drawing"),
        pytest.param("<mj-text><b onclick='x()'>a</b></mj-text>", "would run code", id="a handler"),
        pytest.param("<mj-text ONCLICK='x()'>a</mj-text>", "would run code", id="a handler in capitals"),
        pytest.param("<mj-button href='javascript:x()'>a</mj-button>", "may not begin with", id="a link to code"),
        pytest.param("<mj-button href=' JaVa&#9;script:x()'>a</mj-button>", "may not begin with", id="disguised code"),
        pytest.param("<mj-image src='data:text/html,x'></mj-image>", "may not begin with", id="a document as picture"),
        pytest.param("<mj-text><p style='width:expression(x)'>a</p></mj-text>", "run code", id="code in CSS"),
        pytest.param("<mj-text><p style='b:\\75rl(x)'>a</p></mj-text>", "run code", id="escaped CSS"),
        pytest.param("<mj-text>a", "is expected", id="unclosed"),
        pytest.param("<mj-text>a</mj-button>", "closes nothing", id="crossed"),
        pytest.param("loose words", "stands loose", id="loose words"),
        pytest.param("{{ customer.name }}", "stands loose", id="a loose field"),
        pytest.param("<mj-section></mj-section>", "belongs in", id="a row in a column"),
        pytest.param("<mj-text><![CDATA[<script>]]></mj-text>", "never ends", id="a marked section"),
        pytest.param("<mj-text><?php x ?></mj-text>", "not taken", id="a processing instruction"),
        pytest.param("<mj-text>" + "<b>" * 60 + "</b>" * 60 + "</mj-text>", "too many", id="nested deeply"),
        pytest.param("<mj-text></mj-text>" * 4_000, "too many", id="endlessly many"),
        pytest.param("<mj-text>" + "x" * 250_000 + "</mj-text>", "longer than", id="too long"),
        pytest.param("<mj-text>1 < 2</mj-text>", "", id="a loose angle bracket"),
    ],
)
def test_what_is_no_design_is_refused_with_a_sentence(content: str, told: str) -> None:
    with pytest.raises(DesignError) as refused:
        compiled(content)
    assert told in str(refused.value)


@pytest.mark.parametrize(
    "whole",
    [
        pytest.param("", id="nothing"),
        pytest.param("<mjml></mjml>", id="no body"),
        pytest.param("<html><body>Hello</body></html>", id="HTML"),
        pytest.param('<!DOCTYPE x [<!ENTITY a "b">]><mjml><mj-body></mj-body></mjml>', id="entities"),
        pytest.param("<mjml><mj-head><mj-font name='x' href='https://x'></mj-font></mj-head></mjml>", id="a font"),
        pytest.param(
            "<mjml><mj-head><mj-style>@import 'x';</mj-style></mj-head><mj-body></mj-body></mjml>", id="import"
        ),
        pytest.param(
            "<mjml><mj-head><mj-style>a{background:url(https://x)}</mj-style></mj-head><mj-body></mj-body></mjml>",
            id="CSS that loads",
        ),
        pytest.param("words<mjml><mj-body></mj-body></mjml>", id="words outside"),
    ],
)
def test_a_whole_that_is_no_design_is_refused(whole: str) -> None:
    with pytest.raises(DesignError):
        compile_whole(whole)
