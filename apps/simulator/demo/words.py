"""What people of the demonstration say. All of it is made up."""

TITLES = {  # category key -> what a message about it says; {site} is the site's short name
    "link-qr": (
        "QR poster at the front desk leads to an error page",
        "Check-in link opens a blank page on newer phones",
        "Link in the poster points to last year's page",
    ),
    "text-message": (
        "Reminder texts did not go out to the morning clinics",
        "Text with the check-in link arrives an hour late",
    ),
    "site-configuration": (
        "Clinic is missing from the list after set up",
        "Default template of the clinic shows the wrong room",
    ),
    "not-enabled": (
        "Audiology clinic is not enabled yet, staff expected it today",
        "Second clinic still turned off after the go-live",
    ),
    "identity": (
        "Last name with an apostrophe is not accepted at check-in",
        "Date of birth is refused although it is right",
    ),
    "eligibility": (
        "No appointments shown although three are booked",
        "Stop code of the clinic makes appointments not eligible",
    ),
    "demographics": ("Next of kin page repeats itself", "Insurance question cannot be left"),
    "vse-cs-list": ("VSE-CS list stops refreshing after ten minutes", "VSE-CS shows two rows each"),
    "access": ("New clerk cannot open VSE-CS", "Menu option missing for two schedulers"),
    "training": ("How do we print the poster in a larger size?", "Where do we see who checked in?"),
    "local-network": ("Wi-Fi in the waiting room drops during check-in", "Kiosk shows no signal"),
    "performance": ("Check-in page is slow between eight and nine", "List times out at noon"),
    "defect": (
        "Kiosk shows an error after the last step",
        "Button does nothing on the second page",
    ),
    "enhancement": ("It would be nice to see the room number", "Could you add larger letters?"),
}
RESOLUTIONS = (
    "The clinic was added to the configuration; checked with the site.",
    "A new poster with the right link was sent.",
    "Fixed in the release of that evening; the site confirmed it.",
    "The queue of the text service was cleared; texts go out again.",
    "Explained by phone, and the guide has a new paragraph.",
)
WAITING = (  # minutes ago, author, text; {live} is in its first week, {done} is past it
    (54, "U0SITE1", "{live} check-in link gives an error, staff check people in by hand"),
    (41, "U0SITE2", "Since this morning nobody at {other} gets the reminder texts"),
    (33, "U0SITE3", "VSE-CS at {done} does not refresh any more, we reload every few minutes"),
    (22, "U0SITE4", "question: how do we print the QR poster for the second entrance?"),
    (17, "U0SITE5", "{live} kiosk 2 shows a blank page. Call me at 402-555-0143"),
    (11, "U0SITE6", "It does not work again"),
    (7, "U0SITE7", "Last names with a hyphen are not accepted at {other}"),
    (3, "U0SITE8", "Is anybody else seeing slow pages right now?"),
)
REPLIES = (  # minutes after the message they answer, author, text
    (6, "U0SITE9", "Same here at the west clinic"),
    (14, "U0SITE1", "Since about nine, some twelve people so far"),
)
WORK = (  # kind, title, severity
    ("bug", "Accept apostrophes and hyphens in last names", 2),
    ("bug", "Blank page on newer phones after the QR code", 2),
    ("hotfix", "Reminder texts stop after the nightly restart", 1),
    ("enhancement", "Show the room number on the last page", 3),
    ("minor_task", "New poster with a short link", 3),
    ("sprint_ticket", "Alert when a site sends no check-ins for an hour", 2),
    ("bug", "VSE-CS list stops refreshing", 2),
    ("bug", "Next of kin page repeats itself", 3),
    ("enhancement", "Larger letters for the kiosk", 3),
    ("minor_task", "Guide: how to see who checked in", 3),
    ("sprint_ticket", "Retry texts that the provider refused", 2),
    ("bug", "Appointments of two stop codes are hidden", 2),
    ("minor_task", "Tidy the list of enabled clinics", 3),
    ("bug", "Error after the last step on kiosks", 1),
)
PLAYS = {  # what the bar plays: (label, text); {live} and {done} as above, {open} an open title
    "vague": ("Vague message", "It is broken again here, please help"),
    "duplicate": ("Duplicate", "{live} {open}"),
    "finished": (
        "From a finished site",
        "{done} patients cannot check in, the link gives an error",
    ),
    "private": (
        "With a phone number",
        "{live} please call Mr. Jones at 605-555-0177, kiosk is down",
    ),
}

EVIDENCE = (
    "Confirmed by the site contact", "On the tracking sheet", "Checked on screen with the site",
)  # fmt: skip
NOT_NEEDED = "The site has done this for another product already"
SIGNED = "Everything that blocks is done"
ACCEPTED = "Known beforehand: the managers answer in those hours"
WAIVED = "The last site is trained by phone on the day before; the lead has confirmed the hour"

HANDED = (  # notes of a hand-over: open items, and what to watch
    (
        "- Reminder texts of Monday are sent again tonight\n- Two sites wait for a word on kiosks",
        "- The first check-ins of the sites that begin today, from 08:00 on their own clock",
    ),
    ("- Nothing is open", "- The service desk was slow on Friday; look at it at noon"),
)
