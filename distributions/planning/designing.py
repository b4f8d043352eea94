"""A channel's letter drawn in the visual editor: begun from a template, saved, brought back, put into the messages.

While the distribution is a draft every save goes into its message. Once it was live, the design is worked on aside, and
``publish`` puts it into what is prepared from then on.
"""

from django.contrib.auth.models import User
from django.db import transaction

from access import audit
from access.problems import Problem, invalid_payload
from designs import editing, gallery
from designs.checking import DesignError
from designs.models import Design, DesignVersion, OwnTemplate
from distributions.composing import inlining, sampling
from distributions.composing.sandbox import TemplateError
from distributions.models import Distribution, DistributionChannel
from distributions.planning import channel_drafts, completeness

Status = Distribution.Status
LETTERS = frozenset({DistributionChannel.Type.EMAIL, DistributionChannel.Type.MAILBOX})
PUBLISHED = "Published"


@transaction.atomic
def begin(channel: DistributionChannel, template: str, person: User | None = None) -> Design:
    """Begin the channel's design from this template of the gallery or of one's own; a gallery one brings its subject.

    A design that is there already keeps how it stood as a version.
    """
    locked = _locked(channel)
    mjml, words = _template(template)
    if locked.design_id is None:
        locked.design = editing.begin(mjml, person)
    else:
        locked.design = editing.replace(locked.design_id, mjml, person)
    for name, value in words.items():
        # Words that a person wrote stay; those of another template make room.
        if not getattr(locked, name) or getattr(locked, name) in {getattr(one, name) for one in gallery.GALLERY}:
            setattr(locked, name, value)
    locked.save(update_fields=["design", *words])
    return _follow(locked, locked.design)


@transaction.atomic
def save(channel: DistributionChannel, mjml: str, revision: int, person: User | None = None) -> Design:
    """Save the working copy.

    Raise Problem where it cannot be compiled or filled in, and editing.DesignChanged where another window was first.
    """
    locked = _locked(channel)
    try:
        design = editing.save(_design_id(locked), mjml, revision, person)
        # A trial with samples: what loops or grows without end is told now, and not when it is due.
        sampling.filled(design.html)
    except (DesignError, TemplateError) as error:
        raise _refusal(str(error)) from error
    return _follow(locked, design)


@transaction.atomic
def restore(channel: DistributionChannel, number: int, person: User | None = None) -> Design:
    """Bring back a version of the design."""
    locked = _locked(channel)
    try:
        return _follow(locked, editing.restore(_design_id(locked), number, person))
    except DesignVersion.DoesNotExist as error:
        raise Problem(404, "not_found", "Resource not found", f"There is no version {number}.") from error


@transaction.atomic
def publish(channel: DistributionChannel, person: User | None = None) -> Design:
    """Put the working copy into every message that is prepared from now on; it is kept as a version."""
    locked = _locked(channel)
    design = Design.objects.get(pk=_design_id(locked))
    editing.keep(design.pk, PUBLISHED, person)
    _put(locked, design)
    distribution = locked.distribution
    if distribution.status in {Status.LIVE, Status.PAUSED} and (lacks := completeness.missing(distribution)):
        raise invalid_payload(" ".join(lack.message for lack in lacks))
    summary = f"The design of {distribution} was published"
    audit.record("publish", "distribution", distribution.public_id, summary, person=person)
    return design


@transaction.atomic
def leave(channel: DistributionChannel) -> None:
    """Give up the design and keep its HTML, to be written by hand from here on."""
    locked = _locked(channel)
    channel_drafts.leave_design(locked)
    locked.save(update_fields=["design", "design_revision"])


def as_it_stands(channel: DistributionChannel) -> DistributionChannel:
    """Return the channel as its working copy would make it, for looking at; nothing is stored."""
    if channel.design is not None and channel.design_revision != channel.design.revision:
        channel.html, channel.inlined_html = channel.design.html, inlining.inline(channel.design.html)
    return channel


def _follow(locked: DistributionChannel, design: Design) -> Design:
    if locked.distribution.status == Status.DRAFT and locked.design_revision != design.revision:
        _put(locked, design)
    return design


def _put(locked: DistributionChannel, design: Design) -> None:
    locked.html, locked.inlined_html = design.html, inlining.inline(design.html)
    locked.design_revision = design.revision
    locked.save(update_fields=["html", "inlined_html", "design_revision"])


def _locked(channel: DistributionChannel) -> DistributionChannel:
    """Hold the distribution as everybody does who writes its words; who has ended takes none any more."""
    distribution = Distribution.objects.select_for_update().get(pk=channel.distribution_id)
    if distribution.status in {Status.STOPPED, Status.DONE}:
        raise _refusal("A distribution that has ended is not changed any more; duplicate it instead.")
    if channel.type not in LETTERS:
        raise _refusal("Only letters have a design.")
    locked = DistributionChannel.objects.select_for_update().get(pk=channel.pk)
    locked.distribution = distribution
    return locked


def _design_id(locked: DistributionChannel) -> int:
    if locked.design_id is None:
        raise _refusal("This message is not drawn in the visual editor any more. Load the page again.")
    return locked.design_id


def _template(key: str) -> tuple[str, dict[str, str]]:
    found = gallery.design(key)
    if found is not None:
        return found.mjml, {"subject": found.subject, "preheader": found.preheader}
    own = OwnTemplate.objects.filter(public_id=key).first()
    if own is None:
        raise Problem(404, "not_found", "Resource not found", "There is no such template.")
    return own.mjml, {}


def _refusal(sentence: str) -> Problem:
    return Problem(400, "design_refused", "The design cannot be saved", sentence)
