use serde::{Deserialize, Serialize};

/// `{"object":"list","data":[…],"continuationToken":…}` (protocol.md §0).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", bound(deserialize = "T: Deserialize<'de>"))]
pub struct ListResponse<T> {
    /// Always `list`.
    #[serde(default = "list", deserialize_with = "crate::wire::or_default")]
    pub object: String,
    /// The entries of this page. Null is no list: a server that lost its own would empty what is kept.
    #[serde(deserialize_with = "crate::bounds::bounded")]
    pub data: Vec<T>,
    /// Opaque; asks for the next page when present.
    #[serde(default)]
    pub continuation_token: Option<String>,
}

impl<T> ListResponse<T> {
    /// A complete list: no further page.
    pub fn complete(data: Vec<T>) -> Self {
        Self { object: list(), data, continuation_token: None }
    }
}

fn list() -> String {
    "list".to_owned()
}
