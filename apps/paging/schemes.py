"""Other services people may be told by: which addresses are taken, and what their scheme is."""

SCHEMES = {  # services at addresses of their own makers: nobody can point these at our network
    "clicksend", "d7sms", "messagebird", "msg91", "nexmo", "pagertree", "plivo", "pover",
    "prowl", "pushed", "signl4", "sinch", "spush", "tgram", "twilio", "vonage", "webex", "wxteams",
}  # fmt: skip


def scheme_of(address: str) -> str:
    """The scheme of an address such as twilio://…; empty when it has none that is taken."""
    scheme = address.partition("://")[0].lower()
    return scheme if scheme in SCHEMES else ""
