-- Sends: texts and files for people without an account. The bytes of a file lie in the folder beside this database.
CREATE TABLE sends (
    id               BLOB PRIMARY KEY,
    user_id          BLOB NOT NULL REFERENCES users(id) ON DELETE CASCADE,
    name             TEXT NOT NULL,
    notes            TEXT,
    send_key         TEXT NOT NULL,
    text             TEXT,                          -- NULL: it is a file
    text_hidden      INTEGER NOT NULL,
    file_id          BLOB,
    file_name        TEXT,
    file_size        INTEGER,                       -- bytes
    file             BLOB UNIQUE,                   -- what it is called in the folder; NULL: announced only
    password         BLOB,                          -- ASP.NET Identity v3 hash of the client's hash
    emails           TEXT,                          -- with commas; excludes a password
    max_access_count INTEGER,
    access_count     INTEGER NOT NULL,
    expires          INTEGER,
    deletes          INTEGER NOT NULL,
    disabled         INTEGER NOT NULL,
    hide_email       INTEGER NOT NULL,
    created          INTEGER NOT NULL,
    revised          INTEGER NOT NULL,
    CHECK ((text IS NULL) <> (file_id IS NULL))
) STRICT;
CREATE INDEX sends_by_user ON sends(user_id);
CREATE INDEX sends_by_deletion ON sends(deletes);
CREATE TRIGGER send_gone AFTER DELETE ON sends BEGIN
    INSERT INTO doomed_files (file) SELECT old.file WHERE old.file IS NOT NULL;
    DELETE FROM codes WHERE user_id = old.user_id AND purpose GLOB 'send ' || lower(hex(old.id)) || ' *';
END;

ALTER TABLE events ADD COLUMN send_id BLOB;
CREATE INDEX events_by_send ON events(send_id, date, seq) WHERE send_id IS NOT NULL;

-- An item of the second version of account encryption: one sealed text in place of names and members.
ALTER TABLE ciphers ADD COLUMN opaque TEXT;
