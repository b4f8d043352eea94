"""The addresses of campaigns."""

from django.urls import URLPattern, path

from campaigns.api import (
    browser,
    bulk,
    campaigns,
    cards,
    categories,
    pages,
    promotions,
    publications,
    redeeming,
    rules,
    stacking,
    stacks,
    till,
    vouchers,
)
from campaigns.api.wallet import Redeemables
from campaigns.views import copying, pictures

STACKING = "management/v1/projects/<str:project_id>/stacking-rules"

# Where codes are checked and redeemed, for every cart and every order.
TILL = {"/v1/validations": till.validate, "/v1/redemptions": till.redeem}

api_patterns: list[URLPattern] = [
    path("v1/campaigns", campaigns.Campaigns.as_view()),
    path("v1/campaigns/<str:name>", campaigns.OneCampaign.as_view()),
    path("v1/campaigns/<str:name>/enable", campaigns.Enable.as_view()),
    path("v1/campaigns/<str:name>/disable", campaigns.Disable.as_view()),
    path("v1/campaigns/<str:name>/summary", campaigns.Summary.as_view()),
    path("v1/campaigns/<str:name>/transactions", cards.CampaignTransactions.as_view()),
    path("v1/campaigns/<str:name>/vouchers", campaigns.CampaignVouchers.as_view()),
    path("v1/campaigns/<str:name>/vouchers/<str:code>", campaigns.GivenVoucher.as_view()),
    path("v1/campaigns/<str:name>/import", bulk.ImportIntoCampaign.as_view()),
    path("v1/campaigns/<str:name>/importCSV", bulk.ImportCSVIntoCampaign.as_view()),
    path("v1/categories", categories.Categories.as_view()),
    path("v1/categories/<str:category_id>", categories.OneCategory.as_view()),
    path("v1/vouchers", vouchers.Vouchers.as_view()),
    path("v1/vouchers/import", bulk.Import.as_view()),
    path("v1/vouchers/importCSV", bulk.ImportCSV.as_view()),
    path("v1/vouchers/bulk/async", bulk.UpdateMany.as_view()),
    path("v1/vouchers/metadata/async", bulk.MetadataForMany.as_view()),
    path("v1/vouchers/<str:code>", vouchers.OneVoucher.as_view()),
    path("v1/vouchers/<str:code>/enable", vouchers.EnableVoucher.as_view()),
    path("v1/vouchers/<str:code>/disable", vouchers.DisableVoucher.as_view()),
    path("v1/vouchers/<str:code>/balance", cards.Balance.as_view()),
    path("v1/vouchers/<str:code>/transactions", cards.VoucherTransactions.as_view()),
    path("v1/vouchers/<str:code>/validate", redeeming.VoucherValidation.as_view()),
    path("v1/vouchers/<str:code>/redemption", redeeming.VoucherRedemptions.as_view()),
    path("v1/vouchers/<str:code>/sessions/<str:key>", redeeming.SessionOfVoucher.as_view()),
    path("v1/validations", till.validate),
    path("v1/redemptions", redeeming.Redemptions.as_view()),
    path("v1/redemptions/<str:redemption_id>", redeeming.OneRedemption.as_view()),
    path("v1/redemptions/<str:redemption_id>/rollback", redeeming.Rollback.as_view()),
    path("v1/redemptions/<str:redemption_id>/rollbacks", redeeming.Rollbacks.as_view()),
    path("v1/promotions/tiers", promotions.AllTiers.as_view()),
    path("v1/promotions/stacks", stacks.AllStacks.as_view()),
    path("v1/promotions/validation", promotions.Validation.as_view()),
    path("v1/promotions/tiers/<str:tier_id>", promotions.OneTier.as_view()),
    path("v1/promotions/tiers/<str:tier_id>/enable", promotions.EnableTier.as_view()),
    path("v1/promotions/tiers/<str:tier_id>/disable", promotions.DisableTier.as_view()),
    path("v1/promotions/tiers/<str:tier_id>/validation", promotions.TierValidation.as_view()),
    path("v1/promotions/tiers/<str:tier_id>/redemption", promotions.TierRedemption.as_view()),
    path("v1/promotions/<str:name>/tiers", promotions.CampaignTiers.as_view()),
    path("v1/promotions/<str:name>/stacks", stacks.CampaignStacks.as_view()),
    path("v1/promotions/<str:name>/stacks/<str:stack_id>", stacks.OneStack.as_view()),
    path(STACKING, stacking.AllStackingRules.as_view()),
    path(f"{STACKING}/<str:rules_id>", stacking.OneStackingRules.as_view()),
    path("client/v1/validate", pages.validate),
    path("client/v1/redeem", pages.redeem),
    path("client/v1/vouchers", pages.list_vouchers),
    path("client/v1/promotions/tiers", pages.list_tiers),
    path("client/v1/promotions/validation", pages.promotions_for),
    path("client/v1/validations", till.validate_from_page),
    path("v1/qualifications", till.qualify),
    path("client/v1/redemptions", till.redeem_from_page),
    path("client/v1/qualifications", till.qualify_from_page),
    path("v1/validation-rules", rules.ValidationRules.as_view()),
    path("v1/validation-rules/<str:rule_id>", rules.OneValidationRule.as_view()),
    path("v1/validation-rules/<str:rule_id>/assignments", rules.AssignmentsOfRule.as_view()),
    path("v1/validation-rules/<str:rule_id>/assignments/<str:assignment_id>", rules.OneAssignment.as_view()),
    path("v1/validation-rules-assignments", rules.Assignments.as_view()),
    path("v1/publications", publications.Publications.as_view()),
    path("v1/publications/create", publications.CreateByQuery.as_view()),
    path("client/v1/publish", browser.publish),
    path("v1/customers/<str:named>/redeemables", Redeemables.as_view()),
]

page_patterns: list[URLPattern] = [
    path("codes/copy/<str:signed>", copying.copy_code, name="code-copy"),
    path("codes/<str:kind>/<str:signed>.<str:form>", pictures.code_picture, name="code-picture"),
]
