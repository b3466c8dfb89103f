-- Providers in full: how they pay and what they were billed for.

ALTER TABLE providers ADD COLUMN payment_method TEXT;                          -- JSON as it goes out on the wire
ALTER TABLE providers ADD COLUMN billing_address TEXT;                         -- JSON as it goes out on the wire
ALTER TABLE providers ADD COLUMN account_credit INTEGER NOT NULL DEFAULT 0;    -- cents
ALTER TABLE providers ADD COLUMN billed_until INTEGER;                         -- up to when invoices were written; NULL: none are
UPDATE providers SET billed_until = unixepoch() * 1000000 WHERE status = 2;

CREATE TABLE invoices (
    id          TEXT PRIMARY KEY,
    provider_id BLOB NOT NULL REFERENCES providers(id) ON DELETE CASCADE,
    number      TEXT NOT NULL,
    date        INTEGER NOT NULL,
    due         INTEGER,
    status      TEXT NOT NULL,                         -- open, paid, uncollectible
    total       INTEGER NOT NULL                       -- cents
) STRICT;
CREATE INDEX invoices_by_provider ON invoices(provider_id, date);

CREATE TABLE invoice_items (
    invoice_id  TEXT NOT NULL REFERENCES invoices(id) ON DELETE CASCADE,
    position    INTEGER NOT NULL,
    client_id   BLOB,                                  -- NULL: seats of the minimum that no client has
    client_name TEXT NOT NULL,
    plan_name   TEXT NOT NULL,
    assigned    INTEGER NOT NULL,
    used        INTEGER NOT NULL,
    total       INTEGER NOT NULL,                      -- cents
    PRIMARY KEY (invoice_id, position)
) STRICT, WITHOUT ROWID;

-- What became of a mail where there is a mail account: NULL waits, or lies in the outbox alone.
ALTER TABLE outbox ADD COLUMN delivery TEXT;           -- sent, given up
ALTER TABLE outbox ADD COLUMN delivery_tries INTEGER NOT NULL DEFAULT 0;
CREATE INDEX outbox_waiting ON outbox(date) WHERE delivery IS NULL;
