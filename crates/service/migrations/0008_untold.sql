-- What other processes changed, for the one that serves the file to tell. It takes the rows away.
CREATE TABLE untold (
    what TEXT NOT NULL,                             -- 'user', 'organization' or 'provider'
    id   BLOB NOT NULL,                             -- of it; nothing hangs from it, it may be gone
    kind INTEGER                                    -- of a user: what is told, by its number on the wire
);
