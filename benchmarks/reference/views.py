"""L2, which parses and validates and touches no database, and the naive design's endpoint."""

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from benchmarks.reference.models import Customer, Event
from benchmarks.reference.tasks import evaluate


class CustomerSerializer(serializers.Serializer):
    source_id = serializers.CharField(max_length=255)
    email = serializers.EmailField(required=False)
    metadata = serializers.DictField(required=False)


class EventSerializer(serializers.Serializer):
    event = serializers.CharField(max_length=300)
    customer = CustomerSerializer()
    metadata = serializers.DictField(required=False)
    message_id = serializers.CharField(max_length=255, required=False)
    occurred_at = serializers.DateTimeField(required=False)


class Parse(APIView):
    def post(self, request: Request) -> Response:
        serializer = EventSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        return Response({"object": "event", "type": serializer.validated_data["event"]})


class NaiveEvents(APIView):
    def post(self, request: Request) -> Response:
        serializer = EventSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        said = serializer.validated_data
        email = said["customer"].get("email", "")
        customer, _ = Customer.objects.get_or_create(source_id=said["customer"]["source_id"], defaults={"email": email})
        event = Event.objects.create(
            customer=customer, message_id=said["message_id"], name=said["event"], metadata=said.get("metadata", {})
        )
        evaluate.delay(event.pk)
        return Response({"object": "event", "type": event.name})


class Health(APIView):
    def get(self, _request: Request) -> Response:
        return Response({"status": "ok"})
