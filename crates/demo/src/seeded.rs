//! Everything that is chosen is chosen from here, so that the same seed tells the same story.

use uuid::Uuid;

/// The root of all ids and choices of one demo provider.
///
/// Each thing draws from a stream of its own, named by a label. Adding a client, a group or an item therefore does
/// not change what the others look like. Keys and initialisation vectors never come from here: those are random.
#[derive(Clone, Copy)]
pub(crate) struct Seeded {
    namespace: Uuid,
}

impl Seeded {
    pub(crate) fn new(seed: u64) -> Self {
        Seeded { namespace: Uuid::new_v5(&Uuid::NAMESPACE_DNS, format!("{seed}.portico.example").as_bytes()) }
    }

    /// The id of the thing that the label names.
    pub(crate) fn id(&self, label: &str) -> Uuid {
        Uuid::new_v5(&self.namespace, label.as_bytes())
    }

    /// A stream of choices for the thing that the label names.
    pub(crate) fn dice(&self, label: &str) -> fastrand::Rng {
        fastrand::Rng::with_seed(self.id(label).as_u64_pair().0)
    }
}

/// One element of a list that is known not to be empty.
pub(crate) fn pick<'a, T>(dice: &mut fastrand::Rng, list: &'a [T]) -> &'a T {
    &list[dice.usize(..list.len())]
}

/// True in `percent` of the cases.
pub(crate) fn chance(dice: &mut fastrand::Rng, percent: u32) -> bool {
    dice.u32(..100) < percent
}
