use portico_protocol::account::{KdfParameters, KdfType};
use thiserror::Error;

/// A key derivation function with costs that were checked: what is constructed is worth its work and ends.
///
/// The floors are those that clients enforce against a server that asks for less (protocol.md §1.1); the ceilings keep
/// a hostile server from occupying the machine: Argon2id ends where the official server does (protocol.md §2.1),
/// PBKDF2 at 10,000,000 rounds, five times what it accepts and about a second and a half of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kdf {
    /// PBKDF2-SHA256.
    Pbkdf2(Pbkdf2Costs),
    /// Argon2id, version 0x13.
    Argon2id(Argon2Costs),
}

/// Checked costs of PBKDF2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pbkdf2Costs {
    iterations: u32,
}

/// Checked costs of Argon2id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Argon2Costs {
    iterations: u32,
    memory_mib: u32,
    parallelism: u32,
}

/// Passes times MiB of both defaults that clients have had for Argon2id: 6 over 32 MiB, before that 3 over 64
/// (protocol.md §2.1).
const USUAL_ARGON2_WORK: u64 = 192;

/// Why the parameters of a server are refused before any work.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum KdfError {
    /// Cheaper than any honest account: a server (or someone in between) that wants to guess the password.
    #[error("the key derivation asked for is too cheap: {what} is {value}, at least {least} is needed")]
    TooCheap {
        /// `iterations`, `memory` (MiB) or `parallelism`.
        what: &'static str,
        /// What was asked for.
        value: u32,
        /// The floor.
        least: u32,
    },
    /// More work than any honest account asks for.
    #[error("the key derivation asked for is too costly: {what} is {value}, at most {most} is accepted")]
    TooCostly {
        /// `iterations`, `memory` (MiB) or `parallelism`.
        what: &'static str,
        /// What was asked for.
        value: u32,
        /// The ceiling.
        most: u32,
    },
    /// Argon2id without memory or parallelism.
    #[error("the parameters of the key derivation are incomplete: {what} is missing")]
    Missing {
        /// `memory` or `parallelism`.
        what: &'static str,
    },
    /// A number from the future.
    #[error("key derivation {0} is unknown")]
    Unknown(i32),
}

impl Kdf {
    /// What new accounts get: 600,000 rounds of PBKDF2 (protocol.md §2.1).
    pub const DEFAULT: Self = Self::Pbkdf2(Pbkdf2Costs { iterations: 600_000 });

    /// PBKDF2-SHA256 with 5,000 to 10,000,000 rounds.
    pub fn pbkdf2(iterations: u32) -> Result<Self, KdfError> {
        within("iterations", iterations, 5_000, 10_000_000)?;
        Ok(Self::Pbkdf2(Pbkdf2Costs { iterations }))
    }

    /// Argon2id with 2 to 10 passes over 16 to 1024 MiB in 1 to 16 lanes.
    pub fn argon2id(iterations: u32, memory_mib: u32, parallelism: u32) -> Result<Self, KdfError> {
        within("iterations", iterations, 2, 10)?;
        within("memory", memory_mib, 16, 1024)?;
        within("parallelism", parallelism, 1, 16)?;
        Ok(Self::Argon2id(Argon2Costs { iterations, memory_mib, parallelism }))
    }

    /// The parameters as a server says them.
    pub fn parameters(&self) -> KdfParameters {
        match *self {
            Self::Pbkdf2(Pbkdf2Costs { iterations }) => KdfParameters {
                kdf_type: KdfType::PBKDF2_SHA256,
                iterations,
                memory: None,
                parallelism: None,
            },
            Self::Argon2id(Argon2Costs { iterations, memory_mib, parallelism }) => KdfParameters {
                kdf_type: KdfType::ARGON2ID,
                iterations,
                memory: Some(memory_mib),
                parallelism: Some(parallelism),
            },
        }
    }

    /// Whether these costs are lower than those known for the same account: a reason to warn. A change to Argon2id is no
    /// downgrade by itself, but one to less than what clients choose for it is.
    pub fn is_cheaper_than(&self, known: &Self) -> bool {
        match (self, known) {
            (Self::Pbkdf2(now), Self::Pbkdf2(before)) => now.iterations < before.iterations,
            (Self::Argon2id(now), Self::Argon2id(before)) => {
                u64::from(now.iterations) * u64::from(now.memory_mib)
                    < u64::from(before.iterations) * u64::from(before.memory_mib)
            }
            (Self::Pbkdf2(_), Self::Argon2id(_)) => true,
            (Self::Argon2id(now), Self::Pbkdf2(_)) => {
                u64::from(now.iterations) * u64::from(now.memory_mib) < USUAL_ARGON2_WORK
            }
        }
    }
}

impl TryFrom<KdfParameters> for Kdf {
    type Error = KdfError;

    fn try_from(parameters: KdfParameters) -> Result<Self, KdfError> {
        match parameters.kdf_type {
            KdfType::PBKDF2_SHA256 => Self::pbkdf2(parameters.iterations),
            KdfType::ARGON2ID => Self::argon2id(
                parameters.iterations,
                parameters.memory.ok_or(KdfError::Missing { what: "memory" })?,
                parameters.parallelism.ok_or(KdfError::Missing { what: "parallelism" })?,
            ),
            KdfType(unknown) => Err(KdfError::Unknown(unknown)),
        }
    }
}

impl Pbkdf2Costs {
    /// Rounds.
    pub fn iterations(&self) -> u32 {
        self.iterations
    }
}

impl Argon2Costs {
    /// Passes.
    pub fn iterations(&self) -> u32 {
        self.iterations
    }

    /// KiB, as Argon2 counts; the wire counts MiB.
    pub fn memory_kib(&self) -> u32 {
        self.memory_mib * 1024
    }

    /// Lanes.
    pub fn parallelism(&self) -> u32 {
        self.parallelism
    }
}

fn within(what: &'static str, value: u32, least: u32, most: u32) -> Result<(), KdfError> {
    if value < least {
        Err(KdfError::TooCheap { what, value, least })
    } else if value > most {
        Err(KdfError::TooCostly { what, value, most })
    } else {
        Ok(())
    }
}
