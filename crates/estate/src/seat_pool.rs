//! The seats of a provider's plan: what it pays for at least, what it gave to clients, what a change of one client costs
//! (protocol.md §5.8).

/// The seats of one plan of a provider, as its subscription says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SeatPool {
    /// Paid for whether or not clients use them.
    pub minimum: i64,
    /// Bought above the minimum.
    pub purchased: i64,
    /// Given to clients.
    pub assigned: i64,
}

/// What a plan's seats are after a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeatChange {
    /// Given to clients afterwards.
    pub assigned: i64,
    /// Paid for and given to nobody afterwards.
    pub unassigned: i64,
    /// Seats that are bought for it. More than none is a purchase, which only a provider admin may make.
    pub bought: i64,
    /// Bought seats that are given back by it.
    pub given_back: i64,
}

/// Why a number of seats cannot be given to a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SeatRefusal {
    /// A client has one seat at least.
    None,
    /// So many are taken by members.
    BelowOccupied {
        /// Members who are invited, accepted or confirmed.
        occupied: i64,
    },
    /// A service user may move seats only inside what is paid for. A provider admin could buy more.
    NotUnassigned {
        /// How many more there are.
        unassigned: i64,
    },
}

impl SeatPool {
    /// Seats that are paid for, given to a client or not.
    pub fn paid_for(&self) -> i64 {
        self.minimum.saturating_add(self.purchased)
    }

    /// Seats that are paid for and given to nobody.
    pub fn unassigned(&self) -> i64 {
        self.paid_for().saturating_sub(self.assigned).max(0)
    }

    /// The plan's seats once its clients have `delta` more. What is bought follows from what is given: what goes beyond
    /// the minimum, and no more.
    pub fn after(&self, delta: i64) -> SeatChange {
        let assigned = self.assigned.saturating_add(delta).max(0);
        let beyond = |assigned: i64| assigned.saturating_sub(self.minimum).max(0);
        let change = beyond(assigned).saturating_sub(self.purchased);
        // Fewer seats are never a purchase, whatever a server that is behind says is bought.
        let bought = if delta > 0 { change.max(0) } else { 0 };
        SeatChange {
            assigned,
            unassigned: self.minimum.max(assigned).saturating_sub(assigned),
            bought,
            given_back: change.saturating_neg().max(0),
        }
    }
}

/// Whether a client of this plan may have `wanted` seats where it has `now`, of which `occupied` are taken; and what that
/// does to the plan. Without a pool (the subscription was never read) the server decides.
///
/// # Errors
/// See [`SeatRefusal`].
pub fn check_seats(
    pool: Option<SeatPool>,
    now: i64,
    wanted: i64,
    occupied: i64,
    is_admin: bool,
) -> Result<Option<SeatChange>, SeatRefusal> {
    if wanted < 1 {
        return Err(SeatRefusal::None);
    }
    if wanted < occupied {
        return Err(SeatRefusal::BelowOccupied { occupied });
    }
    let Some(pool) = pool else { return Ok(None) };
    let change = pool.after(wanted.saturating_sub(now));
    if change.bought > 0 && !is_admin {
        return Err(SeatRefusal::NotUnassigned { unassigned: pool.unassigned() });
    }
    Ok(Some(change))
}
