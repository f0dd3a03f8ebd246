"""What every view of the API does."""

from typing import Any

from rest_framework.authentication import SessionAuthentication
from rest_framework.request import Request
from rest_framework.views import APIView

from apps.core.api.limits import Allowance, CallerLimit
from apps.core.api.parsers import BoundedJSONParser
from apps.core.api.problems import Problem
from apps.core.api.schema import ProblemSchema
from apps.core.api.tokens import BearerToken


class ApiView(APIView):
    """Token or session, limits with their headers, bounded bodies, problems in the schema.

    Mix it in before any other class of Django REST framework.
    """

    authentication_classes = [BearerToken, SessionAuthentication]
    parser_classes = [BoundedJSONParser]
    throttle_classes = [CallerLimit]
    http_method_names = ["get", "head", "post", "put", "patch", "delete"]
    schema = ProblemSchema()
    allowance: Allowance | None = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse before anything is done: NUL cannot be stored, a large body is not read on."""
        super().initial(request, *args, **kwargs)
        if "\x00" in "".join([request.path, *map(str, request.query_params.dict().values())]):
            raise Problem(400, "The address holds a NUL character.")
        if request.method not in {"GET", "HEAD"}:
            _ = request.body  # read now, up to settings.DATA_UPLOAD_MAX_MEMORY_SIZE

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        if self.allowance is not None:
            for name, value in self.allowance.headers().items():
                response[name] = value
        return response
