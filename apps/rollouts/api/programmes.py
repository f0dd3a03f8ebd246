"""Programmes, their products and waves."""

from typing import Any

import django_filters
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.api.problems import Problem
from apps.core.api.views import KeyedPost, ReadList
from apps.rollouts.api.writes import EditOne, Registered, RemoveOne, person_of
from apps.rollouts.models import Product, Programme, Wave
from apps.rollouts.serializers import (
    EditProductForm,
    EditProgrammeForm,
    EditWaveForm,
    NewProductForm,
    NewProgrammeForm,
    NewWaveForm,
    ProductSerializer,
    ProgrammeSerializer,
    WaveSerializer,
)


class Programmes(ReadList[Programme], Registered[Programme], KeyedPost):
    """The programmes the caller belongs to."""

    queryset = Programme.objects.all()
    serializer_class = ProgrammeSerializer
    ordering = ("key",)
    ordering_fields = ("key", "first_week")

    @extend_schema(request=NewProgrammeForm, responses={201: ProgrammeSerializer})
    def post(self, request: Request) -> Response:
        """201 with the new programme; administrators of the whole portal make one."""
        facts = self.form(NewProgrammeForm, request)
        if not person_of(request).is_administrator:
            raise Problem(403, "Only an administrator of the whole portal makes a programme.")
        return self.added(request, Programme(**facts))


class OneProgramme(EditOne[Programme]):
    """One programme by its key."""

    queryset = Programme.objects.all()
    serializer_class = ProgrammeSerializer
    form_class = EditProgrammeForm
    lookup_field = "key"

    @extend_schema(request=EditProgrammeForm, responses=ProgrammeSerializer)
    def patch(self, request: Request, **kwargs: Any) -> Response:
        """200 with the programme; 409 or 412, with it, when somebody was faster."""
        return self.edited(request)


class ProductFilter(django_filters.FilterSet):
    """Filters of products."""

    programme = django_filters.CharFilter("programme__key")

    class Meta:
        model = Product
        fields = ["key"]


class Products(ReadList[Product], Registered[Product], KeyedPost):
    """What goes live."""

    queryset = Product.objects.select_related("programme")
    serializer_class = ProductSerializer
    filterset_class = ProductFilter
    ordering = ("id",)
    ordering_fields = ("id", "key")

    @extend_schema(request=NewProductForm, responses={201: ProductSerializer})
    def post(self, request: Request) -> Response:
        """201 with the new product."""
        return self.added(request, Product(**self.form(NewProductForm, request)))


class OneProduct(RemoveOne[Product]):
    """One product by its id."""

    queryset = Product.objects.select_related("programme")
    serializer_class = ProductSerializer
    form_class = EditProductForm
    lookup_field = "pk"

    @extend_schema(request=EditProductForm, responses=ProductSerializer)
    def patch(self, request: Request, **kwargs: Any) -> Response:
        """200 with the product; 409 or 412, with it, when somebody was faster."""
        return self.edited(request)


class WaveFilter(django_filters.FilterSet):
    """Filters of waves."""

    programme = django_filters.CharFilter("programme__key")

    class Meta:
        model = Wave
        fields = ["number", "starts_on"]


class Waves(ReadList[Wave], Registered[Wave], KeyedPost):
    """The weeks of the programmes."""

    queryset = Wave.objects.select_related("programme")
    serializer_class = WaveSerializer
    filterset_class = WaveFilter
    ordering = ("id",)
    ordering_fields = ("id", "number", "starts_on")

    @extend_schema(request=NewWaveForm, responses={201: WaveSerializer})
    def post(self, request: Request) -> Response:
        """201 with the new wave; go-lives join it by a change of the schedule or of their own."""
        return self.added(request, Wave(**self.form(NewWaveForm, request)))


class OneWave(RemoveOne[Wave]):
    """One wave by its id."""

    queryset = Wave.objects.select_related("programme")
    serializer_class = WaveSerializer
    form_class = EditWaveForm
    lookup_field = "pk"

    @extend_schema(request=EditWaveForm, responses=WaveSerializer)
    def patch(self, request: Request, **kwargs: Any) -> Response:
        """200 with the wave; the dates of its go-lives stay. 409 or 412, with it, when somebody
        was faster."""
        return self.edited(request)
