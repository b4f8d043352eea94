"""Codes in the admin: ordered, brought in, taken out as a file, and shown one by one."""

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.text import slugify
from django.views.decorators.http import require_GET, require_POST

from access import project
from access.problems import Problem
from backlog import doorbell
from campaigns import downloads, importing, pools, sheets
from campaigns.forms.campaigns import AddCodesForm, ImportForm
from campaigns.tasks import make_codes
from campaigns.views.campaigns import show
from campaigns.views.finding import may_change, may_see, origin_of, record, the_campaign


@may_change
@require_POST
def add_codes(request: HttpRequest, key: str) -> HttpResponse:
    campaign = the_campaign(key)
    form = AddCodesForm(request.POST)
    if form.is_valid():
        count = form.cleaned_data["count"]
        try:
            pools.order_codes(campaign, count, origin_of(request))
        except Problem as problem:
            form.add_error("count", problem.details)
        else:
            doorbell.ring_on_commit(make_codes)
            record(request, "change", campaign, f"Ordered {count:,} codes for {campaign.name}")
            return redirect("admin:campaigns_campaign_change", campaign.pk)
    return show(request, campaign, add_form=form)


@may_change
@require_POST
def import_codes(request: HttpRequest, key: str) -> HttpResponse:
    """Take the codes of a file into the pool and report on every row that did not come in."""
    campaign = the_campaign(key)
    form = ImportForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            brought = sheets.read(form.cleaned_data["file"].read(sheets.MOST_BYTES + 1), project.current().currency)
            _, report = importing.import_codes(
                campaign, brought, kind="CAMPAIGN.VOUCHERS_IMPORT_CSV", origin=origin_of(request)
            )
        except Problem as problem:
            form.add_error("file", problem.details or problem.message)
        else:
            record(request, "import", campaign, f"Imported {report.added:,} codes into {campaign.name}")
            context = {"title": f"Import into {campaign.name}", "campaign": campaign, "report": report}
            return render(request, "campaigns/import.html", context)
    return show(request, campaign, import_form=form)


@may_see
@require_GET
def download(request: HttpRequest, key: str) -> StreamingHttpResponse:
    campaign = the_campaign(key)
    record(request, "export", campaign, f"Downloaded the codes of {campaign.name}")
    answer = StreamingHttpResponse(downloads.codes_csv(campaign), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{slugify(campaign.name) or "codes"}-codes.csv"'
    return answer
