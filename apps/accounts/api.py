"""Who am I; calendars one subscribed to."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.feed_tokens import UnableToMakeFeed, make_feed, revoke_feed
from apps.accounts.models import Feed
from apps.accounts.serializers import FeedSerializer, MadeFeedSerializer, MeSerializer, NewFeedForm
from apps.core import clock
from apps.core.api.problems import Problem
from apps.core.api.views import ApiView, KeyedPost, ReadList, ReadOne


class Me(ApiView):
    """Who the token or session belongs to, and what it may do."""

    @extend_schema(responses=MeSerializer)
    def get(self, request: Request) -> Response:
        person: Any = request.user  # signed in, says the policy
        return Response(MeSerializer(person, context={"request": request}).data)


class Feeds(ReadList[Feed], KeyedPost):
    """One's own calendars, newest first; POST makes one."""

    queryset = Feed.objects.all()
    serializer_class = FeedSerializer
    ordering = ("-id",)
    ordering_fields = ("id",)

    @extend_schema(request=NewFeedForm, responses={201: MadeFeedSerializer})
    def post(self, request: Request) -> Response:
        """201 with the feed and its address: it is told only here."""
        form = NewFeedForm(data=request.data)
        form.is_valid(raise_exception=True)
        person: Any = request.user
        try:
            feed, address = make_feed(person=person, **form.validated_data, origin="api",
                                      actor=person.username, now=clock.now())  # fmt: skip
        except UnableToMakeFeed as problem:
            raise Problem(400, str(problem), errors={"subject": [str(problem)]}) from problem
        return Response(MadeFeedSerializer({"feed": feed, "url": address}).data, status=201)


class OneFeed(ReadOne[Feed]):
    """One of one's own calendars; DELETE revokes it."""

    queryset = Feed.objects.all()
    serializer_class = FeedSerializer
    lookup_field = "pk"

    @extend_schema(responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        """204; from now on its address leads nowhere."""
        feed = self.get_object()
        revoke_feed(feed_id=feed.pk, actor=request.user.get_username(), origin="api",
                    now=clock.now())  # fmt: skip
        return Response(status=204)
