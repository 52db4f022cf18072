"""Draws campaigns: many accounts of one operator, a worklist dealt over them, and cover traffic."""

from types import ModuleType
from typing import Protocol, cast

import numpy as np
from numpy.typing import NDArray

from stillwatch import plugins
from stillwatch.errors import SettingsError
from stillwatch.lab.crowds import harvests
from stillwatch.lab.crowds.churn import ChurnPlan, inherit_settings, plan_churn, reassign_rows
from stillwatch.lab.crowds.crowd import Accounts, Crowd, Rows, stack_accounts
from stillwatch.lab.crowds.honest_users import blank_rows, complete_crowd, configure_accounts, draw_topics
from stillwatch.lab.crowds.network import PROXY_POOL
from stillwatch.lab.crowds.signups import assign_hubs, open_accounts
from stillwatch.lab.crowds.worklist_dealing import DealtWorklist
from stillwatch.lab.crowds.world_context import WorldContext
from stillwatch.lab.draws.arrival_rates import DAY_US
from stillwatch.lab.draws.random_draws import Floats, Ints, choose, draw_flags, mix, segment_cumsum
from stillwatch.lab.spec import CampaignSpec, WorldSpec
from stillwatch.tables import VERIFICATIONS

__all__ = ["Harvest", "build_campaign", "harvest_families", "harvest_family"]


class Harvest(Protocol):
    """Makes the rows that a campaign sends: *n* rows in dealing order."""

    def __call__(self, context: WorldContext, spec: CampaignSpec, n: int) -> DealtWorklist:
        """Return exactly *n* rows."""
        ...


def harvest_families(package: ModuleType = harvests) -> dict[str, Harvest]:
    """Return the campaign families by name."""
    return cast("dict[str, Harvest]", plugins.find(package, "HARVEST", group="stillwatch.lab.harvests"))


def harvest_family(name: str) -> Harvest:
    """Return the campaign family *name*; raises ``SettingsError`` that lists the known families."""
    known = harvest_families()
    if name not in known:
        raise SettingsError(
            f"there is no campaign family {name!r}", where="campaigns", remedy=f"Choose one of {', '.join(known)}."
        )
    return known[name]


def build_campaign(context: WorldContext, spec: CampaignSpec) -> Crowd:
    """Return the accounts and rows of one campaign."""
    harvest = harvest_family(spec.family)
    churn_plan = _churn_plan(context, spec)
    accounts = _campaign_accounts(context, spec, churn_plan)
    owner, at = _schedule(context, spec)
    if churn_plan is not None:
        owner, at = reassign_rows(churn_plan, owner, at)
    cover = draw_flags(context.rng, len(owner), spec.cover)
    rows = blank_rows(owner, at, np.zeros(len(owner), dtype=np.int64))
    work = np.flatnonzero(~cover)
    work = work[np.argsort(at[work], kind="stable")]
    dealt = harvest(context, spec, len(work))
    work = _keep_conversations(work, owner[work], dealt.turn)
    for name in ("text", "head", "tail", "turn", "tool_set"):
        values = getattr(dealt, name)
        if values is not None:
            getattr(rows, name)[work] = values
    # if the turns of a conversation would go to two accounts, the second account opens a new conversation
    opens = (dealt.turn == 0) | (np.diff(owner[work], prepend=-1) != 0) if dealt.turn.any() else dealt.turn == 0
    rows.conversation[work] = np.cumsum(opens) - 1
    if dealt.turn.any():
        _keep_pace(context, spec, rows, work, opens)
    _paraphrase(context, spec, rows, work)
    _cover(context, accounts, rows.text, owner, np.flatnonzero(cover))
    rows.conversation[cover] = len(work) + np.arange(int(cover.sum()))
    silent = mix(accounts.habit, 71) % 2 == 0
    rows.conversation = np.where(silent[owner], -1, rows.conversation)
    return complete_crowd(context, accounts, rows, dealt.kind, spec.output_scale)


def _window(context: WorldContext, spec: CampaignSpec) -> tuple[int, int]:
    """Return the first day of the campaign, and the day after its last day."""
    last = context.spec.days if not spec.days_active else min(context.spec.days, spec.start_day + spec.days_active)
    return spec.start_day, max(spec.start_day, last)


