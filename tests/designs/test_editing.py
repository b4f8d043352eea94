"""Designs as they are worked on: nobody overwrites another, and nothing that was is lost."""

from datetime import timedelta

import pytest

from access.problems import Problem
from designs import editing, pieces, shelving
from designs.checking import DesignError
from designs.models import Design, DesignVersion, OwnTemplate

pytestmark = pytest.mark.django_db


def saying(words: str) -> str:
    return pieces.page(pieces.section(pieces.column(pieces.words(words))))


@pytest.fixture
def design() -> Design:
    return editing.begin(saying("first"))


def test_saving_compiles_and_counts_up(design: Design) -> None:
    saved = editing.save(design.pk, saying("second"), design.revision)
    assert "second" in saved.html
    assert saved.revision == design.revision + 1


def test_saving_what_stands_there_changes_nothing(design: Design) -> None:
    assert editing.save(design.pk, saying("first"), 99).revision == design.revision


def test_who_began_from_an_older_state_is_told_and_overwrites_nothing(design: Design) -> None:
    editing.save(design.pk, saying("one window"), design.revision)
    with pytest.raises(editing.DesignChanged) as conflict:
        editing.save(design.pk, saying("another window"), design.revision)
    assert "one window" in conflict.value.design.mjml
    assert "one window" in Design.objects.get(pk=design.pk).mjml


def test_what_cannot_be_compiled_is_not_stored(design: Design) -> None:
    with pytest.raises(DesignError):
        editing.save(design.pk, "<mjml>", design.revision)
    assert "first" in Design.objects.get(pk=design.pk).mjml


def test_how_it_stood_is_kept_by_itself_after_a_while_of_work(design: Design) -> None:
    saved = editing.save(design.pk, saying("second"), design.revision)
    assert design.versions.count() == 0
    Design.objects.filter(pk=design.pk).update(created_at=saved.created_at - timedelta(minutes=11))
    editing.save(design.pk, saying("third"), saved.revision)
    assert ["second" in version.mjml for version in design.versions.all()] == [True]


def test_a_version_is_brought_back_and_what_stood_stays_one(design: Design) -> None:
    kept = editing.keep(design.pk, "Before the sale")
    editing.save(design.pk, saying("second"), design.revision)
    restored = editing.restore(design.pk, kept.number)
    assert "first" in restored.html
    assert ["second" in version.mjml for version in design.versions.all()] == [True, False]


def test_keeping_twice_keeps_once(design: Design) -> None:
    editing.keep(design.pk, "A")
    assert editing.keep(design.pk, "B").label == "B"
    assert design.versions.count() == 1


def test_the_oldest_nameless_versions_make_room(design: Design, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(editing, "VERSIONS_MOST", 2)
    editing.keep(design.pk, "named")
    for number in range(4):
        editing.replace(design.pk, saying(f"state {number}"))
    editing.keep(design.pk, "")
    assert [version.label for version in design.versions.order_by("number")] == ["named", "", ""]


def test_a_copy_lives_by_itself(design: Design) -> None:
    copy = editing.copy(design)
    editing.save(copy.pk, saying("mine"), copy.revision)
    assert "first" in Design.objects.get(pk=design.pk).mjml


def test_a_discarded_design_takes_its_versions_along(design: Design) -> None:
    editing.keep(design.pk, "")
    editing.discard([design.pk])
    assert DesignVersion.objects.count() == 0


def test_the_shelf_keeps_one_template_per_name() -> None:
    shelving.shelve("  Our   letter ", saying("one"))
    shelving.shelve("Our letter", saying("two"))
    assert ["two" in template.html for template in OwnTemplate.objects.all()] == [True]
    shelving.take_off(OwnTemplate.objects.get().public_id)
    assert OwnTemplate.objects.count() == 0


@pytest.mark.parametrize("name", ["", "  ", "x" * 121])
def test_a_template_needs_a_name(name: str) -> None:
    with pytest.raises(Problem):
        shelving.shelve(name, saying("one"))
