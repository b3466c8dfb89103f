//! The vault (protocol.md §3, §4.1–4.3). Rights live on items: a path that names one asks for a right on that item, and
//! routes whose bodies name items ask for an account here and for the right there. `POST` forms are those of old clients.

use super::{ANYONE, Route, SIGNED_IN, delete, get, post, put, rule};
use crate::api::ciphers::{
    archive, attachments, collections, export, import, purge, read, save, share, trash, upload,
};
use crate::api::{download, folders, sync};
use crate::authorize::Role::{
    Admin, ClientItemsEditor, ClientItemsReader, Custom, ItemAdminDeleter, ItemAdminEditor,
    ItemAdminFileReader, ItemAdminReader, ItemDeleter, ItemEditor, ItemReader, Owner, User,
};
use crate::authorize::{Refusal, Rule};
use crate::permissions::Permission::{AccessImportExport, AccessReports, EditAnyCollection};

const READ: Rule = rule(&[ItemReader], &[], Refusal::NotFound);
const EDIT: Rule = rule(&[ItemEditor], &[], Refusal::NotFound);
const DELETE: Rule = rule(&[ItemDeleter], &[], Refusal::NotFound);
const READ_ADMIN: Rule = rule(&[ItemAdminReader], &[], Refusal::NotFound);
const READ_FILE_ADMIN: Rule = rule(&[ItemAdminFileReader], &[], Refusal::NotFound);
const EDIT_ADMIN: Rule = rule(&[ItemAdminEditor], &[], Refusal::NotFound);
const DELETE_ADMIN: Rule = rule(&[ItemAdminDeleter], &[], Refusal::NotFound);
const UPLOAD: Rule = rule(&[ItemEditor, ItemAdminEditor], &[], Refusal::NotFound);
/// Every item of an organization at once.
const READ_ALL: Rule = rule(
    &[Custom, Admin, Owner, ClientItemsReader],
    &[AccessImportExport, EditAnyCollection, AccessReports],
    Refusal::NotFound,
);
const PURGE: Rule = rule(&[Custom, Admin, Owner, ClientItemsEditor], &[EditAnyCollection], Refusal::NotFound);
const MEMBER: Rule = rule(&[User, Custom, Admin, Owner], &[], Refusal::NotFound);
const TAKE_IN_AND_OUT: Rule = rule(&[User, Custom, Admin, Owner, ClientItemsEditor], &[], Refusal::NotFound);

/// Bytes of a body that carries many items.
const MANY_ITEMS: usize = 16 * 1024 * 1024;

pub(super) fn routes() -> Vec<Route> {
    [whole_vault(), items(), changes(), many(), administration(), files(), personal_folders()]
        .into_iter()
        .flatten()
        .collect()
}

fn whole_vault() -> Vec<Route> {
    vec![
        get("/api/sync", SIGNED_IN, sync::read),
        get("/api/ciphers", SIGNED_IN, read::list),
        post("/api/ciphers/purge", SIGNED_IN, purge::purge),
        post("/api/ciphers/purge?organizationId={organization}", PURGE, purge::purge),
        post("/api/ciphers/import", SIGNED_IN, import::personal).with_body(import::BODY_LIMIT),
        post(
            "/api/ciphers/import-organization?organizationId={organization}",
            TAKE_IN_AND_OUT,
            import::organization,
        )
        .with_body(import::BODY_LIMIT),
        get("/api/organizations/{organization}/export", TAKE_IN_AND_OUT, export::organization),
        get(
            "/api/ciphers/organization-details?organizationId={organization}",
            READ_ALL,
            read::all_of_organization,
        ),
        get(
            "/api/ciphers/organization-details/assigned?organizationId={organization}",
            MEMBER,
            read::assigned,
        ),
    ]
}

fn items() -> Vec<Route> {
    vec![
        get("/api/ciphers/{cipher}", READ, read::plain),
        get("/api/ciphers/{cipher}/details", READ, read::details),
        post("/api/ciphers", SIGNED_IN, save::create),
        post("/api/ciphers/create", SIGNED_IN, save::create_with_collections),
        put("/api/ciphers/{cipher}", EDIT, save::edit),
        post("/api/ciphers/{cipher}", EDIT, save::edit),
        put("/api/ciphers/{cipher}/partial", READ, save::edit_marks),
        post("/api/ciphers/{cipher}/partial", READ, save::edit_marks),
    ]
}

fn changes() -> Vec<Route> {
    vec![
        put("/api/ciphers/{cipher}/share", READ, share::one_item),
        post("/api/ciphers/{cipher}/share", READ, share::one_item),
        put("/api/ciphers/{cipher}/collections", EDIT, collections::set),
        post("/api/ciphers/{cipher}/collections", EDIT, collections::set),
        put("/api/ciphers/{cipher}/collections_v2", EDIT, collections::set_optional),
        post("/api/ciphers/{cipher}/collections_v2", EDIT, collections::set_optional),
        put("/api/ciphers/{cipher}/delete", DELETE, trash::trash),
        delete("/api/ciphers/{cipher}", DELETE, trash::delete),
        post("/api/ciphers/{cipher}/delete", DELETE, trash::delete),
        put("/api/ciphers/{cipher}/restore", DELETE, trash::restore),
        put("/api/ciphers/{cipher}/archive", READ, archive::archive),
        put("/api/ciphers/{cipher}/unarchive", READ, archive::unarchive),
    ]
}

