-- Mails that a server with a mail account would send. They stay here, for whoever runs the service to read.

CREATE TABLE outbox (
    seq       INTEGER PRIMARY KEY AUTOINCREMENT,
    date      INTEGER NOT NULL,
    kind      TEXT NOT NULL,
    recipient TEXT NOT NULL,
    subject   TEXT NOT NULL,
    fields    TEXT NOT NULL,                       -- JSON object of texts: what the body says, for programs
    body      TEXT NOT NULL
) STRICT;
CREATE INDEX outbox_by_recipient ON outbox(recipient, seq);
