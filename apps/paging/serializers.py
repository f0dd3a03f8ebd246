"""Pages as the API shows them, and what it takes."""

from typing import Any

from rest_framework import serializers

from apps.core.api.fields import InstantField
from apps.paging.models import Notice, Page, PageStep


class NoticeSerializer(serializers.ModelSerializer[Notice]):
    """Somebody, or a channel, told; how it went stands among the deliveries."""

    person = serializers.CharField(source="person.username", default=None)
    channel = serializers.CharField()

    class Meta:
        model = Notice
        fields = ["person", "channel", "way"]


class PageStepSerializer(serializers.ModelSerializer[PageStep]):
    """A step that was taken."""

    taken_at = InstantField()
    passed = serializers.ListField(
        child=serializers.CharField(), help_text="Whom it passed over, and why, in words."
    )
    told = NoticeSerializer(source="notices", many=True)

    class Meta:
        model = PageStep
        fields = ["number", "taken_at", "passed", "told"]


class PageSerializer(serializers.ModelSerializer[Page]):
    """An escalation about a subject."""

    programme = serializers.CharField(source="programme.key")
    incident = serializers.CharField(source="incident.number", default=None)
    state = serializers.ChoiceField(choices=["open", "acknowledged", "unanswered"])
    started_at = InstantField()
    due_at = InstantField(help_text="When the next step is due, while it is open.")
    held_until = InstantField(allow_null=True)
    acknowledged_at = InstantField(allow_null=True)
    acknowledged_through = serializers.CharField()
    steps = PageStepSerializer(many=True)

    class Meta:
        model = Page
        fields = ["key", "programme", "cause", "subject", "subject_key", "incident", "words",
                  "state", "started_at", "due_at", "held_until", "acknowledged_at",
                  "acknowledged_by", "acknowledged_through", "steps", "version"]  # fmt: skip
        read_only_fields = fields


class TestPageSerializer(serializers.Serializer[Any]):
    """A test page: the programme may be left out by who belongs to one."""

    __test__ = False  # not one of pytest's

    programme = serializers.CharField(max_length=60, required=False)
