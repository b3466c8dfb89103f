-- Account recovery, and the organizations' own API keys.

ALTER TABLE users ADD COLUMN force_password_reset INTEGER NOT NULL DEFAULT 0;  -- the password is an administrator's

CREATE INDEX events_by_cipher ON events(cipher_id, date, seq) WHERE cipher_id IS NOT NULL;

CREATE TABLE organization_api_keys (
    organization_id BLOB PRIMARY KEY REFERENCES organizations(id) ON DELETE CASCADE,
    secret          TEXT NOT NULL,
    revised         INTEGER NOT NULL
) STRICT;
