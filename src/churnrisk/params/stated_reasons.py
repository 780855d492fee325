"""What customers mean by the reasons that they state, unless a company says otherwise."""

STATED_REASONS: dict[str, tuple[str, ...]] = {
    "adoption": ("use", "people", "milestones"),
    "not used": ("use", "people"),
    "no longer need": ("use",),
    "feature": ("use",),
    "project": ("use", "people"),
    "onboarding": ("milestones",),
    "support": ("support",),
    "bug": ("support",),
    "expensive": ("price",),
    "price": ("price",),
    "budget": ("price",),
    "paying": ("invoices",),
    "payment": ("invoices",),
}
"""Facts by words that stand in a reason. Reasons that no fact can show, such as a takeover, are not here."""
