"""Exports on the screen: started, followed, fetched, deleted."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from access import audit
from access.identifiers import number_of
from access.problems import Problem, request_id_of
from backlog import doorbell
from exports import asking, listing, pruning
from exports.asking import By
from exports.catalogue import WORDS
from exports.forms import ExportForm
from exports.models import Export
from exports.tasks import write_exports

LIST = "admin:exports_export_changelist"


@permission_required("exports.view_export", raise_exception=True)
@require_http_methods(["GET", "POST"])
def exports(request: HttpRequest) -> HttpResponse:
    """Show the files and the form; the page's own request asks only for what changes."""
    files = listing.page_of(number_of(request.GET.get("before", "")))
    told = {"files": files, "words": WORDS, "kept_days": pruning.KEPT.days}
    if "X-Requested-With" in request.headers:
        return render(request, "exports/_files.html", told)
    form = ExportForm(request.POST or None)
    if form.is_bound and request.user.has_perm("exports.add_export") and form.is_valid() and _started(request, form):
        return redirect(LIST)
    context = {**told, "title": "Exports", "form": form, "kinds": list(form.kinds())}
    return render(request, "exports/list.html", context, status=400 if form.is_bound else 200)


def _by(request: HttpRequest) -> By:
    return By("WEBSITE", request_id_of(request), request.user.get_username())


def _started(request: HttpRequest, form: ExportForm) -> bool:
    try:
        export = asking.ask(form.body(), _by(request))
    except Problem as problem:
        form.add_error(None, problem.details or problem.message)
        return False
    doorbell.ring_on_commit(write_exports)
    summary = f"Exported {WORDS[export.exported_object].lower()}"
    audit.record("export", "export", export.public_id, summary, person=audit.person_of(request))
    messages.success(request, "The file is being written. It can be downloaded when it is ready.")
    return True


@permission_required("exports.view_export", raise_exception=True)
@require_http_methods(["GET"])
def download(request: HttpRequest, export_id: str) -> HttpResponse:
    export = get_object_or_404(Export, public_id=export_id, status=Export.Status.DONE)
    summary = f"Downloaded {WORDS[export.exported_object].lower()}"
    audit.record("download", "export", export.public_id, summary, person=audit.person_of(request))
    return redirect(asking.address_of(export))


@permission_required("exports.delete_export", raise_exception=True)
@require_POST
def delete(request: HttpRequest, export_id: str) -> HttpResponse:
    export = get_object_or_404(Export, public_id=export_id)
    asking.delete(export, _by(request))
    summary = f"Deleted a file of {WORDS[export.exported_object].lower()}"
    audit.record("delete", "export", export_id, summary, person=audit.person_of(request))
    messages.success(request, "The export and its file are deleted.")
    return redirect(LIST)
