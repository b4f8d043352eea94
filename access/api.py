"""GET and PUT /v1/settings: the facts of the one project."""

import zoneinfo
from collections.abc import Mapping
from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access import audit, project
from access.authentication import caller_of
from access.models import Project


class StrictSerializer(serializers.Serializer):
    """Refuses what it does not know: a misspelt setting must not look as if it had been set."""

    def to_internal_value(self, data: Any) -> Any:
        unknown = set(data) - set(self.fields) if isinstance(data, Mapping) else set()
        if unknown:
            raise serializers.ValidationError(dict.fromkeys(sorted(unknown), "There is no such setting."))
        return super().to_internal_value(data)


class Text(serializers.CharField):
    """Takes text only, where the framework would write a number down as one."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class SettingsView(APIView):
    required_scope = "settings"

    class Input(StrictSerializer):
        class Brand(StrictSerializer):
            name = Text(max_length=120, allow_blank=True, required=False)
            postal_address = Text(max_length=400, allow_blank=True, required=False)
            website = serializers.URLField(max_length=400, allow_blank=True, required=False)
            privacy_policy = serializers.URLField(max_length=400, allow_blank=True, required=False)
            logo_url = serializers.URLField(max_length=400, allow_blank=True, required=False)

        class Events(StrictSerializer):
            unknown = serializers.ChoiceField(Project.UnknownEvents.choices, required=False)

        brand = Brand(required=False)
        events = Events(required=False)
        time_zone = serializers.ChoiceField(sorted(zoneinfo.available_timezones()), required=False)
        currency = serializers.RegexField("^[A-Z]{3}$", required=False)

    def get(self, _request: Request) -> Response:
        return Response(as_json(project.current()))

    def put(self, request: Request) -> Response:
        wanted = self.Input(data=request.data)
        wanted.is_valid(raise_exception=True)
        changed = project.change(**_columns(wanted.validated_data))
        fields = sorted(_columns(wanted.validated_data))
        audit.record(
            "changed", "project", changed.public_id, f"Changed {', '.join(fields)}", key_id=caller_of(request).key_id
        )
        return Response(as_json(changed))


def as_json(settings: Project) -> dict[str, Any]:
    return {
        "brand": {
            "name": settings.brand_name,
            "postal_address": settings.postal_address,
            "website": settings.website,
            "privacy_policy": settings.privacy_policy,
            "logo_url": settings.logo_url,
        },
        "time_zone": settings.time_zone,
        "currency": settings.currency,
        "events": {"unknown": settings.unknown_events},
    }


def _columns(wanted: Mapping[str, Any]) -> dict[str, str]:
    """Return the project's fields that a valid body names."""
    columns = {name: wanted[name] for name in ("time_zone", "currency") if name in wanted}
    brand = dict(wanted.get("brand", {}))
    if "name" in brand:
        columns["brand_name"] = brand.pop("name")
    if "unknown" in wanted.get("events", {}):
        columns["unknown_events"] = wanted["events"]["unknown"]
    return columns | brand
