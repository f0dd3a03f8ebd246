"""The fields of the tables: what a new record holds, what refers where, what people read."""

_EMPTY = """
activity_due additional_assignee_list approval_history approval_set assigned_to
assignment_group business_duration business_service business_stc calendar_duration
calendar_stc caller_id caused_by close_code close_notes closed_at closed_by cmdb_ci comments
comments_and_work_notes company correlation_display correlation_id delivery_plan delivery_task
description due_date expected_start follow_up group_list hold_reason location number opened_at
opened_by order parent
parent_incident problem_id rejection_goto resolved_at resolved_by rfc short_description
sla_due subcategory sys_tags time_worked user_input watch_list wf_activity work_end
work_notes work_notes_list work_start
"""
# A new incident before anything is said about it; every stored value is text.
INCIDENT: dict[str, str] = dict.fromkeys(_EMPTY.split(), "") | {
    "active": "true",
    "approval": "not requested",
    "category": "inquiry",
    "child_incidents": "0",
    "contact_type": "",
    "escalation": "0",
    "impact": "3",
    "incident_state": "1",
    "knowledge": "false",
    "made_sla": "true",
    "notify": "1",
    "priority": "5",
    "reassignment_count": "0",
    "reopen_count": "0",
    "severity": "3",
    "state": "1",
    "sys_domain": "global",
    "sys_domain_path": "/",
    "upon_approval": "proceed",
    "upon_reject": "cancel",
    "urgency": "3",
}
TABLES: dict[str, dict[str, str]] = {
    "incident": INCIDENT,
    "sys_user_group": {"name": "", "description": "", "active": "true", "email": "", "type": ""},
    "sys_user": {"name": "", "user_name": "", "email": "", "active": "true"},
    "sys_journal_field": {"name": "", "element": "", "element_id": "", "value": ""},
}
_SYSTEM = """
sys_id sys_created_on sys_created_by sys_updated_on sys_updated_by sys_mod_count sys_class_name
sys_tags
"""
SYSTEM = dict.fromkeys(_SYSTEM.split(), "")
READ_ONLY = {*SYSTEM, "priority", "sys_domain", "sys_domain_path", "comments_and_work_notes"}
JOURNALS = ("work_notes", "comments")
JOURNAL_LABELS = {"work_notes": "Work notes", "comments": "Additional comments"}

USER_FIELDS = ("assigned_to", "caller_id", "opened_by", "resolved_by", "closed_by")
REFERENCES: dict[str, dict[str, str]] = {
    "incident": dict.fromkeys(USER_FIELDS, "sys_user")
    | {
        "assignment_group": "sys_user_group",
        "business_service": "cmdb_ci_service",
        "caused_by": "change_request",
        "cmdb_ci": "cmdb_ci",
        "company": "core_company",
        "location": "cmn_location",
        "parent": "task",
        "parent_incident": "incident",
        "problem_id": "problem",
        "rfc": "change_request",
        "sys_domain": "sys_user_group",
    }
}
LENGTHS = {  # longer text is cut in silence
    "short_description": 160,
    "description": 4000,
    "correlation_id": 100,
    "correlation_display": 100,
    "category": 40,
}
LEVELS = {"1": "1 - High", "2": "2 - Medium", "3": "3 - Low"}
STATES = {
    "1": "New",
    "2": "In Progress",
    "3": "On Hold",
    "6": "Resolved",
    "7": "Closed",
    "8": "Canceled",
}
CHOICES: dict[str, dict[str, dict[str, str]]] = {
    "incident": {
        "state": STATES,
        "incident_state": STATES,
        "impact": LEVELS,
        "urgency": LEVELS,
        "severity": LEVELS,
        "priority": {
            "1": "1 - Critical",
            "2": "2 - High",
            "3": "3 - Moderate",
            "4": "4 - Low",
            "5": "5 - Planning",
        },
        "hold_reason": {
            "1": "Awaiting Caller",
            "3": "Awaiting Problem",
            "4": "Awaiting Vendor",
            "5": "Awaiting Change",
        },
        "approval": {"not requested": "Not Yet Requested"},
        "escalation": {"0": "Normal"},
        "contact_type": {"chat": "Chat", "phone": "Phone", "email": "Email"},
    }
}
PRIORITY = {  # by impact and urgency
    ("1", "1"): "1",
    ("1", "2"): "2",
    ("1", "3"): "3",
    ("2", "1"): "2",
    ("2", "2"): "3",
    ("2", "3"): "4",
    ("3", "1"): "3",
    ("3", "2"): "4",
    ("3", "3"): "5",
}

NAMES: dict[str, frozenset[str]] = {
    table: frozenset({*fields, *SYSTEM}) for table, fields in TABLES.items()
}
