CREATE TABLE customergate_claims (
	-- The kind, in one byte, and the hash.
	id        bytea       PRIMARY KEY CHECK (length(id) = 33),
	-- Who has reserved or committed it; null for an imported one.
	token     bytea       CHECK (length(token) = 16),
	committed boolean     NOT NULL,
	-- When the reservation ends, or the commitment; null for never.
	expires   timestamptz,
	value     bytea
);

-- For sweeping.
CREATE INDEX customergate_claims_expires ON customergate_claims (expires) WHERE expires IS NOT NULL;

CREATE TABLE customergate_schema (version integer NOT NULL);
INSERT INTO customergate_schema VALUES (1);
