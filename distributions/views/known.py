"""What a tool's account has by name, asked for while its mapping is drawn."""

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from distributions import connecting
from distributions.channels import PROVIDERS, Suggestions
from distributions.models import Connection


@permission_required("distributions.change_distribution", raise_exception=True)
@require_GET
def known(request: HttpRequest, kind: str) -> HttpResponse:
    """Answer with fields and tags of the account as they stand there now."""
    asked = request.GET.get("connection", "").replace("\x00", "")
    connection = get_object_or_404(Connection, public_id=asked, channel=kind)
    found = connecting.suggest(connection)
    return JsonResponse(
        {
            "fields": list(found.fields.items()),
            "tags": list(found.tags),
            "problem": found.problem,
            "words": _in_words(connection, found),
        }
    )


def _in_words(connection: Connection, found: Suggestions) -> str:
    label, count = PROVIDERS[connection.provider].field_label.lower(), len(found.fields)
    return f"{connection.name} has {count} {label}{'' if count == 1 else 's'}."
