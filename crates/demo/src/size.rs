use time::{Duration, OffsetDateTime};

use crate::SeedError;

/// How large a demo provider is to be, and which one of the many possible.
#[derive(Clone, Debug)]
pub struct DemoSize {
    /// Client organizations, at most [`DemoSize::MAX_CLIENTS`]. The first 24 are always the same ones.
    pub clients: usize,
    /// Member rows in each client organization, in whatever state; `None` for a believable mix of 3 to 120.
    pub members: Option<usize>,
    /// Items in the personal vault of the end user, at most [`DemoSize::MAX_ITEMS`].
    pub items: usize,
    /// Chooses names, structure and ids. Keys are random whatever the seed.
    pub seed: u64,
    /// The moment that all ages count back from; `None` for the clock of the machine.
    pub moment: Option<OffsetDateTime>,
}

impl DemoSize {
    /// More client organizations than any provider has; names stay distinct up to here.
    pub const MAX_CLIENTS: usize = 2_500;
    /// Names inside one client organization stay distinct up to here.
    pub const MAX_MEMBERS: usize = 2_500;
    /// Four hundred times what one person keeps: 100,000 are left when those in the trash are not counted.
    pub const MAX_ITEMS: usize = 120_000;

    /// Fewer members leave no room for the people whom the story needs.
    pub const MIN_MEMBERS: usize = 3;

    pub(crate) fn check(&self) -> Result<(), SeedError> {
        let members = self.members.unwrap_or(Self::MIN_MEMBERS);
        for (what, asked, least, most) in [
            ("clients", self.clients, 1, Self::MAX_CLIENTS),
            ("members", members, Self::MIN_MEMBERS, Self::MAX_MEMBERS),
            ("items", self.items, 0, Self::MAX_ITEMS),
        ] {
            if !(least..=most).contains(&asked) {
                return Err(SeedError::Size { what, asked, least, most });
            }
        }
        Ok(())
    }

    pub(crate) fn now(&self) -> OffsetDateTime {
        // Whole seconds: dates are compared as text by some readers, and a demo needs no more.
        let moment = self.moment.unwrap_or_else(OffsetDateTime::now_utc);
        moment - Duration::nanoseconds(i64::from(moment.nanosecond()))
    }
}

impl Default for DemoSize {
    /// The demo provider that *Explore the demo provider* opens.
    fn default() -> Self {
        DemoSize { clients: 24, members: None, items: 300, seed: 1, moment: None }
    }
}
