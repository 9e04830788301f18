/* Reasons to leave a root user alone, and when a wave may begin. */

#include "root-test.h"

#include "root/guard.h"
#include "root/waves.h"

static struct org_account ONE = {.id = STR("100000000001"), .name = STR("one")};
static struct org FILES;
static struct guard G;

static void fresh(void)
{
	FILES = (struct org){.from_files = true};
	G = (struct guard){.files = &FILES, .now_ms = NOW_MS, .used_within_ms = 30 * DAY_MS};
}

static void check(enum guard_kind want, const char *reason)
{
	struct str got;
	enum guard_kind kind = guard_check(&G, &ONE, A, &got);

	if (kind != want || (reason ? !str_eqz(got, reason) : got.n > 0))
		fail_msg("%d '%.*s'", kind, STR_ARG(got));
}

static const struct org_pos pos = {.path = "root.yaml", .line = 7};

static void kept(void **state)
{
	struct org_keep keep[] = {
		{.account = STR("another"), .reason = STR("no"), .pos = pos},
		{.account = STR("one"),
		 .reason = STR("S3 MFA delete"),
		 .until_ms = NOW_MS + DAY_MS,
		 .pos = pos},
	};

	(void)state;
	fresh();
	check(GUARD_NONE, NULL);
	FILES.root.keep = keep;
	FILES.root.nkeep = 2;
	check(GUARD_KEPT, "kept until 2026-11-24: S3 MFA delete (root.yaml:7)");
	keep[1].account = STR("100000000001");
	check(GUARD_KEPT, "kept until 2026-11-24: S3 MFA delete (root.yaml:7)");
	keep[1].until_ms = NOW_MS; /* run out */
	check(GUARD_NONE, NULL);
	keep[1].until_ms = NOW_MS + 1;
	check(GUARD_KEPT, "kept until 2026-11-23: S3 MFA delete (root.yaml:7)");
	G.files = NULL;
	check(GUARD_NONE, NULL);
}

static void open_work(void **state)
{
	struct org_root_work work[] = {
		{.account = STR("one"), .task = STR("a"), .done = true, .pos = pos},
		{.account = STR("one"), .task = STR("change the alias"), .pos = pos},
	};

	(void)state;
	fresh();
	FILES.root.work = work;
	FILES.root.nwork = 2;
	check(GUARD_WORK, "work that only root can do is open: change the alias (root.yaml:7)");
	work[1].done = true;
	check(GUARD_NONE, NULL);
}

static void keys_in_use(void **state)
{
	struct root_key keys[] = {
		{.id = STR("AKIA1"), .active = true, .used = TRI_NO},
		{.id = STR("AKIA2"),
		 .active = true,
		 .used = TRI_YES,
		 .used_ms = NOW_MS - 29 * DAY_MS,
		 .used_service = STR("s3"),
		 .used_region = STR("us-east-1")},
	};
	struct root_facts facts = {.account = &ONE, .keys = keys, .nkeys = 2};
	struct root_facts *rows[] = {&facts};
	struct inventory last = {.rows = rows, .nrows = 1};

	(void)state;
	fresh();
	G.last = &last;
	check(GUARD_KEY_USED, "access key AKIA2 was used 29 days ago (s3, us-east-1)");
	keys[1].active = false; /* nobody can use it any more */
	check(GUARD_NONE, NULL);
	keys[1].active = true;
	keys[1].used_ms = NOW_MS - 30 * DAY_MS;
	check(GUARD_KEY_USED, "access key AKIA2 was used 30 days ago (s3, us-east-1)");
	keys[1].used_ms--;
	check(GUARD_NONE, NULL);
	keys[1].used_ms = NOW_MS - 1000;
	keys[1].id = STR("");
	check(GUARD_KEY_USED, "access key was used 1 s ago (s3, us-east-1)");
	G.used_within_ms = 0;
	check(GUARD_NONE, NULL);
}

