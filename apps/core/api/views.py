"""Base classes of reading views: what a person may see, sparse fields, pages, ETags."""

from collections.abc import Iterable
from typing import Any, TypeVar

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db.models import Model, QuerySet
from django.http import Http404
from django.utils.http import parse_etags
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import ListSerializer

from apps.core.api.base import ApiView
from apps.core.api.keyed import KeyedPost
from apps.core.api.paging import KeysetPagination
from apps.core.api.problems import Problem
from apps.core.api.versions import etag_of

__all__ = ["ApiView", "KeyedPost", "ReadList", "ReadOne", "Readable", "only_fields"]
M = TypeVar("M", bound=Model)


class Readable(ApiView, generics.GenericAPIView[M]):
    """Rows the caller may see; `fields=` leaves the others out of the answer."""

    pagination_class = KeysetPagination
    is_sparse = True

    def get_queryset(self) -> QuerySet[M]:
        rows = super().get_queryset()
        if getattr(self, "swagger_fake_view", False):  # the schema is made for nobody
            return rows.none()
        return self.visible(rows)

    def visible(self, rows: QuerySet[M]) -> QuerySet[M]:
        """Those of `rows` the caller may see; override only for what everybody may see."""
        seen: QuerySet[M] = rows.visible_to(self.request.user)  # type: ignore[attr-defined]  # ours
        return seen

    def get_serializer(self, *args: Any, **kwargs: Any) -> Any:
        serializer = super().get_serializer(*args, **kwargs)
        if getattr(self, "swagger_fake_view", False):
            return serializer
        asked = self.request.query_params.get("fields")
        if asked and self.request.method in {"GET", "HEAD"}:
            only_fields(serializer, asked.split(","))
        return serializer


class ReadList(Readable[M], generics.ListAPIView[M]):
    """A list. Say `queryset`, `serializer_class`, `ordering`, `ordering_fields`, filters."""

    ordering: tuple[str, ...] = ()
    ordering_fields: tuple[str, ...] = ()


class ReadOne(Readable[M], generics.RetrieveAPIView[M]):
    """One object, with an ETag when it has a `version`. One that `is_derived` shows what follows
    from other rows, too: it is never said to be the same."""

    is_derived = False

    def find(self, rows: QuerySet[M], **kwargs: str) -> M:
        """The object the address names, or Http404; override for other keys than one column."""
        try:
            return rows.get(
                **{self.lookup_field: kwargs[self.lookup_url_kwarg or self.lookup_field]}
            )
        except (ObjectDoesNotExist, ValueError, ValidationError) as problem:
            raise Http404 from problem

    def get_object(self) -> M:
        found = self.find(self.filter_queryset(self.get_queryset()), **self.kwargs)
        self.check_object_permissions(self.request, found)
        return found

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        found = self.get_object()
        version = getattr(found, "version", None)
        if version is None:
            return Response(self.get_serializer(found).data)
        etag = etag_of(version)
        if not self.is_derived and etag in parse_etags(request.headers.get("If-None-Match", "")):
            return Response(status=304, headers={"ETag": etag})
        return Response(self.get_serializer(found).data, headers={"ETag": etag})


def only_fields(serializer: Any, names: Iterable[str]) -> None:
    """Leave out all fields but these. Raises Problem 400 for one that is not there."""
    one: Any = serializer.child if isinstance(serializer, ListSerializer) else serializer
    wanted = {name.strip() for name in names if name.strip()}
    unknown = sorted(wanted - set(one.fields))
    if unknown:
        words = f"No field {', '.join(unknown)[:100]}; there are {', '.join(one.fields)}."
        raise Problem(400, words, errors={"fields": [words]})
    for name in set(one.fields) - wanted:
        one.fields.pop(name)
