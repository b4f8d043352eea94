"""What a tool's account has by name, asked for while its mapping, or the account itself, is on the screen."""

from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET, require_POST

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
            "events": list(found.events),
            "senders": list(found.senders.items()),
            "problem": found.problem,
            "words": _in_words(connection, found),
        }
    )


@permission_required("distributions.change_connection", raise_exception=True)
@require_POST
def settings(request: HttpRequest, provider: str) -> HttpResponse:
    """Answer with what the settings of an account may be, asked with the credentials in the form; nothing is stored."""
    meant = PROVIDERS.get(provider)
    if meant is None or meant.is_built_in:
        raise Http404
    stored = request.POST.get("connection", "")
    connection = get_object_or_404(Connection, public_id=stored, provider=provider) if stored else None
    said = {name: value[:4_000] for name, value in request.POST.items() if name in {one.name for one in meant.settings}}
    found = connecting.suggest_with(meant, said, connection)
    choices = {name: list(values.items()) for name, values in found.settings.items()}
    return JsonResponse({"settings": choices, "problem": found.problem})


def _in_words(connection: Connection, found: Suggestions) -> str:
    label, count = PROVIDERS[connection.provider].field_label.lower(), len(found.fields)
    return f"{connection.name} has {count} {label}{'' if count == 1 else 's'}."
