"""Words of the boards: kinds of work, decisions, stages, and the columns made of them."""

from dataclasses import dataclass

from django.db.models import TextChoices


class Kind(TextChoices):
    BUG = "bug", "Bug"
    HOTFIX = "hotfix", "Hotfix"
    MINOR_TASK = "minor_task", "Minor task"
    SPRINT_TICKET = "sprint_ticket", "Sprint ticket"
    ENHANCEMENT = "enhancement", "Enhancement"


class Decision(TextChoices):
    NEW = "new", "New"
    NEEDS_INFO = "needs_info", "Needs information"
    ACCEPTED = "accepted", "Accepted"
    DECLINED = "declined", "Declined"


class Stage(TextChoices):
    NONE = "", "Not accepted yet"
    READY = "ready", "Ready"
    SCHEDULED = "scheduled", "Scheduled"
    IN_PROGRESS = "in_progress", "In progress"
    IN_REVIEW = "in_review", "In review"
    RELEASED = "released", "Released"
    VERIFIED = "verified", "Verified"


class Board(TextChoices):
    PRODUCT = "product", "Product board"
    DELIVERY = "delivery", "Delivery board"


@dataclass(frozen=True)
class BoardFacts:
    """A board: the column of the item it is made of, its columns, where it keeps its order."""

    key: str
    field: str
    rank: str
    columns: tuple[tuple[str, str], ...]
    wip: dict[str, int]


BOARDS = {
    Board.PRODUCT.value: BoardFacts(
        key="product",
        field="decision",
        rank="product_rank",
        columns=tuple((one.value, str(one.label)) for one in Decision),
        wip={},
    ),
    Board.DELIVERY.value: BoardFacts(
        key="delivery",
        field="stage",
        rank="delivery_rank",
        columns=tuple((one.value, str(one.label)) for one in Stage if one is not Stage.NONE),
        wip={"in_progress": 5, "in_review": 4},
    ),
}
