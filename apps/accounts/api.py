"""GET /api/v1/me/: who am I."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.serializers import MeSerializer
from apps.core.api.views import ApiView


class Me(ApiView):
    """Who the token or session belongs to, and what it may do."""

    @extend_schema(responses=MeSerializer)
    def get(self, request: Request) -> Response:
        person: Any = request.user  # signed in, says the policy
        return Response(MeSerializer(person, context={"request": request}).data)
