"""The story that the steps are told to, and what of the SDK is not offered."""

from tests.compatibility.steps import Story

PEOPLE = "people who sign in are managed in the admin"
ONE_PROJECT = "an installation is one project"
TEMPLATES = "campaigns are copied in the browser, not kept as templates"

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
    },
)
tries = STORY.tries
