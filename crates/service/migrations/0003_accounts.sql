-- Two-step login by mail and by recovery code, codes that were mailed, verified devices.

ALTER TABLE users ADD COLUMN verify_devices INTEGER NOT NULL DEFAULT 0;  -- accounts of before stay as they were
ALTER TABLE users ADD COLUMN two_step_email TEXT;                        -- set means that codes by mail are a second step
ALTER TABLE users ADD COLUMN two_step INTEGER GENERATED ALWAYS AS
    (totp_secret IS NOT NULL OR two_step_email IS NOT NULL) VIRTUAL;
ALTER TABLE users ADD COLUMN recovery_code TEXT;
ALTER TABLE users ADD COLUMN api_key_revised INTEGER;
ALTER TABLE users ADD COLUMN equivalent_domains TEXT;                    -- JSON as it came
ALTER TABLE users ADD COLUMN excluded_global_domains TEXT;

-- One code for each purpose of an account: a new one overtakes the one before.
CREATE TABLE codes (
    user_id    BLOB NOT NULL REFERENCES users(id) ON DELETE CASCADE,
    purpose    TEXT NOT NULL,
    address    TEXT NOT NULL,                      -- where it was mailed to
    code       TEXT,                               -- NULL once it was used or tried too often
    tries_left INTEGER NOT NULL,
    expires    INTEGER NOT NULL,
    sent       INTEGER NOT NULL,                   -- mails since `since`
    since      INTEGER NOT NULL,
    PRIMARY KEY (user_id, purpose)
) STRICT, WITHOUT ROWID;

CREATE TABLE known_devices (
    id         BLOB NOT NULL UNIQUE,
    user_id    BLOB NOT NULL REFERENCES users(id) ON DELETE CASCADE,
    identifier TEXT NOT NULL,
    name       TEXT NOT NULL,
    type       INTEGER NOT NULL,
    push_token TEXT,
    created    INTEGER NOT NULL,
    last_seen  INTEGER NOT NULL,                   -- last sign-in
    PRIMARY KEY (user_id, identifier)
) STRICT;
INSERT INTO known_devices (id, user_id, identifier, name, type, created, last_seen)
    SELECT randomblob(16), user_id, identifier, name, type, created, created FROM devices;
DROP TABLE devices;
ALTER TABLE known_devices RENAME TO devices;
