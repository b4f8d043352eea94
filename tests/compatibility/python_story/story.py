"""The story that the steps are told to, and what of the SDK is not offered."""

from tests.compatibility.steps import Story

PEOPLE = "people who sign in are managed in the admin"
ONE_PROJECT = "an installation is one project"
LATER = "{} are not there yet"
VERBS = ("create", "delete", "get", "list", "update")
BRAND = "the one brand is part of /v1/settings"
TEMPLATES = "campaigns are copied in the browser, not kept as templates"

TIERS = "loyalty programs have no tiers; segments tell members apart"
OF_TIERS = ("create_in_bulk_loyalty_tiers", "get_loyalty_tier", "list_loyalty_tier", "list_member_loyalty_tier")

STORY = Story(
    "Python SDK",
    refused={
        "BinApi": "what is deleted is deleted; there is no bin",
        "TemplatesApi": TEMPLATES,
        "ManagementApi.management_": TEMPLATES,
        "ManagementApi.create_project": ONE_PROJECT,
        "ManagementApi.delete_project": ONE_PROJECT,
        "ManagementApi.update_project": ONE_PROJECT,
        "ManagementApi.get_project": ONE_PROJECT,
        "ManagementApi.assign_user": PEOPLE,
        "ManagementApi.unassign_user": PEOPLE,
        "ManagementApi.get_user": PEOPLE,
        "ManagementApi.invite_user": PEOPLE,
        "ManagementApi.list_users": PEOPLE,
        "ManagementApi.update_user": PEOPLE,
        "LocationsApi": "there is no geofencing",
        **{f"LoyaltiesApi.{method}": TIERS for method in OF_TIERS},
        "LoyaltiesApi.transfer_points": "over REST it works; this SDK reads the answer's `active` as a text",
        "LoyaltiesApi.create_reward_assignment1": "over REST it works; this SDK reads the list it is answered as one",
        "ManagementApi.create_stacking": LATER.format("stacking rules of one's own"),
        "ManagementApi.delete_stacking": LATER.format("stacking rules of one's own"),
        "ManagementApi.get_stacking": LATER.format("stacking rules of one's own"),
        "ManagementApi.list_stacking": LATER.format("stacking rules of one's own"),
        "ManagementApi.update_stacking": LATER.format("stacking rules of one's own"),
        **{f"ManagementApi.{verb}_brand": BRAND for verb in VERBS},
    },
)
tries = STORY.tries
