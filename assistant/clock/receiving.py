"""From which day a period runs: the receiving day by channel (条例 31), the restart of a corrected request (30)."""

from datetime import date

from assistant.clock.dates import write_date
from assistant.clock.rules import ChannelVersion, DeadlineRule, DeadlineRules
from assistant.errors import DeadlineError


def receiving_day(
    rules: DeadlineRules,
    rule: DeadlineRule,
    start: date,
    received_by: str | None,
    confirmed: date | None,
    notes: list[str],
    basis: list[str],
) -> date:
    """Return the day on which a request counts as received; what was taken for what is added to `notes` and `basis`.

    Args:
        start: the day entered: the receiving day itself, or with `confirmed` the day the request arrived.
        received_by: the channel, or None where the receiving day was entered.
        confirmed: the day on which both sides confirmed the request.
    Raises:
        DeadlineError: an unknown channel, a confirmation where none is wanted or before the arrival.
    """
    if received_by is None and confirmed is None:
        return start
    if not rule.by_channel:
        raise DeadlineError(f"“{rule.name}”不从收到申请起算，不需要写提交渠道和确认日期。")
    if received_by is None:
        raise DeadlineError("写了确认日期，还要用 --received-by 写明提交渠道。")
    channel = rules.channel(received_by)
    version = channel.version_on(start)
    basis.append(version.basis)
    if confirmed is None:
        notes.append(f"{channel.name}的，收到申请之日是{version.by}；这里把{write_date(start)}作为{version.by}。")
        return start
    return _confirmation_day(channel.name, version, start, confirmed, notes)


def _confirmation_day(name: str, version: ChannelVersion, start: date, confirmed: date, notes: list[str]) -> date:
    if not version.confirms:
        raise DeadlineError(f"{name}的，收到申请之日是{version.by}，不需要确认日期。")
    if confirmed < start:
        raise DeadlineError(f"确认日期{confirmed}早于来件日期{start}，请核对。")
    notes.append(f"{name}的，收到申请之日是{version.by}，即{write_date(confirmed)}，不是来件的{write_date(start)}。")
    if version.same_day and confirmed != start:
        notes.append("应当在收到的当日与申请人确认；没有电话或者联系不上的，做好登记并保留记录。")
    return confirmed


def restart(rule: DeadlineRule, begin: date, corrected: date | None, notes: list[str]) -> date:
    """Return the day the period runs from when the request was corrected on `corrected` (条例 30).

    Raises:
        DeadlineError: the rule knows no restart, or the correction came before the request.
    """
    if corrected is None:
        return begin
    if not rule.restarts:
        raise DeadlineError(f"“{rule.name}”的期限不因补正重新计算，请去掉补正日期。")
    if corrected < begin:
        raise DeadlineError(f"收到补正的日期{corrected}早于收到申请的日期{begin}，请核对。")
    notes.append(f"申请经过补正，答复期限从收到补正的申请之日{write_date(corrected)}起重新计算（条例第三十条）。")
    return corrected
