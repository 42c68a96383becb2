CREATE TABLE customergate_claims (
	-- The kind, in one byte, and the hash.
	id        BINARY(33)  PRIMARY KEY,
	-- Who has reserved or committed it; null for an imported one.
	token     BINARY(16),
	committed BOOLEAN     NOT NULL,
	-- When the reservation ends, or the commitment, in UTC; null for never.
	expires   DATETIME(6),
	value     LONGBLOB,
	-- For sweeping.
	INDEX (expires)
) ENGINE = InnoDB;