def _churn_plan(context: WorldContext, spec: CampaignSpec) -> ChurnPlan | None:
    if not spec.churn:
        return None
    first, last = (context.start_us + day * DAY_US for day in _window(context, spec))
    rng = context.named("churn", WorldSpec.group_name(spec)).rng
    return plan_churn(rng, spec.accounts, begin=first, end=last, churn=spec.churn)


def _keep_pace(context: WorldContext, spec: CampaignSpec, rows: Rows, work: Ints, opens: NDArray[np.bool_]) -> None:
    """Move the turns of a conversation to within minutes of each other, as an automatic loop sends them."""
    rng = context.named("pace", WorldSpec.group_name(spec)).rng
    gaps: Floats = np.where(opens, 0.0, np.exp(rng.normal(3.7, 0.8, len(work))) * 1e6)
    opening = rows.at[work][opens][np.cumsum(opens) - 1]
    planned = opening + segment_cumsum(gaps, opens).astype(np.int64)
    rows.at[work] = np.minimum(planned, np.maximum(rows.at[work], opening))


def _paraphrase(context: WorldContext, spec: CampaignSpec, rows: Rows, work: Ints) -> None:
    if spec.paraphrase:
        rng = context.named("paraphrase", WorldSpec.group_name(spec)).rng
        seeds = rng.integers(1, 2**62, len(work))
        rows.wording[work] = np.where(draw_flags(rng, len(work), spec.paraphrase), seeds, 0)


def _keep_conversations(work: Ints, owner: Ints, turn: Ints) -> Ints:
    """Return *work* in the order of accounts and time, if there are conversations, so that an account gets whole
    conversations.
    """
    if not turn.any():
        return work
    slots = work[np.lexsort((np.arange(len(work)), owner))]
    return np.asarray(slots)


def _campaign_accounts(context: WorldContext, spec: CampaignSpec, churn_plan: ChurnPlan | None) -> Accounts:
    accounts = _new_accounts(context, spec, spec.accounts)
    if churn_plan is None:
        share_metadata(context, spec, accounts)
        return accounts
    after = context.named("successors", WorldSpec.group_name(spec))
    accounts = stack_accounts([accounts, _new_accounts(after, spec, len(churn_plan.slot) - spec.accounts)])
    inherit_settings(churn_plan, accounts)
    share_metadata(context, spec, accounts)
    accounts.created[spec.accounts :] = churn_plan.opened[spec.accounts :]
    return accounts


def _new_accounts(context: WorldContext, spec: CampaignSpec, n: int) -> Accounts:
    rng = context.rng
    name = WorldSpec.group_name(spec)
    accounts = open_accounts(context, n, "coder", name)
    configure_accounts(context, accounts, "coder")
    individuals(context, accounts)
    begin = context.start_us + spec.start_day * DAY_US
    accounts.created = begin - (rng.exponential(12.0, n) * DAY_US).astype(np.int64) - rng.integers(0, DAY_US, n)
    accounts.closed = np.full(n, np.int64(2**62))
    proxied = draw_flags(rng, n, spec.proxies)
    accounts.pool = np.where(proxied, PROXY_POOL, -1)
    accounts.pool_share = np.where(proxied, rng.beta(6, 2, n), 0.0)
    accounts.max_tokens = rng.choice([-1, 2048, 4096, 4096, 8192], n)
    if spec.model_move_hours is not None:
        accounts.moves = context.release_us + (rng.random(n) * spec.model_move_hours * 3.6e9).astype(np.int64)
    accounts.kind[:] = context.strings.number(spec.family)
    accounts.is_campaign[:] = True
    return accounts


def individuals(context: WorldContext, accounts: Accounts) -> None:
    """Let the accounts appear as individuals without a company."""
    rng, n = context.rng, len(accounts)
    accounts.organization[:] = -1
    accounts.office[:] = 0
    accounts.office_share[:] = 0.0
    accounts.payment = np.where(draw_flags(rng, n, 0.6), rng.integers(0, 2**62, n), -1)
    other = open_accounts(context, n, "search")
    accounts.domain = np.where(other.organization < 0, other.domain, accounts.domain[rng.integers(0, n, n)])
    accounts.domain = np.where(accounts.domain == 0, other.domain, accounts.domain)
    accounts.verification = np.where(
        accounts.payment >= 0,
        VERIFICATIONS.index("payment"),
        np.minimum(accounts.verification, VERIFICATIONS.index("phone")),
    )
    accounts.plan = choose(rng, (0.35, 0.35, 0.0, 0.3, 0.0), n)


