"""What is on its way to a customer who goes stops; what a provider said of one who is erased goes too."""

from customers.leaving import Departure
from transfers.models import Parcel


def forget(departure: Departure) -> dict[str, int]:
    """End her open parcels; a hand-over under way finds its parcel changed."""
    parcels = Parcel.objects.filter(customer=departure.customer)
    parcels.filter(state__in=Parcel.OPEN).update(state=Parcel.State.SKIPPED, detail="The customer was deleted.")
    if departure.is_permanent:
        parcels.exclude(detail="").update(detail="Erased.")
    return {}