fn many() -> Vec<Route> {
    vec![
        put("/api/ciphers/share", SIGNED_IN, share::many).with_body(MANY_ITEMS),
        post("/api/ciphers/share", SIGNED_IN, share::many).with_body(MANY_ITEMS),
        post("/api/ciphers/bulk-collections", SIGNED_IN, collections::set_many),
        put("/api/ciphers/delete", SIGNED_IN, trash::trash_many),
        delete("/api/ciphers", SIGNED_IN, trash::delete_many),
        post("/api/ciphers/delete", SIGNED_IN, trash::delete_many),
        put("/api/ciphers/restore", SIGNED_IN, trash::restore_many),
        put("/api/ciphers/archive", SIGNED_IN, archive::archive_many),
        put("/api/ciphers/unarchive", SIGNED_IN, archive::unarchive_many),
        put("/api/ciphers/move", SIGNED_IN, archive::move_many),
        post("/api/ciphers/move", SIGNED_IN, archive::move_many),
    ]
}

fn administration() -> Vec<Route> {
    vec![
        get("/api/ciphers/{cipher}/admin", READ_ADMIN, read::as_admin),
        post("/api/ciphers/admin", SIGNED_IN, save::create_as_admin),
        put("/api/ciphers/{cipher}/admin", EDIT_ADMIN, save::edit_as_admin),
        post("/api/ciphers/{cipher}/admin", EDIT_ADMIN, save::edit_as_admin),
        put("/api/ciphers/{cipher}/collections-admin", EDIT_ADMIN, collections::set_as_admin),
        post("/api/ciphers/{cipher}/collections-admin", EDIT_ADMIN, collections::set_as_admin),
        put("/api/ciphers/{cipher}/delete-admin", DELETE_ADMIN, trash::trash_as_admin),
        put("/api/ciphers/delete-admin", SIGNED_IN, trash::trash_many_as_admin),
        delete("/api/ciphers/{cipher}/admin", DELETE_ADMIN, trash::delete_as_admin),
        post("/api/ciphers/{cipher}/delete-admin", DELETE_ADMIN, trash::delete_as_admin),
        delete("/api/ciphers/admin", SIGNED_IN, trash::delete_many_as_admin),
        post("/api/ciphers/delete-admin", SIGNED_IN, trash::delete_many_as_admin),
        put("/api/ciphers/{cipher}/restore-admin", DELETE_ADMIN, trash::restore_as_admin),
        put("/api/ciphers/restore-admin", SIGNED_IN, trash::restore_many_as_admin),
    ]
}

fn files() -> Vec<Route> {
    let one = "/api/ciphers/{cipher}/attachment/{attachment}";
    vec![
        get("/api/ciphers/attachment/download", ANYONE, download::attachment),
        post("/api/ciphers/{cipher}/attachment/v2", UPLOAD, upload::announce),
        post(one, UPLOAD, upload::direct).with_body(upload::BODY_LIMIT),
        post("/api/ciphers/{cipher}/attachment", EDIT, upload::at_once).with_body(upload::BODY_LIMIT),
        post("/api/ciphers/{cipher}/attachment-admin", EDIT_ADMIN, upload::at_once_as_admin)
            .with_body(upload::BODY_LIMIT),
        get("/api/ciphers/{cipher}/attachment/{attachment}/renew", UPLOAD, upload::renew),
        get(one, READ, attachments::read),
        get(
            "/api/ciphers/{cipher}/attachment/{attachment}/admin",
            READ_FILE_ADMIN,
            attachments::read_as_admin,
        ),
        delete(one, EDIT, attachments::delete),
        post("/api/ciphers/{cipher}/attachment/{attachment}/delete", EDIT, attachments::delete),
        delete(
            "/api/ciphers/{cipher}/attachment/{attachment}/admin",
            EDIT_ADMIN,
            attachments::delete_as_admin,
        ),
        post(
            "/api/ciphers/{cipher}/attachment/{attachment}/delete-admin",
            EDIT_ADMIN,
            attachments::delete_as_admin,
        ),
    ]
}

fn personal_folders() -> Vec<Route> {
    vec![
        get("/api/folders", SIGNED_IN, folders::list),
        get("/api/folders/{folder}", SIGNED_IN, folders::read),
        post("/api/folders", SIGNED_IN, folders::create),
        put("/api/folders/{folder}", SIGNED_IN, folders::rename),
        post("/api/folders/{folder}", SIGNED_IN, folders::rename),
        delete("/api/folders/{folder}", SIGNED_IN, folders::delete),
        post("/api/folders/{folder}/delete", SIGNED_IN, folders::delete),
        delete("/api/folders", SIGNED_IN, folders::delete_many),
        post("/api/folders/delete", SIGNED_IN, folders::delete_many),
    ]
}
