//! What the pages of a provider warn of (protocol.md §5.9).

use axum::Json;
use axum::extract::State;
use portico_protocol::provider::billing::{ProviderWarningsResponse, SuspensionWarning, TaxIdWarning};

use super::{Billed, cancelled_at};
use crate::app::App;
use crate::authorize::ProviderAccess;
use crate::error::ApiError;
use crate::moment::Moment;

/// Countries whose businesses are asked for a tax number; everywhere else there may be one.
const HOME: &str = "US";

/// Only an admin can do something about a suspension.
pub(crate) async fn warnings(
    State(app): State<App>,
    access: ProviderAccess,
) -> Result<Json<ProviderWarningsResponse>, ApiError> {
    app.store
        .read(move |connection| {
            let billed = Billed::find(connection, access.provider)?;
            let suspension = (!billed.enabled).then(|| SuspensionWarning {
                resolution: if access.is_admin { "add_payment_method" } else { "contact_administrator" }
                    .into(),
                subscription_cancels_at: access.is_admin.then(|| cancelled_at(Moment::now()).into()),
                ..SuspensionWarning::default()
            });
            let lacks_number = |country: Option<&str>| country.is_some_and(|country| country != HOME);
            let tax_id = billed
                .address
                .filter(|address| {
                    access.is_admin && address.tax_id.is_none() && lacks_number(address.country.as_deref())
                })
                .map(|_| TaxIdWarning { kind: "tax_id_missing".into(), ..TaxIdWarning::default() });
            Ok(Json(ProviderWarningsResponse { suspension, tax_id, ..ProviderWarningsResponse::default() }))
        })
        .await
}
