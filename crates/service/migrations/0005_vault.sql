-- Files that are kept with an item. The bytes lie in the folder beside this database.
CREATE TABLE attachments (
    id        BLOB PRIMARY KEY,
    cipher_id BLOB NOT NULL REFERENCES ciphers(id) ON DELETE CASCADE,
    name      TEXT NOT NULL,
    file_key  TEXT,
    size      INTEGER NOT NULL,                    -- bytes
    file      BLOB UNIQUE,                         -- what it is called in the folder; NULL: announced only
    created   INTEGER NOT NULL
) STRICT;
CREATE INDEX attachments_by_cipher ON attachments(cipher_id);
ALTER TABLE ciphers DROP COLUMN attachments;

-- Files whose attachment is gone, whatever took it along, until they are gone from the disk, too.
CREATE TABLE doomed_files (
    file BLOB PRIMARY KEY
) STRICT;
CREATE TRIGGER attachment_gone AFTER DELETE ON attachments WHEN old.file IS NOT NULL BEGIN
    INSERT INTO doomed_files (file) VALUES (old.file);
END;

-- What a provider's staff may do with the items of its clients: 0 nothing, 1 read, 2 everything.
ALTER TABLE providers ADD COLUMN client_items INTEGER NOT NULL DEFAULT 1;
