"""``/v1/distributions``: standing orders, their life, and their messages."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access import audit
from access.authentication import caller_of
from access.identifiers import NOBODYS
from access.listing import envelope, read_page, total_of
from access.problems import invalid_payload, invalid_query, not_found
from backlog import doorbell
from customers.models import Customer
from distributions import connecting
from distributions.connecting import By
from distributions.models import Connection, Distribution
from distributions.planning import backtesting, drafting, lifecycle
from distributions.sending import previewing
from distributions.tasks import send_due
from distributions.telling import accounts, explanation, figures, messages, reading
from distributions.telling.representation import as_json
from events import pipeline
from events.clock import database_now


def the_distribution(public_id: str) -> Distribution:
    """Return the distribution as it is told; raise Problem where there is none."""
    whole = Distribution.objects.select_related(*Distribution.NAMED).prefetch_related("channels__connection")
    found = None if NOBODYS in public_id else whole.filter(public_id=public_id).first()
    if found is None:
        raise not_found("distribution", public_id)
    return found


def the_customer(asked: str) -> Customer:
    found = Customer.objects.known_as(asked).first()
    if found is None:
        raise not_found("customer", asked)
    return found


class Distributions(APIView):
    required_scope = "distributions"

    def get(self, request: Request) -> Response:
        page = read_page(request)
        found = Distribution.objects.select_related(*Distribution.NAMED).prefetch_related("channels__connection")
        status = request.query_params.get("status")
        if status is not None and status not in Distribution.Status.values:
            raise invalid_query(f"status must be one of {', '.join(Distribution.Status.values)}")
        found = found.filter(status=status) if status else found
        return Response(envelope("distributions", [as_json(one) for one in found[page.window]], total_of(found)))

    def post(self, request: Request) -> Response:
        given = reading.mapping(request.data, "the body")
        for name in ("name", "type"):
            if not given.get(name):
                raise invalid_payload(f"{name} is required")
        made = drafting.save_draft(None, given)
        audit.record("create", "distribution", made.public_id, f"{made} was drafted", key_id=caller_of(request).key_id)
        return Response(as_json(made))


class OneDistribution(APIView):
    required_scope = "distributions"

    def get(self, _request: Request, public_id: str) -> Response:
        return Response(as_json(the_distribution(public_id)))

    def put(self, request: Request, public_id: str) -> Response:
        return Response(as_json(drafting.save_draft(the_distribution(public_id), request.data)))

    def delete(self, request: Request, public_id: str) -> Response:
        lifecycle.delete(the_distribution(public_id), key_id=caller_of(request).key_id)
        return Response(status=204)


class _Change(APIView):
    """A step of a distribution's life; what it lets loose is rung for."""

    required_scope = "distributions"
    change: Any = None

    def post(self, request: Request, public_id: str) -> Response:
        type(self).change(the_distribution(public_id), key_id=caller_of(request).key_id)
        doorbell.ring_on_commit(send_due)
        return Response(as_json(the_distribution(public_id)))


class Live(_Change):
    change = staticmethod(lifecycle.set_live)


class Pause(_Change):
    change = staticmethod(lifecycle.pause)


class Resume(_Change):
    change = staticmethod(lifecycle.resume)


class Stop(_Change):
    change = staticmethod(lifecycle.stop)


class Test(APIView):
    """Sends the message with a sample code, for ``customer`` (an id), mail to ``address`` (or ``to``, or ``email``)."""

    required_scope = "distributions"

    def post(self, request: Request, public_id: str) -> Response:
        given = reading.mapping(request.data or {}, "the body")
        named = (given[name] for name in ("address", "to", "email") if given.get(name))
        address = reading.text(next(named, ""), "address", 255)
        asked = given.get("customer")
        customer = the_customer(reading.text(asked, "customer", 255)) if asked else None
        results = previewing.send_test(the_distribution(public_id), address, customer=customer)
        told = [
            {
                "channel": result.channel,
                "ok": result.is_sent,
                "message": result.detail,
                "id": result.delivery.public_id,
            }
            for result in results
        ]
        return Response({"object": "test", "ok": all(result.is_sent for result in results), "results": told})


class Backtest(APIView):
    """Counts what the trigger would have brought in the last ``days``."""

    required_scope = "distributions"

    def post(self, request: Request, public_id: str) -> Response:
        given = reading.mapping(request.data or {}, "the body")
        days = reading.whole(given.get("days", 30), "days", 1, backtesting.DAYS_MOST)
        distribution = the_distribution(public_id)
        if not distribution.trigger_event:
            raise invalid_payload("Choose a trigger first; without one there is nothing to count.")
        return Response(backtesting.backtest(distribution, days, database_now()))


class Messages(APIView):
    required_scope = "distributions"

    def get(self, request: Request, public_id: str) -> Response:
        page = read_page(request)
        found = messages.of(the_distribution(public_id))
        status = request.query_params.get("status")
        if status is not None:
            if status not in messages.ALL_STATUSES:
                raise invalid_query(f"status must be one of {', '.join(sorted(messages.ALL_STATUSES))}")
            found = messages.with_status(found, status)
        if asked := request.query_params.get("customer"):
            found = found.filter(customer=the_customer(asked))
        return Response(envelope("messages", [messages.as_json(one) for one in found[page.window]], total_of(found)))


class Statistics(APIView):
    """Counts what became of the messages, as the distribution's page does."""

    required_scope = "distributions"

    def get(self, _request: Request, public_id: str) -> Response:
        return Response(figures.as_json(figures.of(the_distribution(public_id))))


class Explain(APIView):
    required_scope = "distributions"

    def get(self, request: Request, public_id: str) -> Response:
        asked = request.query_params.get("customer")
        if not asked:
            raise invalid_query("customer is required")
        pipeline.wait_until_applied()
        return Response(explanation.explain(the_distribution(public_id), the_customer(asked)))


def the_connection(public_id: str) -> Connection:
    found = None if NOBODYS in public_id else Connection.objects.filter(public_id=public_id).first()
    if found is None:
        raise not_found("connection", public_id)
    return found


class Connections(APIView):
    """Accounts with providers; their secrets go in and never come back."""

    required_scope = "connections"

    def get(self, request: Request) -> Response:
        page, found = read_page(request), Connection.objects.all()
        if channel := request.query_params.get("channel"):
            found = found.filter(channel=channel)
        return Response(envelope("connections", [accounts.as_json(one) for one in found[page.window]], total_of(found)))

    def post(self, request: Request) -> Response:
        wanted = accounts.read(request.data)
        return Response(accounts.as_json(connecting.create(**wanted, by=By(key_id=caller_of(request).key_id))))


class OneConnection(APIView):
    required_scope = "connections"

    def get(self, _request: Request, public_id: str) -> Response:
        return Response(accounts.as_json(the_connection(public_id)))

    def put(self, request: Request, public_id: str) -> Response:
        wanted = accounts.read_changes(the_connection(public_id), request.data)
        return Response(accounts.as_json(connecting.change(**wanted, by=By(key_id=caller_of(request).key_id))))

    def delete(self, request: Request, public_id: str) -> Response:
        connecting.delete(the_connection(public_id), by=By(key_id=caller_of(request).key_id))
        return Response(status=204)


class TestConnection(APIView):
    """Calls the provider, and writes nothing there."""

    required_scope = "connections"

    def post(self, _request: Request, public_id: str) -> Response:
        tested = connecting.test(the_connection(public_id))
        return Response({"object": "test", "ok": tested.ok, "status": tested.status, "message": tested.message})
