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
GRANT SELECT, INSERT, UPDATE (sealed) ON madoguchi.summary TO madoguchi_tenant;

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
GRANT SELECT, INSERT, UPDATE (sealed, used) ON madoguchi.session TO madoguchi_tenant;

-- Who may delete from a table, or update all of it, may lock it for everybody
-- (https://www.postgresql.org/docs/current/sql-lock.html): tenants may not.
REVOKE DELETE ON madoguchi.summary, madoguchi.session FROM madoguchi_tenant;

DO $$ DECLARE t text; BEGIN
	FOREACH t IN ARRAY ARRAY['entry', 'hash', 'head', 'summary', 'file', 'session'] LOOP
		EXECUTE format('ALTER TABLE madoguchi.%I ENABLE ROW LEVEL SECURITY', t);
		EXECUTE format('ALTER TABLE madoguchi.%I FORCE ROW LEVEL SECURITY', t);
		IF NOT EXISTS (SELECT FROM pg_policies WHERE schemaname = 'madoguchi' AND tablename = t AND policyname = 'own') THEN
			EXECUTE format('CREATE POLICY own ON madoguchi.%I USING (tenant = current_user) WITH CHECK (tenant = current_user)', t);
		END IF;
	END LOOP;
END $$;

-- Of an entry a tenant can take the content away, and change nothing.
DO $$ BEGIN
	DROP POLICY IF EXISTS removed ON madoguchi.entry;
	CREATE POLICY removed ON madoguchi.entry AS RESTRICTIVE FOR UPDATE USING (true) WITH CHECK (sealed IS NULL);
END $$;

-- Of the files only the sealed key is ever replaced; what it was before is kept.
CREATE OR REPLACE FUNCTION madoguchi.keep_file() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
	IF OLD.name <> 'key.age' OR NEW.name <> OLD.name OR NEW.tenant <> OLD.tenant THEN
		RAISE EXCEPTION 'only key.age is replaced' USING ERRCODE = 'insufficient_privilege';
	END IF;
	IF NEW.data <> OLD.data THEN
		INSERT INTO madoguchi.file (tenant, name, data)
			VALUES (OLD.tenant, 'key.age-until-' || to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYYMMDD"T"HH24MISS.US'), OLD.data);
	END IF;
	RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS keep_file ON madoguchi.file;
CREATE TRIGGER keep_file BEFORE UPDATE ON madoguchi.file FOR EACH ROW EXECUTE FUNCTION madoguchi.keep_file();

-- Sessions that are over, of all tenants, are the owner's to sweep.
DO $$ BEGIN
	DROP POLICY IF EXISTS sweep ON madoguchi.session;
	EXECUTE format('CREATE POLICY sweep ON madoguchi.session TO %I USING (true)', current_user);
	DELETE FROM madoguchi.session WHERE sealed = '';
END $$;
