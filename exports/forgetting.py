"""Of who is erased nothing stays in files: the rows that name her are taken out of those that are written."""

import csv
import io

from django.db.models import F

from customers.leaving import Departure
from exports.models import Export, Part


def forget(departure: Departure) -> dict[str, int]:
    """Take her rows out of every file; of one that is being written they are not written, or found a minute later."""
    if not departure.is_permanent:
        return {}
    key = departure.customer.pk
    parts = Part.objects.select_for_update().filter(people__contains=[key]).order_by("pk")
    return {"export_rows": sum(_without(part, key) for part in parts)}


def _without(part: Part, key: int) -> int:
    """Write a part anew without the rows that name a customer; return how many they were."""
    kept = [place for place, named in enumerate(part.whom) if key not in named]
    gone = len(part.whom) - len(kept)
    lines = list(csv.reader(io.StringIO(part.content)))
    first = len(lines) - len(part.whom)
    text = io.StringIO()
    csv.writer(text).writerows([*lines[:first], *(lines[first + place] for place in kept)])
    whom = [part.whom[place] for place in kept]
    people = sorted({one for named in whom for one in named})
    Part.objects.filter(pk=part.pk).update(content=text.getvalue(), whom=whom, people=people)
    Export.objects.filter(pk=part.export_id).update(rows=F("rows") - gone)
    return gone
