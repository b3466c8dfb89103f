-- The whole provider service in one file. Ids are 16-byte blobs, dates are microseconds since 1970 UTC,
-- JSON columns hold camelCase fragments exactly as they go out on the wire.

CREATE TABLE settings (
    name  TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT;

CREATE TABLE users (
    id              BLOB PRIMARY KEY,
    email           TEXT NOT NULL UNIQUE,          -- trimmed, lower case
    name            TEXT,
    email_verified  INTEGER NOT NULL,
    premium         INTEGER NOT NULL,
    culture         TEXT NOT NULL,
    password        BLOB,                          -- ASP.NET Identity v3 hash of the client's hash; NULL: nobody logs in
    password_hint   TEXT,
    kdf             INTEGER NOT NULL,
    kdf_iterations  INTEGER NOT NULL,
    kdf_memory      INTEGER,
    kdf_parallelism INTEGER,
    salt            TEXT NOT NULL,
    user_key        TEXT,
    public_key      TEXT,
    private_key     TEXT,
    security_stamp  TEXT NOT NULL,
    api_key         TEXT NOT NULL,
    totp_secret     TEXT,                          -- base32; set means that two-step login is on
    totp_last_step  INTEGER NOT NULL DEFAULT 0,    -- a code is good once
    avatar_color    TEXT,
    created         INTEGER NOT NULL,
    account_revised INTEGER NOT NULL
) STRICT;

CREATE TABLE devices (
    user_id    BLOB NOT NULL REFERENCES users(id) ON DELETE CASCADE,
    identifier TEXT NOT NULL,
    name       TEXT NOT NULL,
    type       INTEGER NOT NULL,
    created    INTEGER NOT NULL,
    PRIMARY KEY (user_id, identifier)
) STRICT;

-- Only SHA-256 of a token is kept.
CREATE TABLE refresh_tokens (
    token_hash     BLOB PRIMARY KEY,
    user_id        BLOB NOT NULL REFERENCES users(id) ON DELETE CASCADE,
    client_id      TEXT NOT NULL,
    device         TEXT NOT NULL,
    device_type    INTEGER NOT NULL,
    security_stamp TEXT NOT NULL,
    expires        INTEGER NOT NULL
) STRICT;

CREATE TABLE remember_tokens (
    token_hash     BLOB PRIMARY KEY,
    user_id        BLOB NOT NULL REFERENCES users(id) ON DELETE CASCADE,
    device         TEXT NOT NULL,
    security_stamp TEXT NOT NULL,
    expires        INTEGER NOT NULL
) STRICT;

CREATE TABLE organizations (
    id                       BLOB PRIMARY KEY,
    name                     TEXT NOT NULL,
    business_name            TEXT,
    billing_email            TEXT NOT NULL,
    identifier               TEXT,
    plan_type                INTEGER NOT NULL,
    status                   INTEGER NOT NULL,
    enabled                  INTEGER NOT NULL,
    seats                    INTEGER,
    max_autoscale_seats      INTEGER,
    max_collections          INTEGER,
    max_storage_gb           INTEGER,
    use_secrets_manager      INTEGER NOT NULL,
    limit_collection_creation              INTEGER NOT NULL,
    limit_collection_deletion              INTEGER NOT NULL,
    limit_item_deletion                    INTEGER NOT NULL,
    allow_admin_access_to_all_collection_items INTEGER NOT NULL,
    public_key               TEXT,
    private_key              TEXT,
    created                  INTEGER NOT NULL,
    revised                  INTEGER NOT NULL
) STRICT;

CREATE TABLE members (
    id                    BLOB PRIMARY KEY,
    organization_id       BLOB NOT NULL REFERENCES organizations(id) ON DELETE CASCADE,
    user_id               BLOB REFERENCES users(id) ON DELETE CASCADE,
    email                 TEXT,                    -- only while there is no user
    member_key            TEXT,
    status                INTEGER NOT NULL,
    type                  INTEGER NOT NULL,
    permissions           INTEGER NOT NULL,        -- bits of `Permission`
    external_id           TEXT,
    reset_password_key    TEXT,
    access_secrets_manager INTEGER NOT NULL,
    revocation_reason     INTEGER,
    created               INTEGER NOT NULL,
    revised               INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX members_by_user ON members(user_id, organization_id) WHERE user_id IS NOT NULL;
CREATE INDEX members_by_organization ON members(organization_id);

CREATE TABLE groups (
    id              BLOB PRIMARY KEY,
    organization_id BLOB NOT NULL REFERENCES organizations(id) ON DELETE CASCADE,
    name            TEXT NOT NULL,
    external_id     TEXT,
    created         INTEGER NOT NULL,
    revised         INTEGER NOT NULL
) STRICT;
CREATE INDEX groups_by_organization ON groups(organization_id);

CREATE TABLE group_members (
    group_id  BLOB NOT NULL REFERENCES groups(id) ON DELETE CASCADE,
    member_id BLOB NOT NULL REFERENCES members(id) ON DELETE CASCADE,
    PRIMARY KEY (group_id, member_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX group_members_by_member ON group_members(member_id);

CREATE TABLE collections (
    id                 BLOB PRIMARY KEY,
    organization_id    BLOB NOT NULL REFERENCES organizations(id) ON DELETE CASCADE,
    name               TEXT NOT NULL,
    external_id        TEXT,
    type               INTEGER NOT NULL,
    default_user_email TEXT,
    created            INTEGER NOT NULL,
    revised            INTEGER NOT NULL
) STRICT;
CREATE INDEX collections_by_organization ON collections(organization_id);

CREATE TABLE collection_members (
    collection_id  BLOB NOT NULL REFERENCES collections(id) ON DELETE CASCADE,
    member_id      BLOB NOT NULL REFERENCES members(id) ON DELETE CASCADE,
    read_only      INTEGER NOT NULL,
    hide_passwords INTEGER NOT NULL,
    manage         INTEGER NOT NULL,
    PRIMARY KEY (collection_id, member_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX collection_members_by_member ON collection_members(member_id);

CREATE TABLE collection_groups (
    collection_id  BLOB NOT NULL REFERENCES collections(id) ON DELETE CASCADE,
    group_id       BLOB NOT NULL REFERENCES groups(id) ON DELETE CASCADE,
    read_only      INTEGER NOT NULL,
    hide_passwords INTEGER NOT NULL,
    manage         INTEGER NOT NULL,
    PRIMARY KEY (collection_id, group_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX collection_groups_by_group ON collection_groups(group_id);

CREATE TABLE policies (
    id              BLOB PRIMARY KEY,
    organization_id BLOB NOT NULL REFERENCES organizations(id) ON DELETE CASCADE,
    type            INTEGER NOT NULL,
    enabled         INTEGER NOT NULL,
    data            TEXT,
    revised         INTEGER NOT NULL,
    UNIQUE (organization_id, type)
) STRICT;

CREATE TABLE providers (
    id                BLOB PRIMARY KEY,
    name              TEXT NOT NULL,
    business_name     TEXT,
    business_address1 TEXT,
    business_address2 TEXT,
    business_address3 TEXT,
    business_country  TEXT,
    business_tax_number TEXT,
    billing_email     TEXT NOT NULL,
    status            INTEGER NOT NULL,
    type              INTEGER NOT NULL,
    use_events        INTEGER NOT NULL,
    enabled           INTEGER NOT NULL,
    created           INTEGER NOT NULL,
    revised           INTEGER NOT NULL
) STRICT;

CREATE TABLE provider_users (
    id           BLOB PRIMARY KEY,
    provider_id  BLOB NOT NULL REFERENCES providers(id) ON DELETE CASCADE,
    user_id      BLOB REFERENCES users(id) ON DELETE CASCADE,
    email        TEXT,
    provider_key TEXT,
    status       INTEGER NOT NULL,
    type         INTEGER NOT NULL,
    created      INTEGER NOT NULL,
    revised      INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX provider_users_by_user ON provider_users(user_id, provider_id) WHERE user_id IS NOT NULL;
CREATE INDEX provider_users_by_provider ON provider_users(provider_id);

CREATE TABLE provider_organizations (
    id               BLOB PRIMARY KEY,
    provider_id      BLOB NOT NULL REFERENCES providers(id) ON DELETE CASCADE,
    organization_id  BLOB NOT NULL UNIQUE REFERENCES organizations(id) ON DELETE CASCADE,
    organization_key TEXT,
    settings         TEXT,
    created          INTEGER NOT NULL,
    revised          INTEGER NOT NULL
) STRICT;
CREATE INDEX provider_organizations_by_provider ON provider_organizations(provider_id);

CREATE TABLE provider_plans (
    provider_id  BLOB NOT NULL REFERENCES providers(id) ON DELETE CASCADE,
    plan_type    INTEGER NOT NULL,
    seat_minimum INTEGER NOT NULL,
    PRIMARY KEY (provider_id, plan_type)
) STRICT, WITHOUT ROWID;

CREATE TABLE folders (
    id      BLOB PRIMARY KEY,
    user_id BLOB NOT NULL REFERENCES users(id) ON DELETE CASCADE,
    name    TEXT NOT NULL,
    created INTEGER NOT NULL,
    revised INTEGER NOT NULL
) STRICT;
CREATE INDEX folders_by_user ON folders(user_id);

CREATE TABLE ciphers (
    id               BLOB PRIMARY KEY,
    user_id          BLOB REFERENCES users(id) ON DELETE CASCADE,
    organization_id  BLOB REFERENCES organizations(id) ON DELETE CASCADE,
    type             INTEGER NOT NULL,
    name             TEXT,
    notes            TEXT,
    content          TEXT NOT NULL,                -- the member that belongs to the type: `login`, `card`, …
    fields           TEXT,
    password_history TEXT,
    attachments      TEXT,
    cipher_key       TEXT,
    reprompt         INTEGER NOT NULL,
    created          INTEGER NOT NULL,
    revised          INTEGER NOT NULL,
    deleted          INTEGER,
    CHECK ((user_id IS NULL) <> (organization_id IS NULL))
) STRICT;
CREATE INDEX ciphers_by_user ON ciphers(user_id) WHERE user_id IS NOT NULL;
CREATE INDEX ciphers_by_organization ON ciphers(organization_id) WHERE organization_id IS NOT NULL;

CREATE TABLE collection_ciphers (
    collection_id BLOB NOT NULL REFERENCES collections(id) ON DELETE CASCADE,
    cipher_id     BLOB NOT NULL REFERENCES ciphers(id) ON DELETE CASCADE,
    PRIMARY KEY (collection_id, cipher_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX collection_ciphers_by_cipher ON collection_ciphers(cipher_id);

-- What one person does with an item: its folder, the star, the archive.
CREATE TABLE cipher_marks (
    user_id   BLOB NOT NULL REFERENCES users(id) ON DELETE CASCADE,
    cipher_id BLOB NOT NULL REFERENCES ciphers(id) ON DELETE CASCADE,
    folder_id BLOB REFERENCES folders(id) ON DELETE SET NULL,
    favorite  INTEGER NOT NULL,
    archived  INTEGER,
    PRIMARY KEY (user_id, cipher_id)
) STRICT, WITHOUT ROWID;
-- Deleting an item or a folder must not scan everybody's marks.
CREATE INDEX cipher_marks_by_cipher ON cipher_marks(cipher_id);
CREATE INDEX cipher_marks_by_folder ON cipher_marks(folder_id) WHERE folder_id IS NOT NULL;

CREATE TABLE events (
    seq                      INTEGER PRIMARY KEY,
    date                     INTEGER NOT NULL,
    type                     INTEGER NOT NULL,
    user_id                  BLOB,
    organization_id          BLOB,
    provider_id              BLOB,
    cipher_id                BLOB,
    collection_id            BLOB,
    group_id                 BLOB,
    policy_id                BLOB,
    organization_user_id     BLOB,
    provider_user_id         BLOB,
    provider_organization_id BLOB,
    acting_user_id           BLOB,
    device_type              INTEGER,
    ip_address               TEXT,
    system_user              INTEGER,
    domain_name              TEXT
) STRICT;
CREATE INDEX events_by_organization ON events(organization_id, date, seq) WHERE organization_id IS NOT NULL;
CREATE INDEX events_by_provider ON events(provider_id, date, seq) WHERE provider_id IS NOT NULL;
CREATE INDEX events_by_user ON events(user_id, date, seq) WHERE user_id IS NOT NULL;
