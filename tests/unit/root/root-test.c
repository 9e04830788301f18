#include "root-test.h"

#include <sqlite3.h>
#include <unistd.h>

struct fake F;
struct root_run RUN;
struct arena *A;
struct clock CLOCK;
char STORE_PATH[64];

static char dir[32];
static const struct step nothing[] = {{.status = 500}};

static void open_store(void)
{
	struct err err = {0};

	if (!store_open(STORE_PATH, &RUN.store, &err))
		fail_msg("%s", err.message);
}

int with_run(void **state)
{
	struct aws_settings settings = {.clock = &CLOCK, .connections = 2};

	(void)state;
	memcpy(dir, "/tmp/test-root-XXXXXX", sizeof("/tmp/test-root-XXXXXX"));
	if (!mkdtemp(dir))
		return -1;
	snprintf(STORE_PATH, sizeof(STORE_PATH), "%s/store.db", dir);
	A = arena_new();
	CLOCK = CLOCK_SYSTEM;
	clock_set_ms(&CLOCK, NOW_MS);
	fake_start(&F, nothing, ARRAY_SIZE(nothing));
	fake_connect(&F, settings);
	RUN = (struct root_run){
		.aws = F.aws,
		.worker = F.worker,
		.caller = F.me,
		.id = STR("20261123T150000Z-test"),
		.who = STR("arn:aws:iam::100000000000:user/taro"),
		.who_account = STR("100000000000"),
		.reason = STR("campaign"),
		.org_id = STR("o-test"),
	};
	open_store();
	return 0;
}

int without_run(void **state)
{
	static const char *const ends[] = {"", "-wal", "-shm", ".lock"};
	char name[96];

	(void)state;
	store_close(&RUN.store);
	fake_stop(&F);
	arena_free(&A);
	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		snprintf(name, sizeof(name), "%s%s", STORE_PATH, ends[i]);
		unlink(name);
	}
	rmdir(dir);
	return 0;
}

void reopen(void)
{
	store_close(&RUN.store);
	open_store();
}

void tamper(const char *sql)
{
	sqlite3 *db;
	char *message = NULL;

	store_close(&RUN.store);
	assert_int_equal(sqlite3_open(STORE_PATH, &db), SQLITE_OK);
	if (sqlite3_exec(db, sql, NULL, NULL, &message) != SQLITE_OK)
		fail_msg("%s: %s", sql, message);
	if (sqlite3_total_changes(db) == 0)
		fail_msg("%s: changed nothing", sql);
	sqlite3_close(db);
	open_store();
}

static bool take(const struct store_row *r, void *ctx)
{
	*(int64_t *)ctx = store_col_int(r, 0);
	return false;
}

int64_t number(const char *sql)
{
	struct err err = {0};
	int64_t n = INT64_MIN;

	if (!store_query(RUN.store, sql, NULL, 0, take, &n, &err))
		fail_msg("%s", err.message);
	return n;
}
