"""Single codes in the admin: made without a campaign, shown, switched, and given more or less balance."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from access.problems import Problem
from campaigns import balances, bringing, particulars, pictures, reading, removal, uses, validity, vouchers, withdrawing
from campaigns.forms.vouchers import TYPES, BalanceForm, VoucherForm, WithdrawalForm
from campaigns.models import Voucher, Withdrawal
from campaigns.rules.panel import rules_panel
from campaigns.views.finding import may_add, may_change, may_delete, may_see, origin_of, record, the_voucher
from events.clock import database_now

# On which field of the form a refusal belongs.
FIELD_OF = {
    "duplicate_found": "code",
    "invalid_gift": "gift_amount",
    "invalid_expiration_date": "ends",
    "invalid_start_date": "starts",
}


@may_add
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    form = VoucherForm(request.POST or None, initial={"kind": "PERCENT", "percent_off": 5})
    if request.method == "POST" and form.is_valid():
        try:
            voucher = bringing.create(particulars.parse(form.body()), origin=origin_of(request))
        except Problem as problem:
            form.add_error(FIELD_OF.get(problem.key), problem.details or problem.message)
        else:
            record(request, "create", voucher, f"Created the code {voucher.code}")
            return redirect("admin:campaigns_voucher_change", voucher.public_id)
    types = [(kind, title, words, kind == form.voucher_kind()) for kind, title, words in TYPES]
    context = {"title": "New code", "form": form, "types": types}
    return render(request, "campaigns/voucher_form.html", context, status=400 if form.errors else 200)


@may_see
@require_GET
def page(request: HttpRequest, key: str) -> HttpResponse:
    return _show(request, the_voucher(key))


def _show(request: HttpRequest, voucher: Voucher, **more: Any) -> HttpResponse:
    """Show one code: who holds it, since when, by which publications, and what moved on it."""
    campaign = voucher.campaign
    has_balance = voucher.balance is not None
    context = {
        "title": voucher.code,
        "voucher": voucher,
        "campaign": campaign,
        "discount": reading.voucher_in_words(voucher),
        "status": reading.voucher_status(voucher, database_now()),
        "begin": voucher.begins_at,
        "end": voucher.ends_at,
        "hours": validity.in_words(voucher.validity or (campaign.validity if campaign else None)),
        "rules_panel": rules_panel(voucher),
        "publications": reading.publications_of(voucher),
        "movements": reading.movements_of(voucher) if has_balance else [],
        "balance_form": BalanceForm(voucher) if has_balance else None,
        "uses": uses.of(voucher),
        "withdrawal_form": WithdrawalForm(voucher),
        "pictures": {kind: pictures.path(kind, voucher.code) for kind in pictures.kinds_of(voucher.code)},
        **more,
    }
    return render(request, "campaigns/voucher.html", context, status=400 if more else 200)


@may_change
@require_POST
def set_active(request: HttpRequest, key: str) -> HttpResponse:
    active = request.POST.get("active") == "1"
    voucher = vouchers.set_active(the_voucher(key), active=active, origin=origin_of(request))
    verb = "Enabled" if voucher.active else "Disabled"
    record(request, "change", voucher, f"{verb} the code {voucher.code}")
    return redirect("admin:campaigns_voucher_change", voucher.public_id)


@may_change
@require_POST
def change_balance(request: HttpRequest, key: str) -> HttpResponse:
    voucher = the_voucher(key)
    form = BalanceForm(voucher, request.POST)
    if form.is_valid():
        amount, reason = form.change(), form.cleaned_data["reason"]
        try:
            balances.adjust(voucher, amount, reason=reason, origin=origin_of(request), by=request.user.get_username())
        except Problem as problem:
            form.add_error("amount", problem.details or problem.message)
        else:
            record(request, "change", voucher, f"Moved the balance of {voucher.code} by {amount:,}")
            messages.success(request, f"{reading.voucher_in_words(voucher)}.")
            return redirect("admin:campaigns_voucher_change", voucher.public_id)
    return _show(request, voucher, balance_form=form)


@may_change
@require_POST
def withdraw(request: HttpRequest, key: str) -> HttpResponse:
    """Void a code, or replace it, for the reason given; the answer is the page from which it was asked."""
    voucher = the_voucher(key)
    form = WithdrawalForm(voucher, request.POST)
    if form.is_valid():
        try:
            withdrawal = _withdraw(request, voucher, form.cleaned_data)
        except Problem as problem:
            form.add_error("reason", problem.details)
        else:
            return _after_withdrawing(request, withdrawal)
    return _show(request, voucher, withdrawal_form=form)


def _withdraw(request: HttpRequest, voucher: Voucher, asked: dict[str, str]) -> Withdrawal:
    act = withdrawing.replace if asked["how"] == "replace" else withdrawing.void
    withdrawal = act(voucher, asked["reason"], by=request.user.get_username(), origin=origin_of(request))
    said = f"The code {voucher.code} is void."
    if withdrawal.replacement:
        said = f"{voucher.holder} has {withdrawal.replacement.code} instead of {voucher.code}. Tell her the new code."
    record(request, "change", voucher, f"{said} {withdrawal.reason}")
    messages.success(request, said)
    return withdrawal


def _after_withdrawing(request: HttpRequest, withdrawal: Withdrawal) -> HttpResponse:
    back = request.POST.get("back", "")
    if back and url_has_allowed_host_and_scheme(back, None):
        return redirect(back)
    return redirect("admin:campaigns_voucher_change", (withdrawal.replacement or withdrawal.voucher).public_id)


@may_delete
@require_POST
def delete(request: HttpRequest, key: str) -> HttpResponse:
    voucher = the_voucher(key)
    removal.remove(voucher, origin=origin_of(request))
    record(request, "delete", voucher, f"Deleted the code {voucher.code}")
    messages.success(request, f"The code {voucher.code} is deleted.")
    return redirect("admin:campaigns_voucher_changelist")