static void restored(void **state)
{
	struct restore r[] = {{.account_id = STR("100000000001"),
			       .reason = STR("alias"),
			       .until_ms = NOW_MS + 3600000}};
	struct org_root_work work[] = {{.account = STR("one"), .task = STR("t"), .pos = pos}};
	struct org_keep keep[] = {{.account = STR("one"), .reason = STR("k"), .pos = pos}};

	(void)state;
	fresh();
	G.restores = r;
	G.nrestores = 1;
	FILES.root.work = work;
	FILES.root.nwork = 1;
	check(GUARD_RESTORED, "restored until 2026-11-23T16:00:00Z: alias");
	r[0].until_ms = NOW_MS; /* over */
	check(GUARD_WORK, "work that only root can do is open: t (root.yaml:7)");
	FILES.root.keep = keep;
	FILES.root.nkeep = 1;
	r[0].until_ms = NOW_MS + 1;
	check(GUARD_KEPT, "kept until further notice: k (root.yaml:7)");
}

/* ---- waves ---- */

static struct org_wave WAVES[3];

static void campaign(void)
{
	fresh();
	WAVES[0] = (struct org_wave){.name = STR("pilot"), .pos = pos};
	WAVES[1] = (struct org_wave){
		.name = STR("second"), .after = STR("pilot"), .wait_ms = 3 * DAY_MS, .pos = pos};
	WAVES[2] = (struct org_wave){.name = STR("production"),
				     .after = STR("second"),
				     .notice_ms = 14 * DAY_MS,
				     .approval = STR("platform"),
				     .pos = pos};
	FILES.root.waves = WAVES;
	FILES.root.nwaves = 3;
}

static void begins(size_t wave, const struct wave_words *words, int64_t now_ms, const char *refusal)
{
	struct wave_state *v;
	struct err why = {0};
	size_t n;
	bool may;

	OK(waves_read(&RUN, &FILES, A, &v, &n, err));
	assert_int_equal(n, 3);
	may = wave_may_begin(v, n, v[wave].wave, words, now_ms, &why);
	if (refusal ? may || why.kind != ERR_REFUSED || !strstr(why.message, refusal) : !may)
		fail_msg("wave %zu: %d '%s'", wave, may, why.message);
}

static void waves_come_in_their_order(void **state)
{
	const struct wave_words none = {0}, skip = {.skip_wait = true};
	struct wave_words words = {.approved_by = STR("hanako"),
				   .noticed_ms = NOW_MS - 14 * DAY_MS};

	(void)state;
	campaign();
	begins(0, &none, NOW_MS, NULL);
	begins(1, &none, NOW_MS, "comes after 'pilot', which is not done (root.yaml:7)");
	begins(1, &skip, NOW_MS, "comes after 'pilot'");
	OK(wave_done(&RUN, &WAVES[0], 1, STR_NULL, err));
	reopen();
	begins(1, &none, NOW_MS, "waits 3 days after 'pilot', until 2026-11-26T15:00:00Z");
	begins(1, &none, NOW_MS + 3 * DAY_MS - 60000, "waits 3 days");
	begins(1, &none, NOW_MS + 3 * DAY_MS, NULL);
	begins(1, &skip, NOW_MS, NULL);
	OK(wave_done(&RUN, &WAVES[1], 1, STR_NULL, err));
	begins(2, &none, NOW_MS, "needs the approval of platform (root.yaml:7)");
	begins(2, &words, NOW_MS, NULL);
	words.noticed_ms++;
	begins(2, &words, NOW_MS, "needs 14 days of notice");
	words.noticed_ms = NOW_MS + DAY_MS; /* they will be told tomorrow */
	begins(2, &words, NOW_MS, "needs 14 days of notice");
	words.noticed_ms = 0;
	begins(2, &words, NOW_MS, "needs 14 days of notice");
}

/* A wave that is run again later does not begin its wait anew. */
static void the_first_time_counts(void **state)
{
	struct wave_state *v;
	size_t n;

	(void)state;
	campaign();
	OK(wave_done(&RUN, &WAVES[0], 1, STR("hanako"), err));
	clock_advance_ms(&CLOCK, 5 * DAY_MS);
	OK(wave_done(&RUN, &WAVES[0], 1, STR_NULL, err));
	OK(waves_read(&RUN, &FILES, A, &v, &n, err));
	assert_int_equal(v[0].done_ms, NOW_MS);
	assert_int_equal(v[1].done_ms, 0);
	RUN.org_id = STR("o-other");
	OK(waves_read(&RUN, &FILES, A, &v, &n, err));
	assert_int_equal(v[0].done_ms, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(kept),
		TEST(open_work),
		TEST(keys_in_use),
		TEST(restored),
		TEST(waves_come_in_their_order),
		TEST(the_first_time_counts),
	};

	return cmocka_run_group_tests_name("guard", tests, NULL, NULL);
}
