-- The id that clients have worked out for the account's user key (32 hexadecimal digits), told once.
ALTER TABLE users ADD COLUMN user_key_id TEXT;
