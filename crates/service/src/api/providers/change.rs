//! Changing what a provider is called and where its bills go (protocol.md §5.5).

use axum::Json;
use axum::extract::State;
use portico_protocol::provider::ProviderResponse;
use portico_protocol::provider::requests::ProviderUpdateRequest;

use super::{find, require_set_up};
use crate::api::fields;
use crate::app::App;
use crate::authorize::ProviderAccess;
use crate::body::Body;
use crate::error::ApiError;
use crate::moment::Moment;
use crate::revision;

/// The bills of client organizations go where they went before.
pub(crate) async fn update(
    State(app): State<App>,
    access: ProviderAccess,
    Body(request): Body<ProviderUpdateRequest>,
) -> Result<Json<ProviderResponse>, ApiError> {
    let names = Names::of(request.name.as_deref(), request.business_name, request.billing_email.as_deref())?;
    app.store
        .write(move |transaction| {
            require_set_up(transaction, access.provider)?;
            transaction.execute(
                "UPDATE providers SET name = ?, business_name = ?, billing_email = ?, revised = ? WHERE id = ?",
                (names.name, names.business_name, names.billing_email, Moment::now(), access.provider),
            )?;
            revision::of_provider(transaction, access.provider)?;
            Ok(Json(find(transaction, access.provider)?))
        })
        .await
}

/// What set-up and settings both ask for, checked.
pub(super) struct Names {
    pub(super) name: String,
    pub(super) business_name: Option<String>,
    pub(super) billing_email: String,
}

impl Names {
    pub(super) fn of(
        name: Option<&str>,
        business_name: Option<String>,
        billing_email: Option<&str>,
    ) -> Result<Names, ApiError> {
        Ok(Names {
            name: fields::text("Name", name, 50)?,
            business_name: fields::optional("BusinessName", business_name, 50)?,
            billing_email: fields::email("BillingEmail", &fields::text("BillingEmail", billing_email, 256)?)?,
        })
    }
}
