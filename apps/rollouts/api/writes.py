"""What every write to the register over the API does: versions, refusals, the fresh object."""

from typing import Any, TypeVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.models import Person
from apps.core import clock
from apps.core.api.problems import Problem
from apps.core.api.versions import etag_of, require_version
from apps.core.api.views import Readable, ReadOne
from apps.rollouts.models import Product, Versioned, Wave
from apps.rollouts.services import Asked, UnableToSave, add_row, edit_row, remove_row

M = TypeVar("M", bound=Versioned)
R = TypeVar("R", Product, Wave)
NO_BODY = {204: None}


def person_of(request: Request) -> Person:
    """Who asks: somebody is signed in, says the policy."""
    person: Any = request.user
    found: Person = person
    return found


def asked_by(request: Request, version: int | None = None) -> Asked:
    return Asked(actor=request.user.get_username(), origin="api", now=clock.now(), version=version)


class Registered(Readable[M]):
    """Rows of the register, shown as they are after a write."""

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "now": clock.now()}

    def shown(self, row: M) -> dict[str, Any]:
        fresh = self.get_queryset().get(pk=row.pk)
        answer: dict[str, Any] = self.get_serializer(fresh).data
        return answer

    def answer(self, row: M, status: int = 200) -> Response:
        return Response(self.shown(row), status=status, headers={"ETag": etag_of(row.version)})

    def refused(self, problem: UnableToSave) -> Problem:
        """409 with the fresh object when somebody was faster, 400 with the field otherwise."""
        if problem.fresh is not None:
            row: Any = problem.fresh
            headers = {"ETag": etag_of(row.version)}
            return Problem(409, f"{problem}.", headers=headers, current=self.shown(row))
        errors = {problem.field: [str(problem)]} if problem.field else None
        return Problem(400 if problem.field else 409, str(problem), errors=errors)

    def form(
        self, form_class: type[serializers.Serializer[Any]], request: Request, **more: Any
    ) -> dict[str, Any]:
        """What a body says, checked; without its version."""
        context = {"person": person_of(request)} | more.pop("context", {})
        form = form_class(data=request.data, context=context, **more)
        form.is_valid(raise_exception=True)
        return {name: value for name, value in form.validated_data.items() if name != "version"}

    def added(self, request: Request, row: M) -> Response:
        """201 with the new object."""
        self.check_object_permissions(request, row)
        try:
            made = add_row(row=row, asked=asked_by(request))
        except UnableToSave as problem:
            raise self.refused(problem) from problem
        return self.answer(made, status=201)


class EditOne(ReadOne[M], Registered[M]):
    """One object, read and changed."""

    form_class: type[serializers.Serializer[Any]]

    def edited(self, request: Request) -> Response:
        """200 with the object as it is now; 409 or 412, with it, when somebody was faster."""
        found = self.seen(request)
        changes = self.form(self.form_class, request, partial=True, context=self.about(found))
        try:
            made = self.edit(found, changes, asked_by(request, found.version))
        except UnableToSave as problem:
            raise self.refused(problem) from problem
        return self.answer(made)

    def seen(self, request: Request) -> M:
        """The object, which the caller may change and has seen as it is."""
        found = self.get_object()
        require_version(request, found.version, self.shown(found))
        return found

    def about(self, found: M) -> dict[str, Any]:
        """What the form has to know of the object."""
        return {}

    def edit(self, found: M, changes: dict[str, Any], asked: Asked) -> M:
        return edit_row(row=found, changes=changes, asked=asked)


class RemoveOne(EditOne[R]):
    """One object that may go again, as long as nothing points at it."""

    @extend_schema(responses=NO_BODY)
    def delete(self, request: Request, **kwargs: Any) -> Response:
        """204; 409 when something points at it, so that no history is lost."""
        found = self.seen(request)
        try:
            remove_row(row=found, asked=asked_by(request, found.version))
        except UnableToSave as problem:
            raise self.refused(problem) from problem
        return Response(status=204)
