"""What a service says when it cannot do what was asked: words for people, and the field to mend."""


class UnableToHandle(Exception):
    """The message cannot be handled as asked; `field` names what to mend, if one thing."""

    def __init__(self, words: str, *, field: str = "") -> None:
        super().__init__(words)
        self.field = field


class Stale(UnableToHandle):
    """Somebody changed the message since the caller read it; read it again."""

    def __init__(self) -> None:
        super().__init__("somebody changed this message meanwhile", field="version")


class UnableToLog(UnableToHandle):
    """No ticket can be made of it."""


class UnableToAttach(UnableToHandle):
    """It cannot be joined to that ticket."""


class UnableToDismiss(UnableToHandle):
    """It cannot be closed without a ticket."""


class UnableToRestore(UnableToHandle):
    """Its exit cannot be taken back."""


class UnableToAsk(UnableToHandle):
    """Nothing can be asked in its thread."""


class UnableToReply(UnableToHandle):
    """Nothing can be posted in the ticket's threads."""


class UnableToReveal(UnableToHandle):
    """The original is not there."""


class UnableToBind(UnableToHandle):
    """The channel cannot belong to that."""
