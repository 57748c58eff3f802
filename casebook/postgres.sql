-- The tables of shared casebooks, one casebook a database user. A user sees and
-- writes rows of its own only, and of the log it can change nothing but take an
-- entry's content away: the server holds to that, whatever a program asks for.
CREATE SCHEMA IF NOT EXISTS madoguchi;

DO $$ BEGIN
	IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'madoguchi_tenant') THEN
		CREATE ROLE madoguchi_tenant NOLOGIN;
	END IF;
END $$;
GRANT USAGE ON SCHEMA madoguchi TO madoguchi_tenant;

CREATE TABLE IF NOT EXISTS madoguchi.version (version integer NOT NULL);
INSERT INTO madoguchi.version SELECT 2 WHERE NOT EXISTS (SELECT FROM madoguchi.version);
GRANT SELECT ON madoguchi.version TO madoguchi_tenant;

CREATE TABLE IF NOT EXISTS madoguchi.entry (
	tenant text NOT NULL DEFAULT current_user,
	seq    bigint NOT NULL,
	"case" bytea NOT NULL,
	at     bigint NOT NULL, -- milliseconds since 1970
	leaf   bytea NOT NULL,
	sealed bytea,           -- none where the case was removed
	PRIMARY KEY (tenant, seq));
CREATE INDEX IF NOT EXISTS entry_case ON madoguchi.entry (tenant, "case");
GRANT SELECT, INSERT, UPDATE (sealed) ON madoguchi.entry TO madoguchi_tenant;

CREATE TABLE IF NOT EXISTS madoguchi.hash (
	tenant text NOT NULL DEFAULT current_user,
	pos    bigint NOT NULL,
	hash   bytea NOT NULL,
	PRIMARY KEY (tenant, pos));
GRANT SELECT, INSERT ON madoguchi.hash TO madoguchi_tenant;

CREATE TABLE IF NOT EXISTS madoguchi.head (
	tenant text NOT NULL DEFAULT current_user,
	one    integer NOT NULL CHECK (one = 1),
	signed bytea NOT NULL,
	PRIMARY KEY (tenant, one));
GRANT SELECT, INSERT, UPDATE (signed) ON madoguchi.head TO madoguchi_tenant;

CREATE TABLE IF NOT EXISTS madoguchi.summary (
	tenant text NOT NULL DEFAULT current_user,
	"case" bytea NOT NULL,
	sealed bytea NOT NULL,
	PRIMARY KEY (tenant, "case"));
GRANT SELECT, INSERT, UPDATE (sealed), DELETE ON madoguchi.summary TO madoguchi_tenant;

CREATE TABLE IF NOT EXISTS madoguchi.file (
	tenant text NOT NULL DEFAULT current_user,
	name   text NOT NULL,
	data   bytea NOT NULL,
	PRIMARY KEY (tenant, name));
GRANT SELECT, INSERT, UPDATE (data) ON madoguchi.file TO madoguchi_tenant;

-- Sessions of the page and the API, so that any replica can go on with one.
CREATE TABLE IF NOT EXISTS madoguchi.session (
	tenant text NOT NULL DEFAULT current_user,
	id     bytea NOT NULL,  -- hash of the session's token
	sealed bytea NOT NULL,  -- the casebook's secrets, sealed to the token
	used   bigint NOT NULL, -- milliseconds since 1970
	PRIMARY KEY (tenant, id));
GRANT SELECT, INSERT, UPDATE (used), DELETE ON madoguchi.session TO madoguchi_tenant;

DO $$ DECLARE t text; BEGIN
	FOREACH t IN ARRAY ARRAY['entry', 'hash', 'head', 'summary', 'file', 'session'] LOOP
		EXECUTE format('ALTER TABLE madoguchi.%I ENABLE ROW LEVEL SECURITY', t);
		EXECUTE format('ALTER TABLE madoguchi.%I FORCE ROW LEVEL SECURITY', t);
		IF NOT EXISTS (SELECT FROM pg_policies WHERE schemaname = 'madoguchi' AND tablename = t AND policyname = 'own') THEN
			EXECUTE format('CREATE POLICY own ON madoguchi.%I USING (tenant = current_user) WITH CHECK (tenant = current_user)', t);
		END IF;
	END LOOP;
END $$;
