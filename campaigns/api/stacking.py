"""``/management/v1/projects/{id}/stacking-rules``: how several incentives of one request go together."""

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access import project
from access.listing import envelope
from access.problems import not_found
from campaigns.redeeming import stacking_settings
from campaigns.redeeming.stacking_settings import as_json


def require_project(project_id: str) -> None:
    if project_id != project.current().public_id:
        raise not_found("project", project_id)


class AllStackingRules(APIView):
    required_scope = "settings"

    def get(self, _request: Request, project_id: str) -> Response:
        require_project(project_id)
        kept = [as_json(each) for each in stacking_settings.all_kept()]
        return Response(envelope("data", kept, len(kept)))

    def post(self, request: Request, project_id: str) -> Response:
        require_project(project_id)
        return Response(as_json(stacking_settings.create(request.data)))


class OneStackingRules(APIView):
    required_scope = "settings"

    def get(self, _request: Request, project_id: str, rules_id: str) -> Response:
        require_project(project_id)
        return Response(as_json(stacking_settings.find(rules_id)))

    def put(self, request: Request, project_id: str, rules_id: str) -> Response:
        require_project(project_id)
        return Response(as_json(stacking_settings.change(rules_id, request.data)))

    def delete(self, _request: Request, project_id: str, rules_id: str) -> Response:
        require_project(project_id)
        stacking_settings.delete(rules_id)
        return Response(status=204)
