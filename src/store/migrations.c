#include "store/migrations.h"

#include "base/mem.h"

/*
 * Times are milliseconds since the epoch; `org` is the organization's id.
 *
 * journal    one row before each call of `root retire` and `root restore` that
 *            changes something (outcome NULL), completed after its answer.
 *            outcome: done, done-lost (gone, its answer was lost), failed.
 * session    one row for each root session, written before AssumeRoot; ended when its
 *            ledger entry was written. A row without an end belongs to a run that was killed.
 * ledger     entries chained by hash; content is the exact text that was hashed.
 * inventory  one row for each inventory, inventory_row one for each account of it.
 * restore    password recoveries that were allowed, with their deadline.
 * wave       when a wave of the files was last completed without anything left.
 */
const char *const migrations[] = {
	"CREATE TABLE journal ("
	" id INTEGER PRIMARY KEY,"
	" org TEXT NOT NULL, run TEXT NOT NULL, time_ms INTEGER NOT NULL,"
	" account TEXT NOT NULL, op TEXT NOT NULL, target TEXT NOT NULL,"
	" outcome TEXT, code TEXT, request_id TEXT, end_ms INTEGER);"
	"CREATE INDEX journal_open ON journal (org, account) WHERE outcome IS NULL;"
	"CREATE TABLE session ("
	" id INTEGER PRIMARY KEY,"
	" org TEXT NOT NULL, run TEXT NOT NULL, time_ms INTEGER NOT NULL,"
	" account TEXT NOT NULL, account_name TEXT NOT NULL, task TEXT NOT NULL,"
	" who TEXT NOT NULL, end_ms INTEGER);"
	"CREATE INDEX session_open ON session (org) WHERE end_ms IS NULL;"
	"CREATE TABLE ledger ("
	" n INTEGER PRIMARY KEY,"
	" time_ms INTEGER NOT NULL, org TEXT NOT NULL, run TEXT NOT NULL, kind TEXT NOT NULL,"
	" account TEXT, content TEXT NOT NULL, previous TEXT NOT NULL, hash TEXT NOT NULL);"
	"CREATE INDEX ledger_account ON ledger (account);"
	"CREATE TABLE inventory ("
	" id INTEGER PRIMARY KEY,"
	" org TEXT NOT NULL, run TEXT NOT NULL, time_ms INTEGER NOT NULL);"
	"CREATE INDEX inventory_org ON inventory (org, time_ms);"
	"CREATE TABLE inventory_row ("
	" inventory INTEGER NOT NULL REFERENCES inventory (id), place INTEGER NOT NULL,"
	" account TEXT NOT NULL, content TEXT NOT NULL, was_read INTEGER NOT NULL,"
	" PRIMARY KEY (inventory, place)) WITHOUT ROWID;"
	"CREATE INDEX inventory_row_account ON inventory_row (account, inventory);"
	"CREATE TABLE restore ("
	" id INTEGER PRIMARY KEY,"
	" org TEXT NOT NULL, account TEXT NOT NULL, account_name TEXT NOT NULL,"
	" email TEXT, reason TEXT NOT NULL, who TEXT NOT NULL,"
	" since_ms INTEGER NOT NULL, until_ms INTEGER NOT NULL, ended_ms INTEGER);"
	"CREATE INDEX restore_open ON restore (org, account) WHERE ended_ms IS NULL;"
	"CREATE TABLE wave ("
	" org TEXT NOT NULL, name TEXT NOT NULL, run TEXT NOT NULL, done_ms INTEGER NOT NULL,"
	" accounts INTEGER NOT NULL, approved_by TEXT,"
	" PRIMARY KEY (org, name)) WITHOUT ROWID;",
};
const size_t migrations_count = ARRAY_SIZE(migrations);