def share_metadata(context: WorldContext, spec: CampaignSpec, accounts: Accounts) -> None:
    """Give the requested share of accounts common values, family by family."""
    rng, n = context.rng, len(accounts)
    order = rng.permutation(n)
    at = 0
    for family in sorted(spec.shared):
        wanted = round(spec.shared[family] * n)
        if spec.sharers == "independent":
            order = rng.permutation(n)
        begin = at if spec.sharers == "disjoint" else 0
        chosen = order[(begin + np.arange(wanted)) % n]
        at = (at + wanted) % n
        if wanted:
            _share(context, accounts, family, chosen, assign_hubs(rng, chosen, spec.hub_accounts))


def _share(context: WorldContext, accounts: Accounts, family: str, chosen: Ints, hub: Ints) -> None:
    rng = context.rng
    salt = int(rng.integers(0, 2**60))
    value = mix(salt, hub)
    if family in {"payment", "phone", "device"}:
        getattr(accounts, family)[chosen] = value
    elif family == "referrer":
        accounts.referrer[chosen] = context.strings.numbers([f"r-{v % 10**7:07d}" for v in value.tolist()])
    elif family == "email_domain":
        names = [context.disposable[v % len(context.disposable)] for v in value.tolist()]
        accounts.domain[chosen] = context.strings.numbers(names)
    elif family == "client":
        accounts.agent[chosen] = accounts.agent_2[chosen] = accounts.agent[chosen[0]]
        accounts.fingerprint[chosen] = accounts.fingerprint_2[chosen] = context.strings.number(
            f"t13d{1300 + salt % 90}h2_{salt % 16**12:012x}_{(salt >> 8) % 16**12:012x}"
        )
    elif family == "signup":
        day = DAY_US * (1 + hub % 7)
        accounts.created[chosen] = accounts.created[chosen].max() - day + rng.integers(0, 3_600_000_000, len(chosen))


def _schedule(context: WorldContext, spec: CampaignSpec) -> tuple[Ints, Ints]:
    """Return slot and moment of every row, sorted by slot and time. A slot is an account, or with churn its successors
    too.
    """
    rng, n = context.rng, spec.accounts
    first, last = _window(context, spec)
    days = last - first
    spread = rng.gamma(1 / spec.jitter**2, spec.jitter**2, (n, days)) if spec.jitter > 0.01 else np.ones((n, days))
    awake = rng.random((n, days)) >= spec.idle_days
    # active days compensate for idle days, so that the mean over all days is as requested
    counts = rng.poisson(spec.per_day / (1 - spec.idle_days) * spread * awake)
    flat = np.repeat(np.arange(n * days), counts.ravel())
    owner, day = flat // max(1, days), flat % max(1, days)
    begin, end = spec.working_hours or (0.0, 24.0)
    own: Floats = rng.normal(0.0, 3.0 * spec.jitter, n)
    hour = begin + rng.random(len(flat)) * (end - begin) + own[owner] + rng.normal(0.0, 0.2, len(flat))
    moment = (spec.start_day + day) * DAY_US + ((hour % 24.0) * 3.6e9).astype(np.int64)
    order = np.lexsort((moment, owner))
    return owner[order], context.start_us + moment[order]


def _cover(context: WorldContext, accounts: Accounts, text: Ints, owner: Ints, rows: Ints) -> None:
    """Fill *rows* with unrelated requests in each account's own taste."""
    if not len(rows):
        return
    chats = mix(accounts.habit, 31) % 2 == 0
    for kind, mine in (("chat", chats), ("coder", ~chats)):
        chosen = rows[mine[owner[rows]]]
        topics = draw_topics(context, len(accounts), kind, owner[chosen])
        text[chosen] = context.texts.ask(context.rng, topics, accounts.habit[owner[chosen]], kind)
