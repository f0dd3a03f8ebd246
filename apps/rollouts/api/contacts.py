"""Contacts of sites over the API: read by members, written by those who handle."""

from typing import Any

import django_filters
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core import clock
from apps.core.api.problems import Problem
from apps.core.api.versions import etag_of, require_version
from apps.core.api.views import KeyedPost, ReadList, ReadOne
from apps.rollouts.models import Contact
from apps.rollouts.serializers import ContactSerializer, EditContactForm, NewContactForm
from apps.rollouts.services import (
    ContactChanged,
    UnableToSaveContact,
    add_contact,
    change_contact,
    remove_contact,
)

READ = Contact.objects.standing().select_related("programme", "site", "product")


class ContactFilter(django_filters.FilterSet):
    """Filters of contacts: by place and role, never by what is personal."""

    site = django_filters.CharFilter("site__number")
    programme = django_filters.CharFilter("programme__key")
    product = django_filters.CharFilter("product__key")

    class Meta:
        model = Contact
        fields = ["role", "preferred"]


class Contacts(ReadList[Contact], KeyedPost):
    """Whom to reach at which site; POST adds one."""

    queryset = READ
    serializer_class = ContactSerializer
    filterset_class = ContactFilter
    ordering = ("id",)
    ordering_fields = ("id",)

    @extend_schema(request=NewContactForm, responses={201: ContactSerializer})
    def post(self, request: Request) -> Response:
        """201 with the contact."""
        form = NewContactForm(data=request.data, context={"person": request.user})
        form.is_valid(raise_exception=True)
        facts: dict[str, Any] = dict(form.validated_data)
        programme, site = facts.pop("programme"), facts.pop("site")
        self.check_object_permissions(request, Contact(programme=programme))
        try:
            made = add_contact(programme=programme, site=site, columns=facts, **_by(request))
        except UnableToSaveContact as problem:
            raise _refused(problem) from problem
        return _answer(made, status=201)


class OneContact(ReadOne[Contact]):
    """One contact; PATCH changes it, DELETE removes it."""

    queryset = READ
    serializer_class = ContactSerializer
    lookup_field = "pk"

    @extend_schema(request=EditContactForm, responses=ContactSerializer)
    def patch(self, request: Request, pk: int) -> Response:
        """200 with the contact as it is now; 409 or 412, with it, when somebody was faster."""
        row = self.get_object()
        require_version(request, row.version, ContactSerializer(row).data)
        form = EditContactForm(data=request.data, context={"programme": row.programme})
        form.is_valid(raise_exception=True)
        try:
            made = change_contact(contact_id=row.pk, columns=form.validated_data,
                                  version=row.version, **_by(request))  # fmt: skip
        except UnableToSaveContact as problem:
            raise _refused(problem) from problem
        return _answer(made)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        """204; after a day it is gone for good."""
        row = self.get_object()
        require_version(request, row.version, ContactSerializer(row).data)
        try:
            remove_contact(contact_id=row.pk, version=row.version, **_by(request))
        except UnableToSaveContact as problem:
            raise _refused(problem) from problem
        return Response(status=204)


def _by(request: Request) -> dict[str, Any]:
    return {"actor": request.user.get_username(), "origin": "api", "now": clock.now()}


def _answer(row: Contact, status: int = 200) -> Response:
    fresh = READ.get(pk=row.pk)
    headers = {"ETag": etag_of(fresh.version)}
    return Response(ContactSerializer(fresh).data, status=status, headers=headers)


def _refused(problem: UnableToSaveContact) -> Problem:
    if isinstance(problem, ContactChanged):
        return Problem(409, str(problem), current=dict(ContactSerializer(problem.fresh).data))
    return Problem(400, str(problem), errors={problem.field or "name": [str(problem)]})
