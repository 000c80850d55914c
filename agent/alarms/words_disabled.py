"""What is said of rules that a plant has taken out, in Chinese and English."""

from config.model import Disabled, Text


def title(disabled: Disabled) -> Text:
    """Name the approval."""
    return Text(f"{disabled.name.zh} 停用批准", f"{disabled.name.en}, disabled")


def expired(disabled: Disabled) -> Text:
    """Say that the approval ran out while the rule is still taken out."""
    name, by, until = disabled.name, disabled.approved_by, disabled.until
    return Text(
        f"{name.zh} 的停用批准（{by}）已于 {until} 到期，规则仍未恢复：请恢复规则或重新报批",
        f"{name.en} was disabled by {by} until {until} and still is: put the rule back or renew the approval",
    )


def renewed(disabled: Disabled) -> Text:
    """Say that there is a valid approval again."""
    return Text(f"{disabled.name.zh} 的停用已重新批准", f"{disabled.name.en}: disabled, approved anew")
