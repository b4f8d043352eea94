"""A code that stands for itself gets its holder: by one conditional update, as a pool's codes do by one statement."""

from django.db.models import Q
from django.db.models.functions import Now

from campaigns.claiming import Row, tell
from campaigns.models import Publication, Voucher

FREE = Q(holder__isnull=True, active=True) & (Q(expires_at__isnull=True) | Q(expires_at__gt=Now()))


def hand(voucher: Voucher, row: Row, channel: str) -> Publication | None:
    """Give this code to the customer of a row and tell it; None where somebody holds it, or nobody can get it."""
    if not Voucher.objects.filter(FREE, pk=voucher.pk).update(holder=row.customer_id, published_at=Now()):
        return None
    publication = Publication.objects.create(
        public_id=row.public_id,
        voucher=Voucher.objects.get(pk=voucher.pk),
        customer_id=row.customer_id,
        source_id=row.source_id,
        channel=channel,
        metadata=row.metadata,
    )
    publication.refresh_from_db(fields=["created_at"])
    tell([(row, publication)])
    return publication
