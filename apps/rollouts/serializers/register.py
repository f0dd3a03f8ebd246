"""Programmes, products, sites, waves, go-lives and phases over the API."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.core.api.fields import InstantField
from apps.rollouts.choices import Status
from apps.rollouts.models import GoLive, Product, Programme, Site, Wave
from apps.rollouts.serializers.programmes import BlackoutForm, HolidayForm, PhaseForm


class ProgrammeSerializer(serializers.ModelSerializer[Programme]):
    """A programme; its dates are as moved by `shift_weeks`."""

    phases = PhaseForm(many=True)
    labels = serializers.DictField(child=serializers.CharField())
    holidays = HolidayForm(many=True)
    blackouts = BlackoutForm(many=True)

    class Meta:
        model = Programme
        fields = ["key", "name", "first_week", "last_week", "pace", "go_live_days", "time_zone",
                  "shift_weeks", "phases", "labels", "holiday_calendar", "holidays", "blackouts",
                  "closes_on", "version"]  # fmt: skip


class ProductSerializer(serializers.ModelSerializer[Product]):
    """What goes live."""

    programme = serializers.CharField(source="programme.key")
    queue = serializers.CharField(source="queue_name")

    class Meta:
        model = Product
        fields = ["id", "programme", "key", "name", "queue", "version"]


class SiteSerializer(serializers.ModelSerializer[Site]):
    """A site."""

    parent = serializers.CharField(  # type: ignore[assignment]  # the contract's name for the field
        source="parent.number", allow_null=True, default=None
    )
    test = serializers.BooleanField(source="is_test")

    class Meta:
        model = Site
        fields = ["number", "name", "parent", "region", "state", "time_zone", "opening_hours",
                  "latitude", "longitude", "test", "version"]  # fmt: skip


class WaveSerializer(serializers.ModelSerializer[Wave]):
    """A week of a programme."""

    programme = serializers.CharField(source="programme.key")

    class Meta:
        model = Wave
        fields = ["id", "programme", "number", "name", "starts_on", "version"]


class GoLiveSerializer(serializers.ModelSerializer[GoLive]):
    """A product at a site; `live` is what is planned once its first day has come at the site.
    Needs `context["now"]`."""

    programme = serializers.CharField(source="programme.key")
    site = serializers.CharField(source="site.number")
    product = serializers.CharField(source="product.key")
    wave = serializers.IntegerField(source="wave.number", allow_null=True, default=None)
    status = serializers.SerializerMethodField()

    class Meta:
        model = GoLive
        fields = ["id", "programme", "site", "product", "wave", "planned_on", "actual_on",
                  "status", "scope", "version"]  # fmt: skip

    @extend_schema_field(serializers.ChoiceField(choices=Status.choices))
    def get_status(self, row: GoLive) -> str:
        return row.status_at(self.context["now"])


class PhaseSerializer(serializers.Serializer[Any]):
    """The support phase of a site for a product at an instant; `since` and `until` are half-open,
    null is without beginning or end. `product` is null when none was asked for and all of the
    site's are in this phase then: `since` and `until` are those they share."""

    site = serializers.CharField()
    product = serializers.CharField(allow_null=True)
    programme = serializers.CharField()
    phase = serializers.CharField()
    since = InstantField(allow_null=True)
    until = InstantField(allow_null=True)
