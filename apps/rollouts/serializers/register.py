"""Programmes, products, sites, waves, go-lives and phases over the API."""

from typing import Any

from rest_framework import serializers

from apps.core.api.fields import InstantField
from apps.rollouts.models import GoLive, Product, Programme, Site, Wave


class ProgrammeSerializer(serializers.ModelSerializer[Programme]):
    """A programme; its dates are as moved by `shift_weeks`."""

    class Meta:
        model = Programme
        fields = ["key", "name", "first_week", "last_week", "pace", "go_live_days", "time_zone",
                  "shift_weeks", "phases", "labels", "closes_on"]  # fmt: skip


class ProductSerializer(serializers.ModelSerializer[Product]):
    """What goes live."""

    programme = serializers.CharField(source="programme.key")
    queue = serializers.CharField(source="queue_name")

    class Meta:
        model = Product
        fields = ["programme", "key", "name", "queue"]


class SiteSerializer(serializers.ModelSerializer[Site]):
    """A site."""

    parent = serializers.CharField(  # type: ignore[assignment]  # the contract's name for the field
        source="parent.number", allow_null=True, default=None
    )
    test = serializers.BooleanField(source="is_test")

    class Meta:
        model = Site
        fields = ["number", "name", "parent", "region", "state", "time_zone", "opening_hours",
                  "latitude", "longitude", "test"]  # fmt: skip


class WaveSerializer(serializers.ModelSerializer[Wave]):
    """A week of a programme."""

    programme = serializers.CharField(source="programme.key")

    class Meta:
        model = Wave
        fields = ["programme", "number", "name", "starts_on"]


class GoLiveSerializer(serializers.ModelSerializer[GoLive]):
    """A product at a site."""

    programme = serializers.CharField(source="programme.key")
    site = serializers.CharField(source="site.number")
    product = serializers.CharField(source="product.key")
    wave = serializers.IntegerField(source="wave.number", allow_null=True, default=None)

    class Meta:
        model = GoLive
        fields = ["id", "programme", "site", "product", "wave", "planned_on", "actual_on",
                  "status", "scope"]  # fmt: skip


class PhaseSerializer(serializers.Serializer[Any]):
    """The support phase of a site for a product at an instant; `since` and `until` are half-open,
    null is without beginning or end."""

    site = serializers.CharField()
    product = serializers.CharField()
    programme = serializers.CharField()
    phase = serializers.CharField()
    since = InstantField(allow_null=True)
    until = InstantField(allow_null=True)
